#pragma once
// inspector: the live tree of this process, and its socket in the data folder.

#include "actors/context.hpp"
#include "actors/ipc_bridge.hpp"
#include "server/actors/convert.hpp"
#include "server/actors/server_doors.hpp"

namespace tinysync::server {

class inspector {
 public:
  inspector(actors::context& self, server_doors doors) {
    if (!doors.serve_ipc) return;  // simulations have no socket
    auto actors = self.directory();
    auto served =
        doors.serve_ipc([actors](std::string frame, std::function<void(std::string)> reply) {
          actors::answer_ipc(actors, frame, std::move(reply));
        });
    if (!served) throw std::runtime_error("the local socket: " + to_string(served.error()));
    socket_ = std::move(*served);
  }

  actors::common::TreeNode handle(const actors::common::AskTree& m, actors::context& self) {
    actors::common::TreeNode out;
    auto path = m.path().empty() ? std::string("/server") : m.path();
    actors::to_message(self.directory(), self.directory().inspect(path), out);
    return out;
  }

 private:
  std::shared_ptr<void> socket_;  // closed with this actor
};

}  // namespace tinysync::server
