#pragma once
// The agent's whole supervision tree.

#include "actors/supervision.hpp"
#include "client/actors/agent_doors.hpp"

namespace tinysync::client {

/// Everything below /agent. `serve_ipc` is told the directory once the tree stands.
actors::supervisor_spec agent_tree(agent_doors doors);
/// Everything below /agent/vaults/<id>.
actors::supervisor_spec vault_tree(const agent_doors& doors, const vault_config& vault);

}  // namespace tinysync::client
