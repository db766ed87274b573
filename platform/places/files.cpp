#include "platform/places/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace tinysync::places {
namespace {

struct owned_fd {
  int fd = -1;
  ~owned_fd() {
    if (fd >= 0) ::close(fd);
  }
};

tl::unexpected<error> errno_failure(std::string_view doing, const std::string& path) {
  const int e = errno;
  errc code = errc::io_failed;
  if (e == ENOENT || e == ENOTDIR) code = errc::missing;
  if (e == EACCES || e == EPERM || e == EROFS) code = errc::permission_denied;
  if (e == ENOSPC || e == EDQUOT) code = errc::disk_full;
  if (e == ENAMETOOLONG || e == EISDIR || e == ELOOP) code = errc::invalid_argument;
  char why[128];
  return failure(code, std::string(doing) + ' ' + path + ": " + strerror_r(e, why, sizeof why));
}

tl::unexpected<error> not_a_folder(const std::string& path) {
  return failure(errc::invalid_argument, path + " is a file, not a folder");
}

std::string folder_of(const std::string& path) {
  auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

result<void> sync_folder(const std::string& path) {
  owned_fd d{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (d.fd < 0 || ::fsync(d.fd) != 0) return errno_failure("sync", path);
  return {};
}

result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_failure("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

// Writes and syncs a file that did not exist; its mode is exact from the first moment.
result<void> write_new_file(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  owned_fd f{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (f.fd < 0) return errno_failure("create", path);
  if (auto written = write_all(f.fd, bytes, path); !written) return written;
  if (::fchmod(f.fd, mode & 07777) != 0) return errno_failure("set mode of", path);
  if (::fsync(f.fd) != 0) return errno_failure("sync", path);
  return {};
}

}  // namespace

result<void> make_private_folder(const std::string& path) {
  struct stat st;
  if (::stat(path.c_str(), &st) == 0) {
    if (!S_ISDIR(st.st_mode)) return not_a_folder(path);
    if (st.st_uid != ::geteuid())
      return failure(errc::permission_denied, path + " belongs to another user");
    if ((st.st_mode & 077) == 0) return {};
    if (::chmod(path.c_str(), 0700) == 0) return {};
    return errno_failure("it can be entered by others; closing", path);
  }
  if (path.empty()) return failure(errc::invalid_argument, "the folder has no name");
  auto parent = folder_of(path);
  struct stat above;
  if (::stat(parent.c_str(), &above) != 0) {
    if (auto made = make_private_folder(parent); !made) return made;
  } else if (!S_ISDIR(above.st_mode)) {
    return not_a_folder(parent);
  }
  // Another process may have been faster.
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return errno_failure("make", path);
  if (::chmod(path.c_str(), 0700) != 0) return errno_failure("set mode of", path);
  return {};
}

result<void> write_file_durably(const std::string& path, std::string_view bytes,
                                std::uint32_t mode) {
  static std::atomic<unsigned> counter{0};
  const auto beside = path + ".new-" + std::to_string(::getpid()) + '-' + std::to_string(++counter);
  auto written = write_new_file(beside, bytes, mode);
  if (written && ::rename(beside.c_str(), path.c_str()) != 0)
    written = errno_failure("replace", path);
  if (!written) {
    ::unlink(beside.c_str());
    return written;
  }
  return sync_folder(folder_of(path));
}

result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  owned_fd f{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat st;
  if (f.fd < 0 || ::fstat(f.fd, &st) != 0) return errno_failure("open", path);
  if (!S_ISREG(st.st_mode)) return failure(errc::unsupported, path + " is not a file");
  std::string out;
  std::string buffer(64u << 10, '\0');
  for (;;) {
    ssize_t n = ::read(f.fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_failure("read", path);
    if (n == 0) return out;
    out.append(buffer, 0, static_cast<std::size_t>(n));
    if (out.size() > limit) return failure(errc::too_large, path);
  }
}

result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return errno_failure("remove", path);
  }
  return sync_folder(folder_of(path));
}

result<void> move_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return sync_folder(folder_of(to));
  if (errno == ENOENT) return {};
  return errno_failure("rename", from);
}

result<void> copy_file(const std::string& from, const std::string& to) {
  std::error_code why;
  if (!std::filesystem::exists(from, why)) return failure(errc::missing, from);
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, why);
  if (why) return failure(errc::io_failed, "copy " + from + ": " + why.message());
  if (::chmod(to.c_str(), 0600) != 0) return errno_failure("set mode of", to);
  return {};
}

std::vector<std::string> files_beginning(const std::string& folder, const std::string& prefix) {
  std::vector<std::string> out;
  std::error_code none;
  for (const auto& e : std::filesystem::directory_iterator(folder, none))
    if (auto name = e.path().filename().string(); name.starts_with(prefix)) out.push_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

result<exclusive_lock> exclusive_lock::acquire(const std::string& path) {
  owned_fd f{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (f.fd < 0) return errno_failure("open", path);
  if (::flock(f.fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return errno_failure("lock", path);
    char pid[24] = "";
    ssize_t n = ::pread(f.fd, pid, sizeof pid - 1, 0);
    pid[n > 0 ? n : 0] = 0;
    pid[std::strcspn(pid, "\n")] = 0;
    return failure(errc::busy, path + " is held by process " + (*pid ? pid : "?"));
  }
  const auto me = std::to_string(::getpid()) + '\n';
  if (::ftruncate(f.fd, 0) != 0) return errno_failure("write", path);
  if (auto written = write_all(f.fd, me, path); !written) return failure(written.error());
  return exclusive_lock(std::exchange(f.fd, -1));
}

exclusive_lock::exclusive_lock(exclusive_lock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

exclusive_lock& exclusive_lock::operator=(exclusive_lock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

exclusive_lock::~exclusive_lock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace tinysync::places
