// Programs that end and come again.

#include <gtest/gtest.h>

#include "actors/faces/client.hpp"
#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

TEST(a_restarted_agent, sees_what_happened_while_it_was_away) {
  world w({"laptop", "phone"});
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
    world w({"laptop", "phone"});
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

TEST(restarts, a_pause_ends_at_its_time_also_of_an_agent_that_was_restarted) {
  world w{"laptop", "phone"};
  auto& laptop = w["laptop"];
  w.settle();
  auto engine = w.simulation().directory().inspect("/agent-laptop/vaults").children.at(0).path + "/engine";
  auto pause = std::make_shared<faces::pb::Pause>();
  pause->set_until_ns(w.wall_now_ns() + std::chrono::nanoseconds(1h).count());
  w.simulation().directory().send_any(engine, pause, 1min, [](result<actors::message_ptr>) {});
  w.run_for(1s);
  laptop.write("f", "1");
  w.run_for(20min);
  EXPECT_FALSE(w["phone"].exists("f"));
  EXPECT_NE(w.status_text(laptop).find("paused_until_ns"), std::string::npos) << w.status_text(laptop);
  laptop.restart();
  w.run_for(30min);
  EXPECT_FALSE(w["phone"].exists("f")) << "it lasts across a restart";
  w.run_for(12min);
  EXPECT_EQ(w["phone"].read("f"), "1");
  EXPECT_EQ(w.status_text(laptop).find("paused_until_ns"), std::string::npos) << w.status_text(laptop);
  w.settle();
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace tinysync::test
