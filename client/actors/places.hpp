#pragma once
// Paths of actors in this agent's tree, whatever its root is called.

#include <string>

#include "actors/context.hpp"

namespace tinysync::client {

/// "/agent", or the name this agent's root has in a simulation of several.
inline std::string agent_root(const actors::context& self) {
  return self.path().substr(0, self.path().find('/', 1));
}

/// agent_root + rest: at(self, "/cloud_link").
inline std::string at(const actors::context& self, const std::string& rest) {
  return agent_root(self) + rest;
}

}  // namespace tinysync::client
