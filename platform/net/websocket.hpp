#pragma once
// A WebSocket with its peer, server or client side, real or simulated.

#include <functional>
#include <string>

#include "proto/vocabulary/result.hpp"

namespace tinysync::net {

/// Thread-safe. Alive until closed by either side, even if nobody holds it any more.
class websocket {
 public:
  virtual ~websocket() = default;
  /// Begins to read; call once, soon, from any thread. on_close comes exactly once, last, with why
  /// (errc::cancelled: closed in order; offline: cut or unanswered pings; overloaded: the peer did
  /// not read; too_large: a message over the limit). Nothing received before is lost.
  virtual void listen(std::function<void(std::string)> on_message,
                      std::function<void(const error&)> on_close) = 0;
  /// Queues one binary message. A peer that lets the queue exceed its limits is cut off.
  virtual void send(std::string message) = 0;
  /// Closes in order; on_close follows. Idempotent.
  virtual void close() = 0;
};

/// Bounds of one WebSocket.
struct websocket_limits {
  std::size_t message_bytes = 1u << 20;
  std::size_t queued_messages = 1024;
  std::size_t queued_bytes = 8u << 20;
  int ping_after_idle_s = 30;  ///< silence before a ping; as long again without answer: offline
};

}  // namespace tinysync::net
