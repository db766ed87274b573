// The WebSockets on which devices hear that a vault moved, and what operators look at.

#include "server/actors/http_front.hpp"

namespace tinysync::server {

void http_front::open_wake(const call& c) {
  if (!c->request.websocket_upgrade)
    return refuse(c, {errc::invalid_argument, "this address takes a WebSocket"});
  pb::Authenticate m;
  *m.mutable_caller() = c->caller;
  self_.ask(metadata(), std::move(m), doors_.config.ask_timeout,
            [this, c](result<pb::Authenticated> who) {
              if (!who) return refuse(c, who.error());
              net::http_response accept;
              accept.status = 101;
              accept.on_websocket = [this, here = here_, device = who->device()](
                                        std::shared_ptr<net::websocket> socket) {
                here([this, device, socket] { socket_opened(device, socket); });
              };
              send(c, std::move(accept));
            });
}

void http_front::socket_opened(const std::string& device, std::shared_ptr<net::websocket> socket) {
  auto id = next_socket_++;
  sockets_[id] = {device, socket};
  socket->listen(
      [](std::string) {},  // devices have nothing to say here
      [this, here = here_, id](const error&) { here([this, id] { socket_closed(id); }); });
  tell_hub(id);
}

void http_front::tell_hub(std::uint64_t id) {
  pb::SocketOpened m;
  m.set_device(sockets_.at(id).device);
  m.set_socket(id);
  self_.send(self_.sibling<faces::wake_hub>("wake_hub"), std::move(m));
}

/// Numbers begin anew with every life of this actor: those of an earlier one must not wake another device.
void http_front::started(actors::context& self) {
  self.send(self.sibling<faces::wake_hub>("wake_hub"), pb::FrontStarted{});
}

void http_front::handle(const pb::HubStarted&) {
  for (const auto& [id, socket] : sockets_) tell_hub(id);
}

void http_front::socket_closed(std::uint64_t id) {
  auto gone = sockets_.extract(id);
  if (gone.empty()) return;
  pb::SocketClosed m;
  m.set_device(gone.mapped().device);
  m.set_socket(id);
  self_.send(self_.sibling<faces::wake_hub>("wake_hub"), std::move(m));
}

void http_front::handle(const pb::PushWake& m, actors::context& self) {
  if (!self.attachment()) return;
  for (auto id : m.sockets())
    if (auto s = sockets_.find(id); s != sockets_.end()) s->second.socket->send(*self.attachment());
}

void http_front::handle(const pb::CloseSockets& m) {
  for (auto id : m.sockets())
    if (auto s = sockets_.find(id); s != sockets_.end()) s->second.socket->close();
}

pb::Traffic http_front::handle(const pb::AskTraffic&) {
  pb::Traffic out;
  out.set_requests(requests_);
  out.set_sockets(sockets_.size());
  for (const auto& [status, n] : by_status_) {
    (*out.mutable_by_status())[static_cast<std::uint32_t>(status)] = n;
    if (status >= 400) out.set_errors(out.errors() + n);
  }
  return out;
}

// -- operation ---------------------------------------------------------------------------------

void http_front::health(const call& c, bool deep) {
  auto tell = [this, c](int status, std::string text) {
    auto body = codec::from_json(
        "Health", "{\"status\":\"" + text + "\",\"version\":\"" + std::string(program_version) +
                      "\",\"protocol\":" + std::to_string(protocol_version) + "}");
    send(c, http::message(c->request, status, "Health", body.value_or(std::string{})));
  };
  if (!deep) return tell(200, "ok");
  // Nobody's token: the database answers if it says so.
  self_.ask(metadata(), pb::Authenticate{}, std::chrono::seconds(2),
            [this, tell](result<pb::Authenticated> who) {
              if (!who && who.error().code != errc::unauthenticated)
                return tell(503, "the database does not answer");
              pb::AskProgress ask;
              self_.ask(blobs(), std::move(ask), std::chrono::seconds(2),
                        [tell](result<pb::Progress> p) {
                          if (!p) return tell(503, "the blob store does not answer");
                          tell(200, "ok");
                        });
            });
}

namespace {

void add_actors(std::string& out, const actors::actor_view& v) {
  auto line = [&](std::string_view name, std::uint64_t value) {
    out += "tinysync_actor_" + std::string(name) + "{actor=\"" + v.kind + "\"} " +
           std::to_string(value) + "\n";
  };
  if (v.children.empty() && v.name.find('-') == std::string::npos) {  // those of vaults are summed
    line("mailbox", v.depth);
    line("handled_total", v.handled);
    line("restarts_total", v.restarts);
  }
  for (const auto& child : v.children) add_actors(out, child);
}

}  // namespace

void http_front::metrics(const call& c) {
  std::string out = "# TYPE tinysync_http_responses_total counter\n";
  for (const auto& [status, n] : by_status_)
    out += "tinysync_http_responses_total{status=\"" + std::to_string(status) + "\"} " +
           std::to_string(n) + "\n";
  out += "# TYPE tinysync_http_requests_total counter\ntinysync_http_requests_total " +
         std::to_string(requests_) + "\n";
  out += "# TYPE tinysync_wake_sockets gauge\ntinysync_wake_sockets " +
         std::to_string(sockets_.size()) + "\n";
  auto tree = self_.directory().inspect("/server");
  out += "# TYPE tinysync_active_vaults gauge\n";
  for (const auto& child : tree.children)
    if (child.name == "vaults")
      out += "tinysync_active_vaults " + std::to_string(child.children.size()) + "\n";
  add_actors(out, tree);
  net::http_response r;
  r.headers.emplace_back("content-type", "text/plain; version=0.0.4");
  r.body = std::move(out);
  send(c, std::move(r));
}

}  // namespace tinysync::server
