// B30–B35, B41: more than two users, and users who meet their conflict copies.

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/scenarios/matrix/meeting.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

void expect_no_findings(world& w) { EXPECT_EQ(w.findings(), std::vector<std::string>{}); }

TEST(matrix, b30_of_three_edits_one_wins_and_two_are_kept) {
  world w{"laptop", "phone", "desk"};
  w["laptop"].write("f", "v1");
  w.settle();
  for (auto* d : w.devices()) d->write("f", "by_" + d->name());
  w.settle();
  EXPECT_EQ(w["laptop"].tree().size(), 3u) << line_of(w["laptop"].tree());
  EXPECT_EQ(w["laptop"].conflicts_of("f").size(), 2u);
  expect_no_findings(w);
}

/// Whatever the order: all who act are offline, and come online one after the other.
std::string after_three(const std::vector<std::string>& order, const std::map<std::string, act>& acts) {
  world w{"laptop", "phone", "desk"};
  w["laptop"].write("f", "v1");
  w.settle();
  for (auto* d : w.devices()) d->go_offline();
  for (const auto& [name, a] : acts) a(w[name]);
  w.run_for(3s);
  for (const auto& name : order) {
    w[name].go_online();
    w.settle();
  }
  expect_no_findings(w);
  return line_of(w["laptop"].tree());
}

TEST(matrix, b31_edited_here_moved_there_deleted_elsewhere_the_edit_survives) {
  const std::map<std::string, act> acts = {
      {"laptop", write("f", "v2")}, {"phone", move("f", "x")}, {"desk", remove("f")}};
  std::vector<std::string> order = {"desk", "laptop", "phone"};
  do {
    auto comes = [&](const char* name) { return std::find(order.begin(), order.end(), name); };
    // What was deleted before it comes back as a new file where its editor has it.
    bool back = comes("desk") < comes("laptop");
    EXPECT_EQ(after_three(order, acts), back ? "f:v2" : "x:v2")
        << order[0] << ' ' << order[1] << ' ' << order[2];
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(matrix, b32_who_comes_late_to_a_conflict_adds_one_copy) {
  world w{"laptop", "phone", "desk"};
  w["laptop"].write("f", "v1");
  w.settle();
  w["desk"].go_offline();
  w["desk"].write("f", "late");
  w["phone"].go_offline();
  w["phone"].write("f", "second");
  w["laptop"].write("f", "first");
  w.settle();
  w["phone"].go_online();
  w.settle();
  w["desk"].go_online();
  w.settle();
  EXPECT_EQ(line_of(w["desk"].tree()), "f!:late f!:second f:first");
  expect_no_findings(w);
}

/// f and its conflict copy, on two devices. Returns the copy's path.
std::string begin_with_a_conflict(world& w) {
  w["laptop"].write("f", "v1");
  w.settle();
  w["phone"].go_offline();
  w["phone"].write("f", "mine");
  w["laptop"].write("f", "theirs");
  w.settle();
  w["phone"].go_online();
  w.settle();
  return w["laptop"].conflicts_of("f").at(0).path();
}

TEST(matrix, b33_a_conflict_resolved_in_two_ways_is_an_ordinary_one) {
  world w{"laptop", "phone"};
  auto copy = begin_with_a_conflict(w);
  auto head = w.head();
  w["phone"].go_offline();
  w["phone"].remove(copy);  // theirs is kept
  w["laptop"].move(copy, "f");  // mine is kept
  w.settle();
  w["phone"].go_online();
  w.settle();
  EXPECT_LE(w.head(), head + 4);
  EXPECT_LE(w["laptop"].tree().size(), 2u) << line_of(w["laptop"].tree());
  expect_no_findings(w);
}

TEST(matrix, b34_a_conflict_copy_edited_twice_is_copied_once) {
  world w{"laptop", "phone"};
  auto copy = begin_with_a_conflict(w);
  w["phone"].go_offline();
  w["phone"].write(copy, "mine_2");
  w["laptop"].write(copy, "mine_3");
  w.settle();
  w["phone"].go_online();
  w.settle();
  EXPECT_EQ(line_of(w["laptop"].tree()), "f!!:mine_2 f!:mine_3 f:theirs");
  expect_no_findings(w);
}

TEST(matrix, b35_a_conflict_copy_never_takes_a_users_name) {
  // The same seed twice: the name is known the second time, and a user has it already.
  std::string name;
  {
    world w{"laptop", "phone"};
    name = begin_with_a_conflict(w);
  }
  for (const char* owner : {"laptop", "phone"}) {
    world w{"laptop", "phone"};
    w["laptop"].write("f", "v1");
    w.settle();
    w["phone"].go_offline();
    w["phone"].write("f", "mine");
    w.run_for(3s);
    w[owner].write(name, "a_users");
    w["laptop"].write("f", "theirs");
    w.settle();
    w["phone"].go_online();
    w.settle();
    EXPECT_EQ(w["phone"].read(name), "a_users");
    EXPECT_EQ(line_of(w["phone"].tree()), "f!:a_users f!:mine f:theirs");
    expect_no_findings(w);
  }
}

TEST(matrix, b41_a_file_that_became_a_folder_leaves_the_edit_a_copy) {
  both_orders(write("f", "v1"), all({remove("f"), write("f/in", "inside")}), write("f", "edited"))
      .end_as("f!:edited f/ f/in:inside", "f!/ f!/in:inside f:edited");
}

}  // namespace
}  // namespace tinysync::test
