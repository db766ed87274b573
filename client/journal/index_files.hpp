#pragma once
// The files of one index: the current one, one being built beside it, and former ones set aside.

#include <cstdint>
#include <string>

#include "proto/vocabulary/result.hpp"

namespace tinysync::journal {

class index_files {
 public:
  explicit index_files(std::string path) : path_(std::move(path)) {}

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
  std::string path_;
};

}  // namespace tinysync::journal
