#pragma once
// Database files in memory, on a disk that forgets what was not synced: SQLite's locks, log and
// shared memory as on a real one. Deterministic; one thread.

#include <cstdint>
#include <functional>
#include <memory>

#include "platform/sqlite/files.hpp"

namespace tinysync::sqlite {

/// What SQLite does to a file; for fault injection and its count.
enum class file_verb : std::uint8_t { open, read, write, truncate, sync, remove, move };

class fake_files final : public files {
 public:
  fake_files();
  ~fake_files() override;  ///< every database on it is closed before

  bool exists(const std::string& path) override;
  result<void> remove(const std::string& path) override;
  result<void> move(const std::string& from, const std::string& to) override;
  result<void> copy(const std::string& from, const std::string& to) override;
  std::vector<std::string> beginning(const std::string& path) override;
  const char* vfs() const override;

  /// Asked before each call; false: without power, or the process is dead: it fails.
  void powered_by(std::function<bool(bool changes_something)> power);
  /// The next `count` calls of that verb fail so: disk_full or io_failed.
  void fail_next(file_verb v, errc code, int count = 1);
  /// How many calls were made to fail so far.
  std::uint64_t failed() const;
  /// Bytes of all files together; beyond it disk_full.
  void set_capacity(std::uint64_t bytes);

  /// Power fails and comes back: un-synced writes and names are gone, what is open now is dead. With a
  /// chooser each un-synced write survives when it says so, wholly or its first half, and names up to a point.
  void crash(const std::function<bool()>& survives = {});

  /// The bytes of a file, to be looked at or damaged behind SQLite's back. std::out_of_range.
  std::string bytes(const std::string& path) const;
  void overwrite(const std::string& path, std::string bytes);

  struct world;

 private:
  std::unique_ptr<world> w_;
};

}  // namespace tinysync::sqlite
