#pragma once
// Inside platform/net only: one kept connection of a transport, exchanging one request at a time.

#include <functional>
#include <memory>

#include "platform/net/https_transport.hpp"
#include "platform/net/tls_connect.hpp"

namespace tinysync::net {

/// How one exchange on a connection ended.
struct exchange_outcome {
  result<http_response> answer;
  bool reusable = false;      ///< the connection may be used again
  bool nothing_came = false;  ///< it broke before a single byte of the answer
};

/// Everything on the transport's strand.
class client_connection {
 public:
  virtual ~client_connection() = default;
  /// Sends and calls back once. The request must outlive the exchange.
  virtual void exchange(std::shared_ptr<const cloud_request> request,
                        std::function<void(exchange_outcome)> done) = 0;
  /// Closes at once; an exchange under way ends with cancelled.
  virtual void cut() = 0;
};

std::shared_ptr<client_connection> keep_connection(std::shared_ptr<const client_target> target,
                                                   std::unique_ptr<tls_stream> stream,
                                                   std::size_t response_limit,
                                                   std::size_t header_limit);

/// Upgrades on a connection of its own. Returns how to give up, to be called on the executor.
std::function<void()> open_client_websocket(std::shared_ptr<const client_target> target,
                                            io_threads::internals& io, const strand& executor,
                                            const std::string& path, const header_list& headers,
                                            const websocket_limits& limits,
                                            websocket_callback done);

}  // namespace tinysync::net
