#pragma once
// The disk of this machine, Linux: openat2, statx, renameat2.

#include <memory>
#include <string>

#include "platform/fs/disk.hpp"

namespace tinysync::fs {

/// A disk rooted at an existing folder, whose descriptor is held. Thread-safe.
class real_disk : public disk {
 public:
  /// missing, permission_denied, or unsupported (not a folder).
  static result<std::unique_ptr<real_disk>> open(const std::string& root);
  /// A descriptor of the folder (O_PATH, close-on-exec) that the caller must close; for the
  /// watcher.
  virtual result<int> open_folder_descriptor(std::string_view path) = 0;
  /// A descriptor to read the regular file, which the caller must close.
  virtual result<int> open_file_descriptor(std::string_view path) = 0;
  /// As given to open().
  virtual const std::string& root() const = 0;
};

}  // namespace tinysync::fs
