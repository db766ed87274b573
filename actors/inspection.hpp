#pragma once
// What an inspector sees of a running tree: plain values.

#include <cstdint>
#include <string>
#include <vector>

namespace tinysync::actors {

/// One actor and, if it is a supervisor, everything below it.
struct actor_view {
  std::string name;
  std::string path;
  std::string kind;             ///< class of the actor, or "supervisor (one_for_one)"
  std::string state;            ///< "up", "restarting", "stopping" or "stopped"
  std::uint64_t depth = 0;      ///< messages waiting, here or held while it is down
  std::uint64_t oldest_ms = 0;  ///< age of the oldest waiting one
  std::uint64_t handled = 0;    ///< messages since the path was started, over all restarts
  double rate = 0;              ///< messages per second, smoothed over about 10 s
  std::uint64_t refused = 0;  ///< dropped or refused: overloaded, restarting, poisoned, unexpected
  std::uint64_t restarts = 0;
  std::string last_error;            ///< empty if none yet
  std::string work;                  ///< "<note> [<message type in hand>]"
  std::vector<actor_view> children;  ///< in start order
};

}  // namespace tinysync::actors
