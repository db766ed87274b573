#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

/// Nothing is asked of the server meanwhile: the wakes' socket has to notice.
TEST(a_connection, that_is_lost_is_said_to_be_within_seconds) {
  world w{"laptop"};
  w["laptop"].write("a", "1");
  w.settle();
  w.run_for(5s);
  EXPECT_TRUE(w.says_connected(w["laptop"]));
  w["laptop"].go_offline();
  w.run_for(5s);
  EXPECT_FALSE(w.says_connected(w["laptop"]));
  w["laptop"].go_online();
  w.run_for(10s);
  EXPECT_TRUE(w.says_connected(w["laptop"]));
}

}  // namespace
}  // namespace tinysync::test
