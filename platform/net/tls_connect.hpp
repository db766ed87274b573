#pragma once
// Inside platform/net only: from a host name to a verified TLS stream.

#include <functional>
#include <memory>

#include "platform/net/tls.hpp"

namespace tinysync::net {

/// Where a client connects, and what it insists on. Shared by all its connections.
struct client_target {
  pinned_server server;
  std::uint16_t port = 443;
  std::chrono::seconds connect_timeout{10};
  std::shared_ptr<ssl::context> context;
  std::string authority;  ///< the Host header
};

/// One attempt, under way.
class connect_attempt {
 public:
  virtual ~connect_attempt() = default;
  /// Gives up; the callback comes with cancelled. On the executor.
  virtual void cut() = 0;
};

/// Calls back once, on the executor: offline, pin_mismatch, not_tinysync or cancelled.
std::shared_ptr<connect_attempt> connect_tls(
    std::shared_ptr<const client_target> target, const strand& executor,
    std::function<void(result<std::unique_ptr<tls_stream>>)> done);

}  // namespace tinysync::net
