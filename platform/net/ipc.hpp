#pragma once
// The agent's local socket: frames of a 4-byte big-endian length and a body of at most 1 MiB, on a
// unix socket that only its owner can open and whose peer's uid is checked.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/net/io_threads.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::net {

inline constexpr std::size_t ipc_frame_limit = 1u << 20;

/// Who is at the other end, by SO_PEERCRED.
struct ipc_peer {
  int pid = 0;
  std::uint32_t uid = 0;
};

/// One client of the listener. Thread-safe; alive until closed, even if nobody holds it.
class ipc_connection {
 public:
  virtual ~ipc_connection() = default;
  /// Begins to read; once. on_close comes exactly once, last: cancelled (closed in order), offline
  /// (cut), too_large (a frame over the limit), overloaded (the peer does not read).
  virtual void listen(std::function<void(std::string)> on_frame,
                      std::function<void(const error&)> on_close) = 0;
  /// Queues a frame; over the limit: closed with too_large. A peer that leaves 16 MiB unread is
  /// cut.
  virtual void send(std::string frame) = 0;
  /// Closes once everything queued is written.
  virtual void close() = 0;
  virtual ipc_peer peer() const = 0;
};

/// Listens on a unix socket, 0600.
class ipc_listener {
 public:
  using accept_callback = std::function<void(std::shared_ptr<ipc_connection>)>;
  /// Replaces a socket nobody answers on; busy if somebody does. Peers of another uid are refused
  /// (root is not).
  static result<std::unique_ptr<ipc_listener>> start(io_threads& io, const std::string& path,
                                                     accept_callback on_connection);
  /// Stops accepting, closes the connections, removes the socket. No accept_callback runs after it
  /// returned; never from within one.
  ~ipc_listener();

  struct internals;

 private:
  explicit ipc_listener(std::shared_ptr<internals> in);
  std::shared_ptr<internals> in_;
};

/// The blocking other end, for command-line programs. One thread.
class ipc_client {
 public:
  /// agent_not_running if nobody listens there, permission_denied if it is not ours.
  static result<ipc_client> connect(const std::string& path, std::chrono::milliseconds timeout);
  ipc_client(ipc_client&& other) noexcept;
  ipc_client& operator=(ipc_client&& other) noexcept;
  ~ipc_client();
  result<void> send(std::string_view frame);
  /// The next frame; timeout, or offline when the agent closed.
  result<std::string> receive(std::chrono::milliseconds timeout);

 private:
  explicit ipc_client(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace tinysync::net
