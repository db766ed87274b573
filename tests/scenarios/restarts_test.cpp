// Programs that end and come again.

#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

TEST(a_restarted_agent, sees_what_happened_while_it_was_away) {
  world w({"laptop", "phone"}, world_options{.durable_indexes = true});
  w["laptop"].write("a", "1");
  w["laptop"].write("d/b", "2");
  w.settle();
  w["phone"].stop();
  w["phone"].write("a", "1 edited");
  w["phone"].move("d", "e");
  w["laptop"].write("new", "3");
  w.run_for(1min);
  w["phone"].start();
  w.settle();
  EXPECT_EQ(w["laptop"].read("a"), "1 edited");
  EXPECT_EQ(w["laptop"].read("e/b"), "2");
  EXPECT_EQ(w["phone"].read("new"), "3");
  EXPECT_EQ(w["laptop"].conflicts_of("a").size(), 0u);
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

/// Its process dies at every moment of a small sync in turn; what it had begun is ended once.
TEST(a_restarted_agent, ends_what_it_had_begun_wherever_it_died) {
  for (auto after = 1ms; after < 400ms; after += 7ms) {
    world w({"laptop", "phone"}, world_options{.durable_indexes = true});
    for (int i = 0; i < 12; ++i)
      w["laptop"].write("d/f" + std::to_string(i), "v1 of " + std::to_string(i));
    w.settle();
    w["laptop"].save("d/f1", "v2 of 1");
    w["laptop"].move("d", "e");
    w["phone"].write("d/f2", "phone's 2");
    w["laptop"].exchange("e/f3", "e/f4");
    w["laptop"].remove("e/f5");
    w.run_for(after);
    w["phone"].restart();
    w.run_for(after);
    w["laptop"].restart();
    w.settle();
    EXPECT_EQ(w.findings(), std::vector<std::string>{}) << "after " << after.count() << " ms";
  }
}

}  // namespace
}  // namespace tinysync::test
