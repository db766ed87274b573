#pragma once
// Inside platform/fs only: descriptors that close themselves, errno as rows of the page of errors,
// openat2 and statx.

#include <unistd.h>

#include <cstdint>
#include <string_view>
#include <utility>

#include "platform/fs/path.hpp"
#include "platform/fs/types.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::fs {

/// An owned file descriptor.
class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// The folder that holds a path's last component, and that component.
struct place {
  descriptor owned;
  int folder = -1;   ///< owned or the root's
  std::string name;  ///< "" for the root itself
};

errc code_for_errno(int e);
/// From the current errno.
tl::unexpected<error> errno_failure(std::string_view verb, std::string_view path);
tl::unexpected<error> errno_failure(std::string_view verb, std::string_view path, errc code);

/// openat2 with every RESOLVE restriction; -1 and errno on failure. O_CLOEXEC is added.
int open_beneath(int folder, const char* path, int flags, std::uint32_t mode = 0);
/// statx without following; `name` "" is the descriptor itself. False and errno on failure.
bool stat_at(int folder, const char* name, file_stat& out);

}  // namespace tinysync::fs
