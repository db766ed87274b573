#include "server/actors/entrance.hpp"

#include "server/http/answers.hpp"

namespace tinysync::server {

void entrance::enter(net::http_request request, net::responder respond) const {
  if (auto take = std::atomic_load(&taker_)) return (*take)(std::move(request), std::move(respond));
  respond(
      http::error_response(request, {errc::unavailable, "the server is starting or stopping"}, {}));
}

net::http_handler http_handler_for(std::shared_ptr<entrance> front) {
  return [front = std::move(front)](net::http_request request, net::responder respond) {
    front->enter(std::move(request), std::move(respond));
  };
}

}  // namespace tinysync::server
