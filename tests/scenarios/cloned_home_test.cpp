// A home that was copied with its credentials: two agents that are one device to the server.

#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

TEST(cloned_home, d17_is_noticed_and_the_second_agent_is_registered_anew) {
  world w{"laptop", "twin", "phone"};
  w["laptop"].write("f", "1");
  w.settle();
  w["twin"].stop();
  w["twin"].take_home_of(w["laptop"]);
  w["twin"].start();
  for (int minute = 0; minute < 40; ++minute) {
    w["laptop"].write("f", "laptop " + std::to_string(minute));
    w["twin"].write("g", "twin " + std::to_string(minute));
    w.run_for(1min);
  }
  bool twin_is_out = w.link_error(w["twin"]) == "device_cloned";
  EXPECT_NE(twin_is_out, w.link_error(w["laptop"]) == "device_cloned") << "one of them goes on";
  auto& out = twin_is_out ? w["twin"] : w["laptop"];
  auto& in = twin_is_out ? w["laptop"] : w["twin"];
  EXPECT_TRUE(w.says_connected(in));
  EXPECT_NE(w.register_anew(in, "again"), "") << "it is registered and well";
  out.write("meanwhile", "kept");
  EXPECT_EQ(w.register_anew(out, "another"), "");
  w.settle();
  EXPECT_EQ(in.read("meanwhile"), "kept");
  EXPECT_EQ(w["phone"].tree(), out.tree());
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
  w.run_for(2h);
  EXPECT_TRUE(w.says_connected(in));
  EXPECT_TRUE(w.says_connected(out));
}

TEST(cloned_home, a_restart_at_any_time_and_a_lost_answer_are_no_copy) {
  world w{"laptop", "phone"};
  for (int i = 0; i < 40; ++i) {
    w.set_faults({.lose_answer = i % 3 == 0 ? 0.5 : 0.0});
    w.run_for(i % 7 == 0 ? 20min : 3s);
    w["laptop"].restart();
    w.run_for(std::chrono::milliseconds(i));
  }
  w.set_faults({});
  w["laptop"].write("f", "1");
  w.settle();
  EXPECT_EQ(w["phone"].read("f"), "1");
}

TEST(cloned_home, a_server_put_back_from_a_backup_takes_nobody_for_a_copy) {
  world w{"laptop", "phone"};
  w.settle();
  auto copy = w.back_up_server();
  w.run_for(3h);
  w.restore_server(copy);
  w.run_for(1h);
  EXPECT_TRUE(w.says_connected(w["laptop"])) << w.link_error(w["laptop"]);
  w["laptop"].write("f", "1");
  w.settle();
  EXPECT_EQ(w["phone"].read("f"), "1");
}

}  // namespace
}  // namespace tinysync::test
