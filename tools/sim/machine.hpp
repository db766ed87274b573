#pragma once
// A computer of the simulated world: a disk, the database files beside it, and power for both.

#include <cstdint>
#include <functional>
#include <memory>

#include "platform/crypto/randomness.hpp"
#include "platform/fs/fake_disk.hpp"
#include "platform/sqlite/fake_files.hpp"

namespace tinysync::sim {

/// What ends a process: a signal, after which everything written is there, or a power cut.
enum class death : std::uint8_t { killed, power_cut };

class machine {
 public:
  machine(clock::clock& clock, fs::fake_disk_options disk, std::uint64_t seed);
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;

  const std::shared_ptr<fs::fake_disk>& disk() const { return disk_; }
  sqlite::fake_files& files() { return files_; }

  /// Nothing of what its process still does has an effect any more.
  void stop() { running_ = false, dies_after_ = no_death; }
  bool running() const { return running_; }
  /// Stops by itself after so many more changes of the disk or the databases, and calls `died` from within
  /// the next one.
  void stop_after(std::uint64_t changes, std::function<void()> died);
  /// Does not stop by itself.
  void live_on() { dies_after_ = no_death; }
  /// Runs again; after a power cut without some of what was not synced, each piece as the seed says.
  void start(death after);

 private:
  static constexpr std::uint64_t no_death = ~0ull;
  bool powered(bool changes_something);

  std::shared_ptr<fs::fake_disk> disk_;
  sqlite::fake_files files_;
  crypto::seeded_randomness survival_;
  bool running_ = true;
  std::uint64_t dies_after_ = no_death;
  std::function<void()> died_;
};

}  // namespace tinysync::sim
