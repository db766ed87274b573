#pragma once
// Many seeds, over several processes.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tools/sim/stage.hpp"

namespace tinysync::sim {

struct batch_options {
  std::uint64_t from = 1, to = 1000;
  unsigned jobs = 1;                       ///< processes
  std::chrono::seconds at_most{0};         ///< then no seed is begun any more; 0: all are played
  std::uint64_t most_failures = 10;        ///< then likewise
  std::uint64_t twice_every = 20;          ///< each so many-th seed is played twice and must run alike
};

struct failed_seed {
  std::uint64_t seed = 0;
  oracle::findings findings;
};

struct batch_report {
  std::uint64_t played = 0;
  std::vector<failed_seed> failed;
  counts fired;
  std::vector<std::uint32_t> micros;  ///< of each seed, unordered
  std::chrono::duration<double> took{};
};

/// `progress` hears of each change of the report, a few times a second at most.
batch_report run_batch(const batch_options& o, const std::function<void(const batch_report&)>& progress);

/// Everything that can go wrong in a scenario; what is missing from `fired` never took effect.
std::vector<std::string> never_fired(const counts& fired);

}  // namespace tinysync::sim
