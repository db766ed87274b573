#pragma once
// HTTP as values, the same for the real and the simulated network.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/vocabulary/result.hpp"

namespace tinysync::net {

class websocket;

/// Lower-case names, in the order received; repeated names stay repeated.
using header_list = std::vector<std::pair<std::string, std::string>>;
/// The first header of that lower-case name, or "".
std::string_view find_header(const header_list& headers, std::string_view name);

/// A request as a server's handler gets it.
struct http_request {
  std::string method;                        ///< upper case
  std::string target;                        ///< as received: "/v1/x%20y?after=3"
  std::string path;                          ///< percent-decoded, without the query: "/v1/x y"
  std::map<std::string, std::string> query;  ///< percent-decoded; of a repeated key the last
  header_list headers;
  std::string body;
  std::string peer;  ///< "192.0.2.1:4711", or the client's name on the simulated network
  bool websocket_upgrade = false;

  std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

/// An answer, of a handler or as received.
struct http_response {
  int status = 200;
  header_list headers;
  std::string body;
  std::shared_ptr<const std::string> shared_body;  ///< used instead of body if set
  /// Accepts the upgrade of a websocket_upgrade request (status is ignored); called once the
  /// WebSocket stands. Without it the response refuses the upgrade.
  std::function<void(std::shared_ptr<websocket>)> on_websocket;

  std::string_view header(std::string_view name) const { return find_header(headers, name); }
  const std::string& content() const { return shared_body ? *shared_body : body; }
};

/// Answers one request, once, from any thread. Copies share the one answer; the first send() wins.
/// If all copies go without an answer, 500 is sent. send() after the client has gone is harmless.
class responder {
 public:
  responder() = default;
  explicit responder(std::function<void(http_response)> deliver);
  void send(http_response response) const;
  void operator()(http_response response) const { send(std::move(response)); }

 private:
  struct state;
  std::shared_ptr<state> s_;
};

using http_handler = std::function<void(http_request, responder)>;

/// Fills method, target, path, query; malformed on a bad escape, an encoded '/' or NUL in the path,
/// more than 64 parameters, or a target over 8 KiB.
result<http_request> request_for(std::string_view method, std::string_view target);
/// RFC 3986: everything but unreserved characters becomes %NN.
std::string percent_encode(std::string_view bytes);
result<std::string> percent_decode(std::string_view text);

}  // namespace tinysync::net
