#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "platform/net/ipc.hpp"
#include "platform/net/ipc_frame.hpp"

namespace tinysync::net {
namespace {

using steady = std::chrono::steady_clock;

// Waits until the socket can be read or written; timeout after `end`.
result<void> wait_for(int fd, short events, steady::time_point end) {
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady::now()).count();
    pollfd p{fd, events, 0};
    int n = ::poll(&p, 1, left > 0 ? static_cast<int>(left) : 0);
    if (n > 0) return {};
    if (n == 0) return failure(errc::timeout, "nothing came back");
    if (errno != EINTR) return failure(errc::io_failed, std::strerror(errno));
  }
}

result<void> read_exactly(int fd, char* out, std::size_t size, steady::time_point end) {
  while (size > 0) {
    ssize_t n = ::recv(fd, out, size, MSG_DONTWAIT);
    if (n == 0) return failure(errc::offline, "the agent closed the connection");
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno != EAGAIN) return failure(errc::offline, std::strerror(errno));
    if (n < 0) {
      if (auto ready = wait_for(fd, POLLIN, end); !ready) return ready;
      continue;
    }
    out += n;
    size -= static_cast<std::size_t>(n);
  }
  return {};
}

result<void> write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failure(errc::offline, std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

result<ipc_client> ipc_client::connect(const std::string& path, std::chrono::milliseconds timeout) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return failure(errc::invalid_argument, "too long for a socket: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  ipc_client c(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (c.fd_ < 0) return failure(errc::io_failed, std::strerror(errno));
  // A full backlog makes connect() wait: this long, no longer. Also for every write.
  const auto ms = timeout.count();
  timeval limit{ms / 1000, ms % 1000 * 1000 + (ms == 0)};
  ::setsockopt(c.fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(c.fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return c;
  const auto why = path + ": " + std::strerror(errno);
  switch (errno) {
    case ENOENT:
    case ECONNREFUSED:
    case ENOTSOCK:
      return failure(errc::agent_not_running, why);
    case EACCES:
    case EPERM:
      return failure(errc::permission_denied, why);
    case EAGAIN:
    case EINPROGRESS:
      return failure(errc::timeout, why);
    default:
      return failure(errc::io_failed, why);
  }
}

ipc_client::ipc_client(ipc_client&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

ipc_client& ipc_client::operator=(ipc_client&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

ipc_client::~ipc_client() {
  if (fd_ >= 0) ::close(fd_);
}

result<void> ipc_client::send(std::string_view frame) {
  if (frame.size() > ipc_frame_limit) return failure(errc::too_large, "a frame over 1 MiB");
  const auto length = length_prefix(frame.size());
  std::string whole(length.begin(), length.end());
  whole += frame;
  return write_all(fd_, whole);
}

result<std::string> ipc_client::receive(std::chrono::milliseconds timeout) {
  const auto end = steady::now() + timeout;
  std::array<unsigned char, 4> length;
  if (auto got = read_exactly(fd_, reinterpret_cast<char*>(length.data()), length.size(), end);
      !got)
    return failure(got.error());
  const auto size = length_of(length);
  if (size > ipc_frame_limit) return failure(errc::malformed, "the agent sent a frame over 1 MiB");
  std::string frame(size, '\0');
  if (auto got = read_exactly(fd_, frame.data(), size, end); !got) return failure(got.error());
  return frame;
}

}  // namespace tinysync::net
