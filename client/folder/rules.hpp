#pragma once
// The ignore rules of a root as they stand on the disk.

#include <string>

#include "client/engine/ignore.hpp"
#include "client/engine/trees.hpp"
#include "platform/fs/disk.hpp"

namespace tinysync::folder {

/// Built in, then `.tinysyncignore` in the root (synced like any file), then the device's own.
class rules_on_disk {
 public:
  rules_on_disk() : rules_(engine::ignore_rules::built_in()) {}
  /// Reads what may have changed. True if the rules are others than at the last reading; the first
  /// reading changes nothing.
  bool read(fs::disk& disk, const std::string& of_device);
  const engine::ignore_rules& rules() const { return rules_; }
  /// Why the synced file could not be read; then the rules are what they were before.
  const std::string& failed() const { return failed_; }

 private:
  engine::ignore_rules rules_;
  std::string synced_, of_device_, failed_;
  engine::seen seen_;  // of the synced file; an empty one if there is none
  bool known_ = false;
};

}  // namespace tinysync::folder
