// real_disk on Linux: changing and making durable.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <tuple>

#include "platform/fs/disk_linux.hpp"
#include "platform/fs/open_files_linux.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::fs {
namespace {

// O_PATH descriptors take no fchmod; their link in /proc does, whatever the file's own bits say.
bool chmod_descriptor(int fd, std::uint32_t mode) {
  char link[32];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  return ::chmod(link, mode & 07777) == 0;
}

}  // namespace

result<std::unique_ptr<writer>> linux_disk::create_staged(std::string_view path,
                                                          std::uint32_t mode) {
  auto at = locate("create", path);
  if (!at) return failure(at.error());
  // Nobody else may look while the mode is not what was asked for: umask cannot be trusted.
  descriptor fd(
      open_beneath(at->folder, at->name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  if (fd.get() < 0) return errno_failure("create", path);
  auto w = make_writer(std::move(fd), std::string(path));
  if (mode != 0600)
    if (auto set = w->set_mode(mode); !set) return failure(set.error());
  return w;
}

namespace {

/// The kernel lets go when the last descriptor is closed, however the process ends.
struct linux_holder final : holder {
  explicit linux_holder(descriptor f) : fd(std::move(f)) {}
  descriptor fd;
};

}  // namespace

result<std::unique_ptr<holder>> linux_disk::hold(std::string_view path) {
  auto at = locate("hold", path);
  if (!at) return failure(at.error());
  descriptor fd(open_beneath(at->folder, at->name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (fd.get() < 0) return errno_failure("hold", path);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    const bool none_here = errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP || errno == EINVAL;
    return errno_failure("hold", path, errno == EWOULDBLOCK ? errc::busy
                                       : none_here          ? errc::unsupported
                                                            : code_for_errno(errno));
  }
  return std::unique_ptr<holder>(std::make_unique<linux_holder>(std::move(fd)));
}

result<void> linux_disk::make_folder(std::string_view path, std::uint32_t mode) {
  auto at = locate("make folder", path);
  if (!at) return failure(at.error());
  if (::mkdirat(at->folder, at->name.c_str(), 0700) != 0) return errno_failure("make folder", path);
  return mode == 0700 ? result<void>() : set_mode(path, mode);
}

result<void> linux_disk::make_symlink(std::string_view target, std::string_view path) {
  auto at = locate("make link", path);
  if (!at) return failure(at.error());
  if (target.empty() || target.find('\0') != target.npos)
    return path_failure(errc::invalid_argument, "make link", path, "a target that names nothing");
  if (::symlinkat(std::string(target).c_str(), at->folder, at->name.c_str()) != 0)
    return errno_failure("make link", path);
  return {};
}

result<void> linux_disk::link_noreplace(std::string_view from, std::string_view to) {
  auto source = locate("link", from);
  if (!source) return failure(source.error());
  auto goal = locate("link", to);
  if (!goal) return failure(goal.error());
  if (::linkat(source->folder, source->name.c_str(), goal->folder, goal->name.c_str(), 0) != 0)
    return errno_failure("link", errno == EEXIST ? to : from);
  return {};
}

result<void> linux_disk::rename(std::string_view verb, std::string_view from, std::string_view to,
                                unsigned flags) {
  auto source = locate(verb, from);
  if (!source) return failure(source.error());
  auto goal = locate(verb, to);
  if (!goal) return failure(goal.error());
  if (::renameat2(source->folder, source->name.c_str(), goal->folder, goal->name.c_str(), flags) ==
      0)
    return {};
  if (errno != EINVAL) return errno_failure(verb, errno == EEXIST ? to : from);
  const bool into_itself = is_within(to, from) || is_within(from, to);
  return errno_failure(verb, from, into_itself ? errc::invalid_argument : errc::unsupported);
}

result<void> linux_disk::rename_noreplace(std::string_view from, std::string_view to) {
  return rename("rename", from, to, RENAME_NOREPLACE);
}

result<void> linux_disk::rename_exchange(std::string_view a, std::string_view b) {
  return rename("exchange", a, b, RENAME_EXCHANGE);
}

result<void> linux_disk::remove(std::string_view verb, std::string_view path, int flags) {
  auto at = locate(verb, path);
  if (!at) return failure(at.error());
  if (::unlinkat(at->folder, at->name.c_str(), flags) == 0) return {};
  if (errno == EEXIST) errno = ENOTEMPTY;  // what some file systems say
  return errno_failure(verb, path, errno == ENOTDIR ? errc::unsupported : code_for_errno(errno));
}

result<void> linux_disk::unlink(std::string_view path) { return remove("unlink", path, 0); }

result<void> linux_disk::rmdir(std::string_view path) {
  return remove("remove folder", path, AT_REMOVEDIR);
}

result<void> linux_disk::set_mode(std::string_view path, std::uint32_t mode) {
  auto at = locate("set mode of", path);
  if (!at) return failure(at.error());
  descriptor fd(open_beneath(at->folder, at->name.c_str(), O_PATH | O_NOFOLLOW));
  file_stat st;
  if (fd.get() < 0 || !stat_at(fd.get(), "", st)) return errno_failure("set mode of", path);
  if (st.kind == kind::symlink)
    return path_failure(errc::unsupported, "set mode of", path, "a symlink has none");
  if (!chmod_descriptor(fd.get(), mode)) return errno_failure("set mode of", path);
  return {};
}

result<void> linux_disk::set_mtime(std::string_view path, std::int64_t ns) {
  auto at = locate("set time of", path);
  if (!at) return failure(at.error());
  timespec times[2];
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_sec = ns / 1'000'000'000 - (ns % 1'000'000'000 < 0);
  times[1].tv_nsec = ns - times[1].tv_sec * 1'000'000'000;
  if (::utimensat(at->folder, at->name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
    return errno_failure("set time of", path);
  return {};
}

result<void> linux_disk::carry_attributes(std::string_view from, std::string_view to) {
  auto source = open_file("read attributes of", from);
  if (!source) return failure(source.error());
  auto goal = open_file("set attributes of", to);
  if (!goal) return failure(goal.error());
  return copy_attributes(source->get(), goal->get(), to);
}

result<void> linux_disk::sync_folder(std::string_view path) {
  auto fd = open_folder("sync", path, O_RDONLY);
  if (!fd) return failure(fd.error());
  if (::fsync(fd->get()) != 0) return errno_failure("sync", path);
  return {};
}

result<void> linux_disk::sync_file(std::string_view path) {
  auto fd = open_file("sync", path);
  if (!fd) return failure(fd.error());
  if (::fsync(fd->get()) != 0) return errno_failure("sync", path);
  return {};
}

// On the descriptor held since open(): Linux reports each write-back error once per descriptor, so
// none since the last call is missed.
result<void> linux_disk::sync_all() {
  if (::syncfs(root_.get()) != 0) return errno_failure("sync everything below", "");
  return {};
}

result<capabilities> linux_disk::probe(std::string_view staging_folder) {
  const auto a = join_path(staging_folder, ".probe-a"), b = join_path(staging_folder, ".probe-b"),
             c = join_path(staging_folder, ".probe-c");
  auto clean = [&] {
    for (const auto& p : {a, b, c}) std::ignore = unlink(p);
  };
  clean();
  capabilities can;
  for (const auto& p : {a, b})
    if (auto w = create_staged(p, 0600); !w) return failure(w.error());
  auto before = stat(a);
  if (!before) return failure(before.error());
  can.birth_time = before->birth_ns != 0;
  can.private_bits = before->private_bits();
  std::ignore = set_mode(a, 0700);
  auto executable = stat(a), plain = stat(b);
  can.executable_bit = executable && plain && executable->executable() && !plain->executable();
  can.exchange = rename_exchange(a, b).has_value();
  auto refused = rename_noreplace(a, b);
  can.noreplace = !refused && refused.error().code == errc::exists;
  can.hard_links = link_noreplace(a, c).has_value();
  std::ignore = unlink(c);
  can.symlinks = make_symlink("target", c).has_value();
  clean();
  return can;
}

}  // namespace tinysync::fs
