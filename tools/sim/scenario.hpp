#pragma once
// What happens in one simulated run, as text that people read and the simulator plays again.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proto/vocabulary/result.hpp"

namespace tinysync::sim {

/// One thing that somebody does, or that goes wrong. `laptop mv a b`, after a pause.
struct step {
  std::chrono::milliseconds pause{0};
  std::string who;   ///< a device, or "server", "network", "all"
  std::string verb;  ///< a row of the table in acts.cpp
  std::vector<std::string> args;

  friend bool operator==(const step&, const step&) = default;
};
/// One line; bytes that would not survive it as \xNN.
std::string to_string(const step& s);

struct scenario {
  std::uint64_t seed = 1;  ///< of everything that is not in the steps: schedule, delays, survival
  std::vector<std::string> devices;
  bool coarse_times = false;   ///< the disks' times tick every 4 ms
  bool reused_inodes = false;
  std::vector<step> steps;
};
std::string to_string(const scenario& s);
/// malformed with the number of the line. Empty lines and those that begin with '#' say nothing.
result<scenario> parse_scenario(std::string_view text);

}  // namespace tinysync::sim
