#include "platform/fs/descriptor_linux.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstring>

namespace tinysync::fs {

errc code_for_errno(int e) {
  switch (e) {
    case ENOSPC:
    case EDQUOT:
      return errc::disk_full;
    case EEXIST:
      return errc::exists;
    case ENOENT:
    case ENOTDIR:
      return errc::missing;  // a component of the path is not a folder (any more)
    case ENOTEMPTY:
      return errc::not_empty;
    case EACCES:
    case EPERM:
    case EROFS:
      return errc::permission_denied;
    case ELOOP:
    case EXDEV:
      return errc::outside_root;
    case EBUSY:
    case ETXTBSY:
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return errc::busy;
    case EINVAL:
    case ENAMETOOLONG:
      return errc::invalid_argument;
    case EISDIR:
    case EMLINK:
    case ENOSYS:
    case EOPNOTSUPP:
      return errc::unsupported;
    case EFBIG:
      return errc::too_large;
    default:
      return errc::io_failed;
  }
}

tl::unexpected<error> errno_failure(std::string_view verb, std::string_view path, errc code) {
  char text[128];
  return path_failure(code, verb, path, strerror_r(errno, text, sizeof text));
}

tl::unexpected<error> errno_failure(std::string_view verb, std::string_view path) {
  return errno_failure(verb, path, code_for_errno(errno));
}

int open_beneath(int folder, const char* path, int flags, std::uint32_t mode) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  // EAGAIN: a rename somewhere raced with the walk; the kernel asks to try again.
  for (int tries = 0;; ++tries) {
    long fd = syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    if ((errno != EAGAIN && errno != EINTR) || tries == 100) return -1;
  }
}

bool stat_at(int folder, const char* name, file_stat& out) {
  struct statx x;
  const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | (*name ? 0 : AT_EMPTY_PATH);
  if (statx(folder, name, flags, STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID, &x) != 0)
    return false;
  auto ns = [](const statx_timestamp& t) { return t.tv_sec * 1'000'000'000ll + t.tv_nsec; };
  out.kind = S_ISREG(x.stx_mode)   ? kind::file
             : S_ISDIR(x.stx_mode) ? kind::folder
             : S_ISLNK(x.stx_mode) ? kind::symlink
                                   : kind::special;
  out.inode = x.stx_ino;
  out.birth_ns = x.stx_mask & STATX_BTIME ? ns(x.stx_btime) : 0;
  out.size = x.stx_size;
  out.mtime_ns = ns(x.stx_mtime);
  out.ctime_ns = ns(x.stx_ctime);
  out.mode = x.stx_mode & 07777;
  out.dev = makedev(x.stx_dev_major, x.stx_dev_minor);
  out.mount_id = x.stx_mask & STATX_MNT_ID ? x.stx_mnt_id : 0;
  out.nlink = x.stx_nlink;
  return true;
}

}  // namespace tinysync::fs
