#pragma once
// wake_listener: hears on one WebSocket that a vault has moved on. A lost hint costs latency only.

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class wake_listener {
 public:
  wake_listener(actors::context& self, agent_doors doors);
  void started(actors::context& self);
  void handle(const pb::LinkChanged& m);
  void handle(const pb::WakeFrame& m, actors::context& self);
  void handle(const pb::WakeClosed& m);
  void handle(const pb::Tick& m);

 private:
  void open();

  actors::context& self_;
  agent_doors doors_;
  bool open_ = false, opening_ = false, connected_ = false;
  std::chrono::milliseconds retry_{0};
};

}  // namespace tinysync::client
