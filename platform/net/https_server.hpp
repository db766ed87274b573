#pragma once
// An HTTPS 1.1 server: TLS always, keep-alive, WebSocket upgrades decided by the same handler.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "platform/net/http.hpp"
#include "platform/net/io_threads.hpp"
#include "platform/net/websocket.hpp"

namespace tinysync::net {

struct https_server_options {
  std::string host = "127.0.0.1";  ///< address or name to listen on
  std::uint16_t port = 0;          ///< 0: any free one
  std::string certificate_pem;     ///< leaf first, then the CA
  std::string key_pem;
  std::size_t body_limit = 32u << 20;     ///< beyond: 413
  std::size_t header_limit = 16u << 10;   ///< beyond: 431
  std::chrono::seconds idle_timeout{60};  ///< between requests, and for each read and write to move
  std::size_t max_connections = 4096;     ///< beyond: closed at once
  websocket_limits websockets;
};

/// Serves until stopped or destroyed. Requests that are not strictly HTTP/1.1 (both Content-Length
/// and Transfer-Encoding, repeated Content-Length, …) are answered 400 and closed.
class https_server {
 public:
  /// Listens when it returns. The handler is called on io threads, several at once, never twice at
  /// once for one connection; it must not block. already in use: busy; bad PEM: invalid_argument.
  static result<std::unique_ptr<https_server>> start(io_threads& io, https_server_options options,
                                                     http_handler handler);
  ~https_server();

  std::uint16_t port() const;
  std::size_t connections() const;
  /// For connections accepted from now on; the old pair stays if the new one is invalid_argument.
  result<void> reload_certificate(const std::string& certificate_pem, const std::string& key_pem);
  /// Accepts no more, closes idle connections, answers requests under way with "Connection: close",
  /// closes WebSockets in order; cuts what is left at the deadline. Blocks; not from an io thread.
  void stop(std::chrono::milliseconds deadline);

  struct internals;

 private:
  explicit https_server(std::shared_ptr<internals> in);
  std::shared_ptr<internals> in_;
};

}  // namespace tinysync::net
