#pragma once
// The agent as a process: real doors, real threads, and the order in which they start and stop.

#include <memory>
#include <optional>

#include "client/actors/agent_doors.hpp"
#include "platform/places/home.hpp"

namespace tinysync::client {

class agent_host {
 public:
  agent_host(places::home home, agent_config config);
  ~agent_host();
  /// Opens the socket and starts the tree.
  result<void> start();
  /// Until a signal (nothing) or the root's escalation (why).
  std::optional<error> wait();
  /// Sockets first, then the tree in reverse order. False if something did not end in time.
  bool stop();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace tinysync::client
