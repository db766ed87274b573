#pragma once
// Where requests enter the actors: the handler that a server, real or simulated, is given.

#include <functional>
#include <memory>

#include "platform/net/http.hpp"

namespace tinysync::server {

/// Leads to the http_front of the moment; requests that come while there is none get 503.
/// Thread-safe.
class entrance {
 public:
  using taker = std::function<void(net::http_request, net::responder)>;

  /// From http_front: requests are handed to `take`, on any thread.
  void open(taker take) {
    std::atomic_store(&taker_, std::make_shared<const taker>(std::move(take)));
  }
  void close() { std::atomic_store(&taker_, std::shared_ptr<const taker>()); }
  void enter(net::http_request request, net::responder respond) const;

 private:
  std::shared_ptr<const taker> taker_;  // by atomic_load and atomic_store alone
};

/// For net::https_server::start and net::fake_network::serve.
net::http_handler http_handler_for(std::shared_ptr<entrance> front);

}  // namespace tinysync::server
