// Every small story of three operations, on one device or two and one, both offline, over a tree of
// three items; then both come together. Real actors, watcher, index, wire and server: every order of
// events counts. All of them, not a sample.

#include <gtest/gtest.h>

#include "tests/exhaustive/small_acts.hpp"
#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

/// What is wrong at the end; empty if nothing.
std::string play(const std::vector<const small_act*>& here,
                 const std::vector<const small_act*>& there, bool here_first) {
  world w({"laptop", "phone"}, world_options{.seed = 5});
  auto& laptop = w["laptop"];
  auto& phone = w["phone"];
  begin_small_tree(laptop);
  if (auto wrong = w.try_settle()) return *wrong;
  laptop.go_offline();
  phone.go_offline();
  int n = 0;
  for (const auto* act : here) act->perform(laptop, "laptop " + std::to_string(++n));
  for (const auto* act : there) act->perform(phone, "phone " + std::to_string(++n));
  auto& first = here_first ? laptop : phone;
  first.go_online();
  if (auto wrong = w.try_settle()) return *wrong;
  (here_first ? phone : laptop).go_online();
  if (auto wrong = w.try_settle()) return *wrong;
  auto findings = w.findings();
  return findings.empty() ? "" : findings.front();
}

TEST(small_stories, every_pair_of_operations_converges_and_loses_nothing) {
  for (const auto& mine : small_acts)
    for (const auto& theirs : small_acts)
      for (bool first : {true, false})
        EXPECT_EQ(play({&mine}, {&theirs}, first), "")
            << mine.name << " | " << theirs.name << (first ? ", mine first" : ", theirs first");
}

TEST(small_stories, every_two_operations_against_one_converge_and_lose_nothing) {
  for (const auto& one : small_acts)
    for (const auto& two : small_acts)
      for (const auto& theirs : small_acts)
        for (bool first : {true, false})
          EXPECT_EQ(play({&one, &two}, {&theirs}, first), "")
              << one.name << ", " << two.name << " | " << theirs.name
              << (first ? ", mine first" : ", theirs first");
}

TEST(small_stories, every_three_operations_of_one_device_arrive) {
  for (const auto& one : small_acts)
    for (const auto& two : small_acts)
      for (const auto& three : small_acts)
        EXPECT_EQ(play({&one, &two, &three}, {}, true), "")
            << one.name << ", " << two.name << ", " << three.name;
}

}  // namespace
}  // namespace tinysync::test
