#include "client/engine/brake.hpp"

#include <gtest/gtest.h>

#include "tests/support/memory_trees.hpp"

namespace tinysync::engine {
namespace {

/// A vault of folders with files, and plans that destroy some of them.
struct brake_test : ::testing::Test {
  memory_trees t;
  plan p;
  std::uint16_t last = 0;

  item_id fresh() {
    item_id id;
    id.bytes[0] = static_cast<std::uint8_t>(++last);
    id.bytes[1] = static_cast<std::uint8_t>(last >> 8);
    id.bytes[2] = 1;
    return id;
  }
  item_id folder_in(const item_id& parent) {
    auto id = fresh();
    t.remote_[id] = folder(id, {parent, std::to_string(last)});
    return id;
  }
  std::vector<item_id> files_in(const item_id& parent, int n) {
    std::vector<item_id> out;
    for (int i = 0; i < n; ++i) {
      out.push_back(fresh());
      t.remote_[out.back()] = file(out.back(), {parent, std::to_string(last)}, "x");
    }
    return out;
  }
  op_id emit(const item_id& id, change c, std::vector<op_id> after = {}, batch_id group = {}) {
    mutation m;
    m.op = op(static_cast<std::uint8_t>(p.mutations.size() + 1));
    m.item = id;
    m.after = std::move(after);
    m.group = group;
    m.change = std::move(c);
    p.mutations.push_back(m);
    return m.op;
  }
  std::size_t held(const std::vector<destruction>& before = {}) {
    return to_hold_back(t, destructions(t, p), before, {}).size();
  }
};

TEST_F(brake_test, fifty_deletions_pass_and_one_more_does_not) {
  auto files = files_in(folder_in(root_item), 100);
  for (int i = 0; i < 50; ++i) emit(files[static_cast<std::size_t>(i)], delete_item{});
  EXPECT_EQ(held(), 0u);
  emit(files[50], delete_item{});
  EXPECT_EQ(held(), 51u);
}

TEST_F(brake_test, a_small_part_of_a_folder_passes) {
  auto files = files_in(folder_in(root_item), 200);
  for (int i = 0; i < 60; ++i) emit(files[static_cast<std::size_t>(i)], delete_item{});
  EXPECT_EQ(held(), 0u) << "60 of 200 are not more than 30 %";
  emit(files[60], delete_item{});
  EXPECT_EQ(held(), 61u);
}

TEST_F(brake_test, overwrites_count_like_deletions_and_new_files_do_not) {
  auto files = files_in(root_item, 100);
  for (int i = 0; i < 30; ++i) emit(files[static_cast<std::size_t>(i)], delete_item{});
  for (int i = 30; i < 60; ++i) emit(files[static_cast<std::size_t>(i)], update_content{});
  for (int i = 0; i < 60; ++i) emit(fresh(), create_file{});
  EXPECT_EQ(held(), 60u);
}

TEST_F(brake_test, a_subtree_counts_all_it_removes) {
  auto many = files_in(root_item, 300);
  auto d = folder_in(root_item), inner = folder_in(d);
  files_in(inner, 49);
  emit(d, delete_subtree{});
  EXPECT_EQ(destructions(t, p).at(0).items, 51u);
  EXPECT_EQ(held(), 1u);
}

TEST_F(brake_test, only_what_is_below_the_folder_is_held_back) {
  auto crowded = files_in(folder_in(root_item), 60), elsewhere = files_in(folder_in(root_item), 1000);
  for (const auto& f : crowded) emit(f, delete_item{});
  emit(elsewhere[0], delete_item{});
  auto held = to_hold_back(t, destructions(t, p), {}, {});
  EXPECT_EQ(held.size(), 60u);
  EXPECT_FALSE(held.contains(elsewhere[0]));
}

TEST_F(brake_test, more_than_the_most_are_held_back_whatever_their_share) {
  auto files = files_in(root_item, 40);
  for (const auto& f : files) emit(f, delete_item{});
  EXPECT_EQ(to_hold_back(t, destructions(t, p), {}, {.items = 10, .percent = 100, .most = 39}).size(), 40u);
  EXPECT_EQ(to_hold_back(t, destructions(t, p), {}, {.items = 10, .percent = 100, .most = 40}).size(), 0u);
}

TEST_F(brake_test, what_went_in_small_parts_before_is_counted_and_each_item_once) {
  auto f = folder_in(root_item);
  auto files = files_in(f, 100);
  for (int i = 0; i < 40; ++i) emit(files[static_cast<std::size_t>(i)], update_content{});
  auto before = destructions(t, p);
  EXPECT_EQ(held(before), 0u) << "the same forty";
  p = {};
  for (int i = 40; i < 51; ++i) emit(files[static_cast<std::size_t>(i)], delete_item{});
  for (int i = 0; i < 40; ++i) t.remote_.erase(files[static_cast<std::size_t>(i)]);
  EXPECT_EQ(held(before), 11u) << "51 of the 100 that were there";
}

TEST_F(brake_test, what_comes_after_or_shares_the_group_waits_with_it) {
  auto files = files_in(root_item, 4);
  auto gone = emit(files[0], delete_item{});
  auto made = emit(fresh(), create_file{}, {gone});
  emit(fresh(), create_file{}, {made});
  emit(files[1], delete_item{}, {}, batch_id{op(9).bytes});
  auto partner = emit(files[2], move_rename{}, {}, batch_id{op(9).bytes});
  auto free = emit(files[3], move_rename{});
  auto waiting = hold_back(p, {files[0], files[1]});
  ASSERT_EQ(p.mutations.size(), 1u);
  EXPECT_EQ(p.mutations[0].op, free);
  EXPECT_NE(p.mutations[0].op, partner);
  EXPECT_EQ(waiting.size(), 3u);
}

TEST_F(brake_test, another_operation_of_a_held_item_still_flows) {
  auto files = files_in(root_item, 1);
  emit(files[0], move_rename{});
  emit(files[0], update_content{});
  hold_back(p, {files[0]});
  ASSERT_EQ(p.mutations.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<move_rename>(p.mutations[0].change));
}

}  // namespace
}  // namespace tinysync::engine
