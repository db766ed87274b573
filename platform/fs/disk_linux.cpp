// real_disk on Linux: finding and reading. Changes are in disk_changes_linux.cpp.
#include "platform/fs/disk_linux.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include "platform/fs/open_files_linux.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::fs {
namespace {

/// File systems that another machine, or a program of its own, may change behind the kernel's back.
/// Numbers of those that linux/magic.h does not name: statfs(2).
bool is_shared(long type) {
  switch (static_cast<std::uint32_t>(type)) {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case CIFS_SUPER_MAGIC:
    case FUSE_SUPER_MAGIC:
    case V9FS_MAGIC:
    case CEPH_SUPER_MAGIC:
    case AFS_SUPER_MAGIC:
    case AFS_FS_MAGIC:
    case CODA_SUPER_MAGIC:
    case 0x0bd00bd0:  // Lustre
    case 0x01161970:  // GFS2
    case 0x7461636f:  // OCFS2
    case 0x786f4256:  // folders of a virtual machine's host (vboxsf)
    case 0x47504653:  // GPFS
      return true;
    default:
      return false;
  }
}

/// A path may be longer than the kernel takes at once: opened in pieces, each beneath the one before.
descriptor folder_beneath(int root, std::string_view path) {
  descriptor at;
  while (!path.empty()) {
    auto piece = path.substr(0, PATH_MAX - 1);
    if (piece.size() < path.size()) piece = piece.substr(0, piece.rfind('/'));
    path.remove_prefix(std::min(path.size(), piece.size() + 1));
    int above = at.get() < 0 ? root : at.get();
    at = descriptor(open_beneath(above, std::string(piece).c_str(), O_PATH | O_DIRECTORY));
    if (at.get() < 0) break;
  }
  return at;
}

}  // namespace

result<std::unique_ptr<real_disk>> real_disk::open(const std::string& root) {
  // Readable, not O_PATH: syncfs and fsync need it. The root's own path may hold symlinks.
  descriptor fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0)
    return errno_failure("open", root,
                         errno == ENOTDIR ? errc::unsupported : code_for_errno(errno));
  return std::make_unique<linux_disk>(std::move(fd), root);
}

result<place> linux_disk::locate(std::string_view verb, std::string_view path, bool allow_root) {
  if (auto ok = check_path(verb, path, allow_root); !ok) return failure(ok.error());
  place p;
  p.name = std::string(name_of(path));
  std::string parent(parent_of(path));
  if (parent.empty()) {
    p.folder = root_.get();
    return p;
  }
  p.owned = folder_beneath(root_.get(), parent);
  if (p.owned.get() < 0) return errno_failure(verb, path);
  p.folder = p.owned.get();
  return p;
}

result<descriptor> linux_disk::open_folder(std::string_view verb, std::string_view path,
                                           int flags) {
  auto at = locate(verb, path, true);
  if (!at) return failure(at.error());
  const char* name = at->name.empty() ? "." : at->name.c_str();
  descriptor fd(open_beneath(at->folder, name, flags | O_DIRECTORY | O_NOFOLLOW));
  if (fd.get() >= 0) return fd;
  // With O_DIRECTORY a symlink at the end is ENOTDIR or ELOOP, depending on the other flags.
  file_stat st;
  if ((errno == ENOTDIR || errno == ELOOP) && stat_at(at->folder, name, st))
    return path_failure(errc::unsupported, verb, path, "not a folder");
  return errno_failure(verb, path);
}

result<descriptor> linux_disk::open_file(std::string_view verb, std::string_view path) {
  auto at = locate(verb, path);
  if (!at) return failure(at.error());
  file_stat st;
  if (!stat_at(at->folder, at->name.c_str(), st)) return errno_failure(verb, path);
  const auto not_regular = [&] {
    return path_failure(errc::unsupported, verb, path, "not a regular file");
  };
  if (st.kind != kind::file) return not_regular();
  // Something else may stand there by now: O_NONBLOCK keeps a pipe from blocking, and it is asked
  // again what was opened.
  descriptor fd(
      open_beneath(at->folder, at->name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (fd.get() < 0 || !stat_at(fd.get(), "", st)) return errno_failure(verb, path);
  if (st.kind != kind::file) return not_regular();
  return fd;
}

result<file_stat> linux_disk::stat(std::string_view path) {
  auto at = locate("stat", path, true);
  if (!at) return failure(at.error());
  file_stat st;
  if (!stat_at(at->folder, at->name.c_str(), st)) return errno_failure("stat", path);
  return st;
}

result<std::vector<entry>> linux_disk::list(std::string_view path) {
  auto fd = open_folder("list", path, O_RDONLY);
  if (!fd) return failure(fd.error());
  struct dir_closer {
    void operator()(DIR* d) const { ::closedir(d); }
  };
  std::unique_ptr<DIR, dir_closer> dir(::fdopendir(fd->get()));
  if (!dir) return errno_failure("list", path);
  const int at = fd->release();
  std::vector<entry> entries;
  for (;;) {
    errno = 0;
    const dirent* d = ::readdir(dir.get());
    if (!d && errno != 0) return errno_failure("list", path);
    if (!d) break;
    if (std::strcmp(d->d_name, ".") == 0 || std::strcmp(d->d_name, "..") == 0) continue;
    entry e{d->d_name, {}};
    if (stat_at(at, d->d_name, e.stat))
      entries.push_back(std::move(e));
    else if (errno != ENOENT)
      return errno_failure("list", join_path(path, d->d_name));
  }
  std::sort(entries.begin(), entries.end(),
            [](const entry& a, const entry& b) { return a.name < b.name; });
  return entries;
}

result<std::string> linux_disk::read_link(std::string_view path) {
  auto at = locate("read link", path);
  if (!at) return failure(at.error());
  std::string target(4096, '\0');  // PATH_MAX: no longer target can be made
  ssize_t n = ::readlinkat(at->folder, at->name.c_str(), target.data(), target.size());
  if (n < 0)
    return errno_failure("read link", path,
                         errno == EINVAL ? errc::unsupported : code_for_errno(errno));
  target.resize(static_cast<std::size_t>(n));
  return target;
}

result<std::unique_ptr<reader>> linux_disk::open_read(std::string_view path) {
  auto fd = open_file("open", path);
  if (!fd) return failure(fd.error());
  return make_reader(std::move(*fd), std::string(path));
}

result<std::unique_ptr<lease>> linux_disk::read_lease(std::string_view path) {
  auto fd = open_file("lease", path);
  if (!fd) return failure(fd.error());
  return make_lease(std::move(*fd), std::string(path));
}

result<int> linux_disk::open_folder_descriptor(std::string_view path) {
  auto fd = open_folder("open", path, O_PATH);
  if (!fd) return failure(fd.error());
  return fd->release();
}

result<int> linux_disk::open_file_descriptor(std::string_view path) {
  auto fd = open_file("open", path);
  if (!fd) return failure(fd.error());
  return fd->release();
}

result<space> linux_disk::free_space() {
  struct statfs s;
  if (::fstatfs(root_.get(), &s) != 0) return errno_failure("ask free space of", "");
  const auto unit = static_cast<std::uint64_t>(s.f_frsize ? s.f_frsize : s.f_bsize);
  return space{s.f_bavail * unit, s.f_blocks * unit};
}

result<root_identity> linux_disk::identity() {
  descriptor now(::open(root_path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  file_stat st;
  struct statfs s;
  if (now.get() < 0 || !stat_at(now.get(), "", st) || ::fstatfs(now.get(), &s) != 0)
    return errno_failure("look up", root_path_);
  int fsid[2];
  static_assert(sizeof fsid == sizeof s.f_fsid);
  std::memcpy(fsid, &s.f_fsid, sizeof fsid);
  char text[17];
  std::snprintf(text, sizeof text, "%08x%08x", static_cast<unsigned>(fsid[0]),
                static_cast<unsigned>(fsid[1]));
  return root_identity{st.dev, st.inode, st.mount_id, text, st.birth_ns, is_shared(s.f_type)};
}

}  // namespace tinysync::fs
