#pragma once
// inspector: the live tree of this process as a message.

#include "actors/context.hpp"
#include "actors/ipc_bridge.hpp"
#include "client/actors/convert.hpp"
#include "client/actors/places.hpp"

namespace tinysync::client {

class tree_inspector {
 public:
  actors::common::TreeNode handle(const actors::common::AskTree& m, actors::context& self) {
    actors::common::TreeNode out;
    actors::to_message(self.directory(),
                       self.directory().inspect(m.path().empty() ? agent_root(self) : m.path()), out);
    return out;
  }
};

}  // namespace tinysync::client
