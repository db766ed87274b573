#include "platform/fs/open_files_linux.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace tinysync::fs {
namespace {

result<file_stat> stat_open(int fd, const std::string& path) {
  file_stat st;
  if (!stat_at(fd, "", st)) return errno_failure("stat", path);
  return st;
}

class linux_reader final : public reader {
 public:
  linux_reader(descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      ssize_t n = ::pread(fd_.get(), out.data() + done, out.size() - done,
                          static_cast<off_t>(offset + done));
      if (n == 0) break;
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno_failure("read", path_);
      done += static_cast<std::size_t>(n);
    }
    return done;
  }

  result<file_stat> stat() override { return stat_open(fd_.get(), path_); }

 private:
  descriptor fd_;
  std::string path_;
};

class linux_writer final : public writer {
 public:
  linux_writer(descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  result<void> write(std::string_view bytes) override {
    auto written = write_at(end_, bytes);
    if (written) end_ += bytes.size();
    return written;
  }

  result<void> write_at(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      ssize_t n = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return errno_failure("write", path_);
      bytes.remove_prefix(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  result<void> set_mtime(std::int64_t ns) override {
    timespec times[2];
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_sec = ns / 1'000'000'000 - (ns % 1'000'000'000 < 0);
    times[1].tv_nsec = ns - times[1].tv_sec * 1'000'000'000;
    if (::futimens(fd_.get(), times) != 0) return errno_failure("set time of", path_);
    return {};
  }

  result<void> set_mode(std::uint32_t mode) override {
    if (::fchmod(fd_.get(), mode & 07777) != 0) return errno_failure("set mode of", path_);
    return {};
  }

  result<void> sync() override {
    if (::fsync(fd_.get()) != 0) return errno_failure("sync", path_);
    return {};
  }

  result<file_stat> stat() override { return stat_open(fd_.get(), path_); }

  result<void> close() override {
    // EINTR from close() still closes on Linux: never again with the same number.
    if (::close(fd_.release()) != 0 && errno != EINTR) return errno_failure("close", path_);
    return {};
  }

 private:
  descriptor fd_;
  std::string path_;
  std::uint64_t end_ = 0;
};

class linux_lease final : public lease {
 public:
  explicit linux_lease(descriptor fd) : fd_(std::move(fd)) {}
  ~linux_lease() override { ::fcntl(fd_.get(), F_SETLEASE, F_UNLCK); }

 private:
  descriptor fd_;
};

// Reads one attribute; false when it is gone meanwhile or cannot be had here.
bool read_attribute(int fd, const char* name, std::string& value) {
  ssize_t n = ::fgetxattr(fd, name, nullptr, 0);
  if (n < 0) return false;
  value.resize(static_cast<std::size_t>(n));
  n = ::fgetxattr(fd, name, value.data(), value.size());
  if (n < 0) return false;
  value.resize(static_cast<std::size_t>(n));
  return true;
}

}  // namespace

std::unique_ptr<reader> make_reader(descriptor fd, std::string path) {
  return std::make_unique<linux_reader>(std::move(fd), std::move(path));
}

std::unique_ptr<writer> make_writer(descriptor fd, std::string path) {
  return std::make_unique<linux_writer>(std::move(fd), std::move(path));
}

result<std::unique_ptr<lease>> make_lease(descriptor fd, const std::string& path) {
  // A broken lease is announced by a signal: SIGURG, which is ignored by default, instead of SIGIO,
  // which kills.
  if (::fcntl(fd.get(), F_SETSIG, SIGURG) != 0)
    return errno_failure("lease", path, errc::unsupported);
  if (::fcntl(fd.get(), F_SETLEASE, F_RDLCK) != 0)
    return errno_failure("lease", path, errno == EAGAIN ? errc::busy : errc::unsupported);
  return std::unique_ptr<lease>(std::make_unique<linux_lease>(std::move(fd)));
}

result<void> copy_attributes(int from, int to, std::string_view path) {
  ssize_t n = ::flistxattr(from, nullptr, 0);
  if (n <= 0) return {};  // none, or none possible
  std::string names(static_cast<std::size_t>(n), '\0');
  n = ::flistxattr(from, names.data(), names.size());
  if (n < 0) return errno_failure("read attributes of", path);
  names.resize(static_cast<std::size_t>(n));
  std::string value;
  for (const char* name = names.c_str(); name < names.data() + names.size();
       name += std::strlen(name) + 1) {
    std::string_view view(name);
    if (!view.starts_with("user.") && view != "system.posix_acl_access") continue;
    if (!read_attribute(from, name, value)) continue;
    if (::fsetxattr(to, name, value.data(), value.size(), 0) != 0 && errno != EOPNOTSUPP)
      return errno_failure("set attributes of", path);
  }
  return {};
}

}  // namespace tinysync::fs
