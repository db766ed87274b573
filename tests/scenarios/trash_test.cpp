// What others displaced on a device can be had back there, and leaves only when it is held elsewhere.

#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

client::agent_config kept_for_a_day() {
  client::agent_config c;
  c.trash_for = 24h;
  return c;
}

struct the_trash : ::testing::Test {
  world w{{"laptop", "phone"}, world_options{.agent = kept_for_a_day()}};
  device& laptop = w["laptop"];
  device& phone = w["phone"];

  void SetUp() override {
    laptop.write("d/a.txt", "first");
    laptop.symlink("a.txt", "d/link");
    w.settle();
  }
};

TEST_F(the_trash, holds_what_others_deleted_and_puts_it_back_everywhere) {
  laptop.remove("d");
  w.settle();
  EXPECT_FALSE(phone.exists("d"));
  auto trash = w.trash_of(phone);
  ASSERT_EQ(trash.size(), 2u);
  EXPECT_EQ(w.trash_of(laptop).size(), 0u) << "what its own user deleted there is not kept there";
  for (const auto& [entry, path] : trash) EXPECT_EQ(w.restore_trash(phone, entry), path);
  w.settle();
  EXPECT_EQ(laptop.read("d/a.txt"), "first");
  EXPECT_EQ(laptop.tree(), phone.tree());
  EXPECT_EQ(w.trash_of(phone).size(), 0u);
}

TEST_F(the_trash, holds_what_others_overwrote_and_puts_it_beside_what_is_there) {
  laptop.write("d/a.txt", "second");
  w.settle();
  auto trash = w.trash_of(phone);
  ASSERT_EQ(trash.size(), 1u);
  EXPECT_EQ(trash.begin()->second, "d/a.txt");
  EXPECT_EQ(w.restore_trash(phone, trash.begin()->first), "d/a (restored).txt");
  w.settle();
  EXPECT_EQ(laptop.read("d/a (restored).txt"), "first");
  EXPECT_EQ(laptop.read("d/a.txt"), "second");
}

TEST_F(the_trash, is_emptied_of_what_the_server_holds) {
  laptop.write("d/a.txt", "second");
  laptop.remove("d/link");
  w.settle();
  ASSERT_EQ(w.trash_of(phone).size(), 2u);
  EXPECT_EQ(w.empty_trash(phone, 1h, false), (std::pair<std::uint64_t, std::uint64_t>(0, 0)));
  EXPECT_EQ(w.empty_trash(phone, 0s, false), (std::pair<std::uint64_t, std::uint64_t>(2, 0)));
  EXPECT_EQ(w.trash_of(phone).size(), 0u);
  EXPECT_EQ(phone.disk().tree(".tinysync/trash").size(), 0u) << "its folders go too";
}

TEST_F(the_trash, keeps_what_the_server_does_not_hold_until_a_person_insists) {
  for (int i = 0; i < 60; ++i) laptop.write("many/" + std::to_string(i), "good " + std::to_string(i));
  w.settle();
  for (int i = 0; i < 60; ++i) laptop.write("many/" + std::to_string(i), "bad " + std::to_string(i));
  w.settle();
  w.decide_brake(laptop, false);
  w.settle();
  ASSERT_EQ(w.trash_of(laptop).size(), 60u);
  EXPECT_EQ(w.empty_trash(laptop, 0s, false), (std::pair<std::uint64_t, std::uint64_t>(0, 60)));
  EXPECT_EQ(w.trash_of(laptop).size(), 60u);
  EXPECT_EQ(w.empty_trash(laptop, 0s, true), (std::pair<std::uint64_t, std::uint64_t>(60, 0)));
}

TEST_F(the_trash, empties_itself_after_its_time) {
  laptop.remove("d/a.txt");
  w.settle();
  w.run_for(23h);
  EXPECT_EQ(w.trash_of(phone).size(), 1u);
  w.run_for(8h);
  EXPECT_EQ(w.trash_of(phone).size(), 0u);
}

TEST_F(the_trash, offline_is_not_emptied) {
  laptop.remove("d/a.txt");
  w.settle();
  phone.go_offline();
  w.run_for(48h);
  EXPECT_EQ(w.trash_of(phone).size(), 1u);
}

}  // namespace
}  // namespace tinysync::test
