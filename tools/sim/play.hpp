#pragma once
// A scenario played to its end, and what the oracle says of it.

#include <functional>

#include "tools/sim/oracle/finding.hpp"
#include "tools/sim/scenario.hpp"
#include "tools/sim/stage.hpp"

namespace tinysync::sim {

struct ending {
  oracle::findings findings;
  scenario played;  ///< with the steps that were possible
  counts fired;
  std::uint64_t trace_hash = 0;
  std::vector<std::string> account;  ///< of what there is at the end, if something is wrong
};

using teller = std::function<void(const std::string& line)>;

/// Random steps by the seed. `tell` hears of each as it begins, and of every message if `trace`.
ending play(std::uint64_t seed, const teller& tell = {}, bool trace = false);
/// Those of the scenario.
ending play(const scenario& s, const teller& tell = {}, bool trace = false);

/// The smallest scenario found in which the same rule is broken. `tell` hears of progress.
scenario shrink(const scenario& s, const std::string& rule,
                const std::function<void(const scenario& smaller)>& tell = {});

}  // namespace tinysync::sim
