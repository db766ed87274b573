#include "server/actors/wakes.hpp"

#include "proto/codec/messages.hpp"

namespace tinysync::server {

/// What an earlier life was told and had not passed on is gone.
void change_feed::started(actors::context& self) {
  if (self.start().generation > 1)
    self.send(self.sibling<faces::wake_hub>("wake_hub"), pb::FeedStarted{});
}

void change_feed::handle(const pb::VaultMoved& m, actors::context& self) {
  self.send(self.sibling<faces::wake_hub>("wake_hub"), m);
}

void wake_hub::started(actors::context& self) {
  self.send(self.sibling<faces::http_front>("http_front"), pb::HubStarted{});
}

void wake_hub::handle(const pb::FrontStarted&) { sockets_.clear(); }

void wake_hub::push(actors::context& self, const std::set<std::uint64_t>& sockets,
                    const pb::VaultMoved& m) {
  auto at = codec::decode_position(m.position());
  if (!at || sockets.empty()) return;
  pb::PushWake out;
  for (auto s : sockets) out.add_sockets(s);
  self.send(self.sibling<faces::http_front>("http_front"), std::move(out),
            actors::make_bulk(codec::encode(codec::wake{id_from<vault_id>(m.vault()), *at})));
}

void wake_hub::handle(const pb::VaultMoved& m, actors::context& self) {
  std::set<std::uint64_t> listening;
  for (const auto& device : ids_from<device_id>(m.audience()))
    if (auto known = sockets_.find(device); known != sockets_.end())
      listening.insert(known->second.begin(), known->second.end());
  push(self, listening, m);
}

void wake_hub::handle(const pb::SocketOpened& m, actors::context& self) {
  auto device = id_from<device_id>(m.device());
  sockets_[device].insert(m.socket());
  tell_heads(self, device, {m.socket()});
}

void wake_hub::handle(const pb::FeedStarted&, actors::context& self) {
  for (const auto& [device, sockets] : sockets_) tell_heads(self, device, sockets);
}

/// What they missed while they, or we, did not listen.
void wake_hub::tell_heads(actors::context& self, const device_id& device,
                          std::set<std::uint64_t> sockets) {
  pb::AskHeads ask;
  ask.set_device(device.str());
  self.ask(self.sibling<faces::metadata_store>("metadata_store"), std::move(ask),
           doors_.config.ask_timeout, [this, &self, sockets](result<pb::Heads> heads) {
             if (!heads) {  // revoked since it was let in, or the database is away: it comes again
               pb::CloseSockets close;
               for (auto s : sockets) close.add_sockets(s);
               return self.send(self.sibling<faces::http_front>("http_front"), std::move(close));
             }
             for (const auto& v : heads->vaults()) push(self, sockets, v);
           });
}

void wake_hub::handle(const pb::SocketClosed& m) {
  auto known = sockets_.find(id_from<device_id>(m.device()));
  if (known == sockets_.end()) return;
  known->second.erase(m.socket());
  if (known->second.empty()) sockets_.erase(known);
}

void wake_hub::handle(const pb::DeviceRevoked& m, actors::context& self) {
  auto gone = sockets_.extract(id_from<device_id>(m.device()));
  if (gone.empty()) return;
  pb::CloseSockets close;
  for (auto s : gone.mapped()) close.add_sockets(s);
  self.send(self.sibling<faces::http_front>("http_front"), std::move(close));
}

}  // namespace tinysync::server
