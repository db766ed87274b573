#include "actors/restart_policy.hpp"

#include <algorithm>

namespace tinysync::actors {

restart_plan plan_restart(strategy how, std::size_t children, std::size_t failed, errc why) {
  switch (how) {
    case strategy::one_for_one:
      return {failed, failed + 1, false};
    case strategy::rest_for_one:
      return {failed, children, false};
    case strategy::one_for_all:
      return {0, children, false};
    case strategy::resync:
      break;
  }
  bool distrust = why == errc::integrity_violation || why == errc::local_state_corrupt;
  return distrust ? restart_plan{0, children, true} : restart_plan{failed, failed + 1, false};
}

duration backoff_for(const budget& limits, std::uint32_t failures, std::uint64_t random) {
  auto wait = limits.backoff;
  for (std::uint32_t i = 1; i < failures && wait < limits.backoff_max; ++i) wait *= 2;
  wait = std::min(wait, limits.backoff_max);
  auto spread = static_cast<std::uint64_t>(std::max<std::int64_t>(wait.count(), 0)) / 4 + 1;
  return wait + duration(static_cast<std::int64_t>(random % spread));
}

bool failure_window::exceeds(const budget& limits, time_point now) {
  recent_.push_back(now);
  while (now - recent_.front() > limits.window) recent_.pop_front();
  return recent_.size() > limits.max_restarts;
}

}  // namespace tinysync::actors
