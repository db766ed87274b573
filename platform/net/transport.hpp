#pragma once
// The door to the cloud: one server, requests in lanes, WebSockets.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "platform/net/http.hpp"
#include "platform/net/websocket.hpp"

namespace tinysync::net {

/// Each lane has connections of its own, so that a small request never waits behind bulk bytes.
enum class lane : std::uint8_t { metadata, small, bulk };

/// A request to the server.
struct cloud_request {
  std::string method = "GET";
  std::string target;  ///< already percent-encoded: "/v1/token"
  header_list headers;
  std::string body;
  net::lane lane = net::lane::metadata;
  std::chrono::milliseconds timeout{30000};  ///< from exchange() to the whole answer
  bool idempotent = true;  ///< may be sent twice when a kept connection turns out to be dead
};

using response_callback = std::function<void(result<http_response>)>;
using websocket_callback = std::function<void(result<std::shared_ptr<websocket>>)>;

/// Every callback comes exactly once, never inside the call. Any status is an answer; errors are
/// offline (no connection, or cut before the whole answer), timeout, pin_mismatch, not_tinysync (no
/// TLS or no HTTP there), too_large, cancelled (stopped).
class transport {
 public:
  virtual ~transport() = default;
  virtual void exchange(cloud_request request, response_callback done) = 0;
  /// A refused upgrade answers with the row of errors for its status (unauthenticated for 401 …).
  virtual void open_websocket(std::string target, header_list headers, websocket_callback done) = 0;
};

}  // namespace tinysync::net
