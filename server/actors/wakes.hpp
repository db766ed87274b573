#pragma once
// change_feed and wake_hub: from a commit to the devices that listen.

#include <map>
#include <set>

#include "actors/context.hpp"
#include "server/actors/convert.hpp"
#include "server/actors/server_doors.hpp"

namespace tinysync::server {

/// Passes on what moved; with one node everybody who cares is in this process.
class change_feed {
 public:
  void started(actors::context& self);
  void handle(const pb::VaultMoved& m, actors::context& self);
};

class wake_hub {
 public:
  explicit wake_hub(server_doors doors) : doors_(std::move(doors)) {}

  void started(actors::context& self);
  void handle(const pb::VaultMoved& m, actors::context& self);
  void handle(const pb::SocketOpened& m, actors::context& self);
  void handle(const pb::FrontStarted& m);
  void handle(const pb::FeedStarted& m, actors::context& self);
  void handle(const pb::SocketClosed& m);
  void handle(const pb::DeviceRevoked& m, actors::context& self);

 private:
  void tell_heads(actors::context& self, const device_id& device, std::set<std::uint64_t> sockets);
  void push(actors::context& self, const std::set<std::uint64_t>& sockets, const pb::VaultMoved& m);

  server_doors doors_;
  std::map<device_id, std::set<std::uint64_t>> sockets_;
};

}  // namespace tinysync::server
