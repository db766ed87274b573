#pragma once
// The door to where database files lie: whole files by absolute path, and SQLite's way to them.

#include <string>
#include <vector>

#include "proto/vocabulary/result.hpp"

namespace tinysync::sqlite {

class files {
 public:
  virtual ~files() = default;
  virtual bool exists(const std::string& path) = 0;
  /// Durable; no error if it is not there.
  virtual result<void> remove(const std::string& path) = 0;
  /// Durable, within a folder, over what may be there; no error if `from` is not there.
  virtual result<void> move(const std::string& from, const std::string& to) = 0;
  /// For the owner alone, over what may be there; not durable. missing.
  virtual result<void> copy(const std::string& from, const std::string& to) = 0;
  /// Paths of the files beside `path` whose path begins with it, sorted.
  virtual std::vector<std::string> beginning(const std::string& path) = 0;
  /// SQLite's name for its way to these files; null: the machine's own.
  virtual const char* vfs() const { return nullptr; }
};

/// The machine's. Thread-safe, lives for ever.
files& real_files();

}  // namespace tinysync::sqlite
