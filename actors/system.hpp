#pragma once
// A running process's actors: real threads, real time.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/directory.hpp"
#include "actors/faults.hpp"
#include "actors/inspection.hpp"
#include "actors/supervision.hpp"
#include "actors/time.hpp"
#include "actors/timers.hpp"

namespace tinysync::actors {

struct system_options {
  std::size_t threads = 2;  ///< of the scheduler; actors with a thread of their own come on top
  std::uint64_t seed = 1;   ///< of the restart jitter
  crash_requests crashes = crash_requests_of_this_build();
  /// The root escalated and everything below it has ended. Runs on a scheduler thread; must not
  /// block and must not destroy the system: wake main up.
  std::function<void(const error&)> on_root_failure{};
  /// Every 10 s while a stop waits: one line per actor that is still there. Default: to stderr.
  std::function<void(const std::vector<std::string>&)> on_stuck{};
};

/// Owns threads and actors. Block signals and fork before it is made; close sockets before it is
/// stopped.
class system {
 public:
  explicit system(system_options options = {});
  /// Stops, waiting as long as it takes.
  ~system();
  system(const system&) = delete;
  system& operator=(const system&) = delete;

  /// Once. When it returns the references of the whole tree exist; the actors start one after the
  /// other.
  void start(supervisor_spec root);
  /// Drains the tree in reverse order. False if something still runs after `timeout`; it goes on
  /// stopping.
  bool stop(duration timeout = std::chrono::seconds(60));

  const actors::directory& directory() const;
  timers& clock();
  actor_view inspect() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace tinysync::actors
