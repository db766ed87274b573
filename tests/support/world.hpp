#pragma once
// The simulator's world, as tests speak of it.

#include "tools/sim/world.hpp"

namespace tinysync::test {
using namespace sim;
}  // namespace tinysync::test
