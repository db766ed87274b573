#pragma once
// The agent's whole supervision tree.

#include "actors/supervision.hpp"
#include "client/actors/agent_doors.hpp"

namespace tinysync::client {

/// Everything below /agent; simulations of several agents name their roots.
actors::supervisor_spec agent_tree(agent_doors doors, const std::string& name = "agent");
/// Everything below /agent/vaults/<id>.
actors::supervisor_spec vault_tree(const agent_doors& doors, const vault_config& vault);

}  // namespace tinysync::client
