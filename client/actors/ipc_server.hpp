#pragma once
// ipc_server: the local socket; turns frames into messages to any actor and answers back.

#include "actors/context.hpp"
#include "actors/ipc_bridge.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class ipc_server {
 public:
  ipc_server(actors::context& self, agent_doors doors) : doors_(std::move(doors)) {
    if (!doors_.serve_ipc) return;  // simulations have no socket
    auto actors = self.directory();
    auto served = doors_.serve_ipc([actors](std::string frame, std::function<void(std::string)> reply) {
      actors::answer_ipc(actors, frame, std::move(reply));
    });
    if (!served) throw std::runtime_error("the local socket: " + to_string(served.error()));
    socket_ = std::move(*served);
  }
  void handle(const pb::Tick&) {}

 private:
  agent_doors doors_;
  std::shared_ptr<void> socket_;  // closed with this actor
};

}  // namespace tinysync::client
