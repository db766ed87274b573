// What goes together and what goes first: swaps, circles, folders and what is in them.

#include "tests/unit/engine/planner_fixture.hpp"

namespace tinysync::engine {
namespace {

TEST_F(planner_test, a_swap_of_mine_is_one_group) {
  agreed(file(a, pa, "1"));
  agreed(file(b, pb, "2"));
  std::swap(t.local_[a].at, t.local_[b].at);
  auto p = make();
  ASSERT_EQ(p.mutations.size(), 2u) << text(p);
  EXPECT_FALSE(p.mutations[0].group.none());
  EXPECT_EQ(p.mutations[0].group, p.mutations[1].group);
  EXPECT_TRUE(p.mutations[0].after.empty());
  EXPECT_TRUE(p.mutations[1].after.empty());
}

TEST_F(planner_test, a_circle_of_three_of_mine_is_one_group) {
  agreed(file(a, pa, "1"));
  agreed(file(b, pb, "2"));
  agreed(file(c, px, "3"));
  t.local_[a].at = pb;
  t.local_[b].at = px;
  t.local_[c].at = pa;
  auto p = make();
  ASSERT_EQ(p.mutations.size(), 3u) << text(p);
  EXPECT_FALSE(p.mutations[0].group.none());
  for (const auto& m : p.mutations) EXPECT_EQ(m.group, p.mutations[0].group);
}

TEST_F(planner_test, a_swap_of_theirs_parks_one_and_puts_both_in_place) {
  agreed(file(a, pa, "1"));
  agreed(file(b, pb, "2"));
  move_there(a, pb);
  move_there(b, pa);
  auto p = make();
  ASSERT_EQ(p.disk.size(), 3u) << text(p);
  EXPECT_EQ(p.disk[0].what, verb::park);
  EXPECT_EQ(p.disk[1].what, verb::move);
  EXPECT_EQ(p.disk[2].what, verb::move);
  EXPECT_EQ(p.disk[2].id, p.disk[0].id);
  EXPECT_TRUE(p.disk[2].from_path.starts_with(".tinysync/parked/"));
}

TEST_F(planner_test, a_chain_of_renames_of_mine_goes_in_the_order_that_frees_names) {
  agreed(file(a, pa, "1"));
  agreed(file(b, pb, "2"));
  t.local_[b].at = px;
  t.local_[a].at = pb;
  auto p = make();
  ASSERT_EQ(p.mutations.size(), 2u) << text(p);
  EXPECT_EQ(p.mutations[0].item, b);
  EXPECT_EQ(p.mutations[1].item, a);
  EXPECT_EQ(p.mutations[1].after, std::vector<op_id>{p.mutations[0].op});
}

/// rm -r x, then another folder of that name with a file of the same name in it: the file is known there as
/// the one that was in the former.
TEST_F(planner_test, a_folder_replaced_by_another_whose_file_is_known_is_one_group) {
  for (int order = 0; order < 40; ++order) {
    t = {};
    agreed(folder(a, px));
    agreed(file(b, {a, "f"}, "1"));
    t.local_.erase(a);
    t.local_[c] = on_disk(folder(c, px));
    t.local_[b].at = {c, "f"};
    auto p = make();
    EXPECT_TRUE(p.waiting.empty()) << order;
    EXPECT_EQ(p.mutations.size(), 3u) << order << " " << text(p);
    for (const auto& m : p.mutations) {
      EXPECT_FALSE(m.group.none()) << order;
      EXPECT_EQ(m.group, p.mutations[0].group) << order;
      EXPECT_TRUE(m.after.empty()) << order;
    }
  }
}

TEST_F(planner_test, a_tree_deleted_here_is_one_deletion_however_deep) {
  for (int order = 0; order < 40; ++order) {
    t = {};
    agreed(folder(a, px));
    agreed(folder(b, {a, "b"}));
    agreed(folder(c, {b, "c"}));
    agreed(folder(d, {c, "d"}));
    for (std::uint8_t i = 10; i < 30; ++i) agreed(file(nth(i), {d, "f" + std::to_string(i)}, "1"));
    t.local_.clear();
    auto p = make();
    ASSERT_EQ(p.mutations.size(), 1u) << text(p);
    EXPECT_EQ(p.mutations[0].item, a);
  }
}

TEST_F(planner_test, cross_moves_that_make_a_circle_of_folders_undo_mine) {
  agreed(folder(a, pa));
  agreed(folder(b, pb));
  move_there(a, {b, "a"});
  t.local_[b].at = {a, "b"};
  auto p = make();
  ASSERT_EQ(p.disk.size(), 2u) << text(p);
  EXPECT_EQ(p.disk[0].id, b);
  EXPECT_EQ(p.disk[0].to, pb);
  EXPECT_EQ(p.disk[1].id, a);
  EXPECT_EQ(p.disk[1].to_path, "b/a");
  EXPECT_TRUE(p.mutations.empty()) << text(p);
}

TEST_F(planner_test, a_folder_i_moved_into_its_former_child_is_no_circle) {
  agreed(folder(a, pa));
  agreed(folder(b, {a, "b"}));
  t.local_[b].at = pb;
  t.local_[a].at = {b, "a"};
  auto p = make();
  EXPECT_TRUE(p.disk.empty()) << text(p);
  ASSERT_EQ(p.mutations.size(), 2u) << text(p);
  EXPECT_EQ(p.mutations[0].item, b);
  EXPECT_EQ(p.mutations[1].item, a);
}

TEST_F(planner_test, a_file_that_became_a_folder_is_deleted_and_created) {
  agreed(file(a, pa, "1"));
  t.local_.erase(a);
  t.local_[b] = on_disk(folder(b, pa));
  auto p = make();
  ASSERT_EQ(p.mutations.size(), 2u) << text(p);
  EXPECT_EQ(name_of(p.mutations[0].change), "delete");
  EXPECT_EQ(name_of(p.mutations[1].change), "create_folder");
  EXPECT_EQ(p.mutations[1].after, std::vector<op_id>{p.mutations[0].op});
}

TEST_F(planner_test, new_folders_come_before_what_is_in_them_on_both_sides) {
  t.remote_[a] = folder(a, pa);
  t.remote_[b] = folder(b, {a, "b"});
  t.remote_[c] = file(c, {b, "c"}, "3");
  auto p = make();
  ASSERT_EQ(p.disk.size(), 3u);
  EXPECT_EQ(p.disk[0].to_path, "a");
  EXPECT_EQ(p.disk[1].to_path, "a/b");
  EXPECT_EQ(p.disk[2].to_path, "a/b/c");
}

TEST_F(planner_test, what_is_under_way_is_left_alone) {
  agreed(file(a, pa, "1"));
  edit_here(a, "2");
  t.in_outbox.insert(a);
  auto p = make();
  EXPECT_TRUE(p.empty());
  EXPECT_EQ(p.waiting, std::vector<item_id>{a});
}

TEST_F(planner_test, a_renamed_folder_is_one_operation_whatever_it_holds) {
  agreed(folder(d, px));
  for (std::uint8_t i = 10; i < 60; ++i) agreed(file(nth(i), {d, "f" + std::to_string(i)}, "x"));
  t.local_[d].at = pb;
  auto p = make();
  ASSERT_EQ(p.mutations.size(), 1u) << text(p);
  EXPECT_TRUE(p.disk.empty());
}

}  // namespace
}  // namespace tinysync::engine
