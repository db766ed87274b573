#pragma once
// The door to a directory tree. Every path is resolved below the root held open, through no symlink
// and onto no other mount; the last component is never followed either.
//
// Errors, each text naming verb and path: missing, exists, not_empty, permission_denied, disk_full,
// io_failed, busy, outside_root (a symlink, a mount or ".." on the way), unsupported,
// invalid_argument (an empty, "." or ".." component, NUL, a component over 255 bytes).

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/fs/types.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::fs {

/// A regular file open for reading. Closed by its destructor. One thread at a time.
class reader {
 public:
  virtual ~reader() = default;
  /// Fills out from this offset; returns fewer bytes only at the end of the file (0 past it).
  virtual result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) = 0;
  /// The open file itself, whatever its path names by now.
  virtual result<file_stat> stat() = 0;
};

/// A regular file this process created, open for writing. Closed (not synced) by its destructor.
class writer {
 public:
  virtual ~writer() = default;
  /// Appends where the last write() ended; all bytes or an error.
  virtual result<void> write(std::string_view bytes) = 0;
  virtual result<void> write_at(std::uint64_t offset, std::string_view bytes) = 0;
  virtual result<void> set_mtime(std::int64_t ns) = 0;
  virtual result<void> set_mode(std::uint32_t mode) = 0;
  /// Contents and attributes are durable when it returns; the entry in its folder is not.
  virtual result<void> sync() = 0;
  virtual result<file_stat> stat() = 0;
  /// Reports what the last write-back says; the writer is of no further use.
  virtual result<void> close() = 0;
};

/// Held while a file is being swapped: nobody opens it for writing meanwhile.
class lease {
 public:
  virtual ~lease() = default;
};

/// Nobody else holds the file: see disk::hold.
class holder {
 public:
  virtual ~holder() = default;
};

/// A tree of files. Implementations: real_disk, fake_disk.
class disk {
 public:
  virtual ~disk() = default;

  virtual result<file_stat> stat(std::string_view path) = 0;
  /// All entries, sorted by name; an error if the enumeration was not complete. An entry that
  /// vanishes while it is listed is left out.
  virtual result<std::vector<entry>> list(std::string_view path) = 0;
  virtual result<std::string> read_link(std::string_view path) = 0;
  /// Regular files only: unsupported otherwise, and it never blocks on a pipe.
  virtual result<std::unique_ptr<reader>> open_read(std::string_view path) = 0;

  /// A new, empty regular file with exactly these permission bits; exists if the name is taken.
  virtual result<std::unique_ptr<writer>> create_staged(std::string_view path,
                                                        std::uint32_t mode) = 0;
  virtual result<void> make_folder(std::string_view path, std::uint32_t mode) = 0;
  virtual result<void> make_symlink(std::string_view target, std::string_view path) = 0;
  /// A second name for a regular file; exists if taken.
  virtual result<void> link_noreplace(std::string_view from, std::string_view to) = 0;
  virtual result<void> rename_noreplace(std::string_view from, std::string_view to) = 0;
  /// Both must exist, of any kinds.
  virtual result<void> rename_exchange(std::string_view a, std::string_view b) = 0;
  /// Files, links and special files.
  virtual result<void> unlink(std::string_view path) = 0;
  /// Empty folders.
  virtual result<void> rmdir(std::string_view path) = 0;
  /// Files and folders; never a symlink (unsupported).
  virtual result<void> set_mode(std::string_view path, std::uint32_t mode) = 0;
  virtual result<void> set_mtime(std::string_view path, std::int64_t ns) = 0;
  /// busy if somebody has the file open for writing, unsupported if no lease can be had here.
  virtual result<std::unique_ptr<lease>> read_lease(std::string_view path) = 0;
  /// Makes the file (0600) if there is none and holds it until the result, or this process, is gone.
  /// busy while it is held elsewhere, in this process or another, under whatever path; unsupported where
  /// files cannot be locked.
  virtual result<std::unique_ptr<holder>> hold(std::string_view path) = 0;
  /// User extended attributes and the access ACL of one file onto another. Best effort where the
  /// file system has none.
  virtual result<void> carry_attributes(std::string_view from, std::string_view to) = 0;

  /// The folder's entries (creations, renames, removals in it) are durable when it returns.
  virtual result<void> sync_folder(std::string_view path) = 0;
  /// One file's contents, by path.
  virtual result<void> sync_file(std::string_view path) = 0;
  /// Everything written to this file system so far is durable: one durability point for a batch.
  virtual result<void> sync_all() = 0;

  virtual result<space> free_space() = 0;
  /// Looks the root up anew by its path: missing or other values mean it vanished or was replaced.
  virtual result<root_identity> identity() = 0;
  /// Tries things inside this (existing, ours) folder and cleans up after itself.
  virtual result<capabilities> probe(std::string_view staging_folder) = 0;
};

}  // namespace tinysync::fs
