#include "client/actors/wake_listener.hpp"

#include "client/actors/places.hpp"

#include "platform/log/log.hpp"
#include "proto/codec/messages.hpp"

namespace tinysync::client {

using namespace std::chrono_literals;

wake_listener::wake_listener(actors::context& self, agent_doors doors)
    : self_(self), doors_(std::move(doors)) {}

void wake_listener::started(actors::context& self) {
  pb::WatchLink watch;
  watch.set_subscriber(self.path());
  self.send(self.sibling<faces::cloud_link>("cloud_link"), watch);
}

void wake_listener::open() {
  if (open_ || opening_ || !connected_) return;
  opening_ = true;
  self_.send(self_.sibling<faces::cloud_link>("cloud_link"), pb::OpenWake{});
}

void wake_listener::handle(const pb::LinkChanged& m) {
  connected_ = m.connected();
  open();
}

void wake_listener::handle(const pb::WakeFrame&, actors::context& self) {
  if (!self.attachment()) {  // the socket is open: what was missed meanwhile is asked for
    open_ = true;
    opening_ = false;
    retry_ = 0ms;
    self_.note("listening");
    for (const auto& vault : self.directory().inspect(at(self, "/vaults")).children)
      self.send(self.find<faces::log_replayer>(vault.path + "/log_replayer"), pb::Woken{});
    return;
  }
  auto wake = codec::decode_wake(*self.attachment());
  if (!wake) return self_.failed(to_string(wake.error()));
  pb::Woken m;
  m.set_vault(wake->vault.str());
  m.set_position(codec::encode(wake->at));
  self.send(self.find<faces::log_replayer>(
                at(self, "/vaults/" + to_string(wake->vault) + "/log_replayer")),
            m);
}

void wake_listener::handle(const pb::WakeClosed& m) {
  open_ = opening_ = false;
  retry_ = retry_ == 0ms ? doors_.config.retry_first
                         : std::min(retry_ * 2, doors_.config.retry_most);
  self_.note("closed: " + m.reason());
  log::info("wake.closed", "why={} again_in_ms={}", m.reason(), retry_.count());
  self_.delay(retry_, pb::Tick{});
}

void wake_listener::handle(const pb::Tick&) { open(); }

}  // namespace tinysync::client
