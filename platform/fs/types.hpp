#pragma once
// What a disk says about its entries. Paths are raw bytes relative to the root, '/'-separated,
// without leading or trailing '/'; "" is the root itself.

#include <cstdint>
#include <string>
#include <string_view>

namespace tinysync::fs {

enum class kind : std::uint8_t { file, folder, symlink, special };

/// One observation of one entry (never follows a symlink). Times are UTC nanoseconds.
struct file_stat {
  fs::kind kind = fs::kind::file;
  std::uint64_t inode = 0;
  std::int64_t birth_ns = 0;  ///< 0 if the file system keeps none
  std::uint64_t size = 0;     ///< bytes; a symlink's is the length of its target
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint32_t mode = 0;  ///< permission bits, 07777
  std::uint64_t dev = 0;
  std::uint64_t mount_id = 0;
  std::uint32_t nlink = 0;

  bool executable() const { return mode & 0100; }
  bool private_bits() const { return (mode & 077) == 0; }
  friend bool operator==(const file_stat&, const file_stat&) = default;
};

struct entry {
  std::string name;  ///< raw bytes, one component
  file_stat stat;
};

struct space {
  std::uint64_t free_bytes = 0;  ///< available to this user
  std::uint64_t total_bytes = 0;
};

/// Tells whether this is the folder it was: all must agree. dev and mount_id hold until the next
/// mount or start of the machine, the others for ever.
struct root_identity {
  std::uint64_t dev = 0;
  std::uint64_t inode = 0;
  std::uint64_t mount_id = 0;
  std::string filesystem_id;  ///< statfs f_fsid, hexadecimal
  std::int64_t birth_ns = 0;  ///< 0 if the file system keeps none
  bool shared = false;        ///< others change it without this machine being told: no watch sees all
  friend bool operator==(const root_identity&, const root_identity&) = default;
};

/// What this file system can do, found by trying it inside a staging folder.
struct capabilities {
  bool exchange = false;   ///< rename_exchange
  bool noreplace = false;  ///< rename_noreplace
  bool symlinks = false;
  bool executable_bit = false;
  bool private_bits = false;  ///< group and other permission bits can be cleared
  bool birth_time = false;
  bool hard_links = false;
};

/// The last component: name_of("a/b") == "b".
std::string_view name_of(std::string_view path);
/// What is before the last '/': "" for an entry of the root.
std::string_view parent_of(std::string_view path);
/// Is path equal to folder or below it? Everything is below "".
bool is_within(std::string_view path, std::string_view folder);

}  // namespace tinysync::fs
