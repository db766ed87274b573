#pragma once
// Small owner-only files outside any synced folder.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/vocabulary/result.hpp"

namespace tinysync::places {

/// The folder and its missing parents, 0700 whatever the umask; an existing one that others may
/// enter is tightened if ours, else permission_denied.
result<void> make_private_folder(const std::string& path);
/// Temporary file, fsync, rename, fsync of the folder: afterwards the file is wholly old or wholly
/// new, and the new is durable.
result<void> write_file_durably(const std::string& path, std::string_view bytes,
                                std::uint32_t mode = 0600);
/// The whole file; missing, too_large past `limit` bytes.
result<std::string> read_file(const std::string& path, std::uint64_t limit);
/// Removes the file durably; no error if it is not there.
result<void> remove_file(const std::string& path);
/// Renames durably within a file system, over what may be there; no error if `from` is not there.
result<void> move_file(const std::string& from, const std::string& to);
/// A copy for the owner alone, over what may be there; not durable. missing.
result<void> copy_file(const std::string& from, const std::string& to);
/// Names in the folder that begin so, sorted; none if there is no such folder.
std::vector<std::string> files_beginning(const std::string& folder, const std::string& prefix);

/// Held by one process at a time, released when it ends, however it ends.
class exclusive_lock {
 public:
  /// busy if another process holds it (the text names its pid). The file remains.
  static result<exclusive_lock> acquire(const std::string& path);
  exclusive_lock(exclusive_lock&& other) noexcept;
  exclusive_lock& operator=(exclusive_lock&& other) noexcept;
  ~exclusive_lock();

 private:
  explicit exclusive_lock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace tinysync::places
