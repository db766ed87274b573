#pragma once
// The door to time for everything that is no actor: gateways, fake networks and disks.

#include <cstdint>
#include <functional>

#include "actors/time.hpp"

namespace tinysync::actors {

/// One-shot timers on one clock. Thread-safe in a system; virtual and single-threaded in a
/// simulation.
class timers {
 public:
  virtual ~timers() = default;
  /// Monotonic; never goes back.
  virtual time_point now() const = 0;
  /// Runs `job` once at `due` (at once if that is past), outside every actor; it must not block.
  /// Jobs of one instant run in the order they were given. Returns an id for `cancel`, never 0.
  virtual std::uint64_t at(time_point due, std::function<void()> job) = 0;
  /// False if the job ran already, is running now or was cancelled before.
  virtual bool cancel(std::uint64_t id) = 0;

  std::uint64_t after(duration wait, std::function<void()> job) {
    return at(now() + wait, std::move(job));
  }
};

}  // namespace tinysync::actors
