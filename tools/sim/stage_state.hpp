#pragma once
// Inside tools/sim only: what steps did to one device and peace has to undo.

#include <set>
#include <string>

#include "tools/sim/stage.hpp"

namespace tinysync::sim {

struct stage::state {
  bool root_gone = false, deaf = false;
  bool index_was_full = false;  ///< ever
  std::set<std::string> unreadable, held;
  oracle::tree meant;  ///< what its user saw after they last did something
};

}  // namespace tinysync::sim
