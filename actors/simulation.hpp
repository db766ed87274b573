#pragma once
// Actors in one thread and virtual time: the same seed gives the same run, message by message.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/directory.hpp"
#include "actors/faults.hpp"
#include "actors/inspection.hpp"
#include "actors/supervision.hpp"
#include "actors/time.hpp"
#include "actors/timers.hpp"

namespace tinysync::actors {

/// More than any honest run takes between two moments of virtual time.
inline constexpr std::size_t most_steps_at_once = 1'000'000;

/// Several trees in one thread. To be driven from outside the actors: tests and jobs of `post`.
class simulation {
 public:
  explicit simulation(std::uint64_t seed = 1, crash_requests crashes = crash_requests::obeyed);
  /// Kills what still runs.
  ~simulation();
  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;

  /// Starts a tree; its name must not be running. Its references exist at once (and those of an
  /// earlier run of the same name work again); its actors begin with the next steps.
  void start(supervisor_spec root);
  /// Graceful: runs until the root has ended, at most `limit` of virtual time. False if it has not.
  bool stop(std::string_view root, duration limit = std::chrono::minutes(10));
  /// A process dies: all actors of the root vanish now, nothing is drained, nothing more is
  /// handled. Their destructors run; freeze fake disks and networks before.
  void kill(std::string_view root);
  bool running(std::string_view root) const;
  /// Why the root of that name escalated, if it did since its last start.
  std::optional<error> failure_of(std::string_view root) const;

  /// One message of one runnable actor, chosen by the seed. False if none is runnable.
  bool step();
  /// Steps until nothing is runnable or `max` is reached; time stands still. Returns the steps
  /// taken.
  std::size_t settle(std::size_t max = SIZE_MAX);
  /// So many steps, with time moving on whenever nothing is runnable: for a look at any moment. Returns
  /// the steps taken: fewer if nothing is left to happen.
  std::size_t advance(std::size_t steps);
  /// Lets virtual time pass from timer to timer, settling in between. Returns the steps taken. Throws
  /// std::runtime_error if actors keep each other busy without end at one moment.
  std::size_t run_for(duration span);
  /// When the next timer is due; nothing if there is none.
  std::optional<time_point> next_timeout() const;
  /// How many steps at one moment run_for takes for actors that keep each other busy without end.
  void limit_steps_at_once(std::size_t most);
  time_point now() const;

  /// `job` after `wait` of virtual time, outside every actor: a packet arrives, a disk answers.
  std::uint64_t post(duration wait, std::function<void()> job);
  timers& clock();
  /// The next number of the seed's stream for the world; independent of the scheduler's stream.
  std::uint64_t random();

  /// Over time, receiver, type and size of everything delivered so far.
  std::uint64_t trace_hash() const;
  /// Also hands every traced delivery to `sink` as a line, to compare two runs that should be
  /// equal.
  void trace_to(std::function<void(const std::string& line)> sink);

  const actors::directory& directory() const;
  actor_view inspect(std::string_view path = "/") const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace tinysync::actors
