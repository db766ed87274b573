#pragma once
// The decisions of a supervisor, pure: what to restart, when, and when to give up.

#include <cstddef>
#include <cstdint>
#include <deque>

#include "actors/supervision.hpp"
#include "actors/time.hpp"
#include "proto/vocabulary/errors.hpp"

namespace tinysync::actors {

/// Children [from, to) are stopped in reverse and started again in order.
struct restart_plan {
  std::size_t from = 0;
  std::size_t to = 0;
  bool resync = false;  ///< on_resync comes in between and start_info says so
};

/// What follows when child number `failed` of `children` has died because of `why`.
restart_plan plan_restart(strategy how, std::size_t children, std::size_t failed, errc why);

/// How long to wait before restart number `failures` (1 is the first): doubling from backoff to
/// backoff_max, plus 0 to 25 % by `random`.
duration backoff_for(const budget& limits, std::uint32_t failures, std::uint64_t random);

/// Counts failures in a sliding window.
class failure_window {
 public:
  /// Records a failure. True if the budget is used up: escalate.
  bool exceeds(const budget& limits, time_point now);

 private:
  std::deque<time_point> recent_;
};

}  // namespace tinysync::actors
