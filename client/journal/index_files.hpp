#pragma once
// The files of one index: the current one, one being built beside it, and former ones set aside.

#include <cstdint>
#include <string>

#include "platform/sqlite/files.hpp"

namespace tinysync::journal {

class index_files {
 public:
  index_files(sqlite::files& where, std::string path) : where_(&where), path_(std::move(path)) {}

  const std::string& current() const { return path_; }
  std::string next() const { return path_ + ".next"; }
  std::string copy() const { return path_ + ".reading"; }
  bool has_current() const;
  bool has_next() const;
  /// Copies the current one with its log, to be read without a change to either. missing.
  result<void> copy_to_read() const;
  result<void> drop_copy() const;
  result<void> drop_next() const;
  /// The next one becomes the current one, which is set aside under its time; the newest two are
  /// kept. Nobody has any of them open. Cut off at any point, it may be called again.
  result<void> swap(std::int64_t now_ns) const;
  /// Everything of this index.
  result<void> remove_all() const;

 private:
  result<void> remove(const std::string& path) const;
  result<void> move(const std::string& from, const std::string& to) const;
  std::vector<std::string> set_aside() const;

  sqlite::files* where_;
  std::string path_;
};

}  // namespace tinysync::journal
