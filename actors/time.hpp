#pragma once
// Time as actors see it: monotonic, real in a system, virtual in a simulation.

#include <chrono>

namespace tinysync::actors {

using duration = std::chrono::nanoseconds;
using time_point = std::chrono::time_point<std::chrono::steady_clock, duration>;

}  // namespace tinysync::actors
