// The conflict matrix of DESIGN §5, cell by cell: what reached the server first, what I have.

#include <gtest/gtest.h>

#include <random>

#include "tests/support/memory_trees.hpp"

namespace tinysync::engine {
namespace {

struct planner_test : ::testing::Test {
  memory_trees t;
  std::mt19937_64 random{1};

  /// Known and equal everywhere.
  void agreed(const item& it) {
    t.remote_[it.id] = t.base_[it.id] = it;
    t.local_[it.id] = on_disk(it);
  }
  void edit_here(const item_id& id, std::string_view text) {
    t.local_[id].hash = content_hash_of(text);
    t.local_[id].seen.size = text.size();
  }
  void edit_there(const item_id& id, std::string_view text) {
    auto& r = t.remote_[id];
    r.what.hash = content_hash_of(text);
    r.what.ref = {r.what.hash.bytes};
    r.what.size = text.size();
    r.content_op = op(9);
    ++r.version;
  }
  void move_there(const item_id& id, place to) {
    t.remote_[id].at = std::move(to);
    t.remote_[id].place_op = op(9);
    ++t.remote_[id].version;
  }
  plan make() {
    std::vector<item_id> all;
    std::set<item_id> seen;
    for (const auto* m : {&t.remote_, &t.base_})
      for (const auto& [id, it] : *m) seen.insert(id);
    for (const auto& [id, l] : t.local_) seen.insert(id);
    all.assign(seen.begin(), seen.end());
    std::shuffle(all.begin(), all.end(), random);
    plan_options o;
    o.device_label = "laptop";
    o.random = [this](std::uint8_t* out, std::size_t n) {
      while (n-- > 0) *out++ = static_cast<std::uint8_t>(random());
    };
    return make_plan(t, all, o);
  }
  static std::string text(const plan& p) {
    std::string out;
    for (const auto& d : p.disk) {
      out += std::string(name_of(d.what)) + "(" + d.from_path;
      if (!d.to_path.empty() && d.what != verb::replace) out += (d.from_path.empty() ? "" : "→") + d.to_path;
      out += "; " + std::string(name_of(d.why)) + ") ";
    }
    for (const auto& m : p.mutations) out += std::string(name_of(m.change)) + " ";
    for (const auto& o : p.trees)
      out += o.kind == tree_op::what::set_base ? "agree " : o.kind == tree_op::what::rekey ? "rekey " : "forget ";
    return out;
  }
};

const item_id a = nth(1), b = nth(2), c = nth(3), d = nth(4);
const place pa{root_item, "a"}, pb{root_item, "b"}, px{root_item, "x"};

TEST_F(planner_test, equal_trees_need_nothing) {
  agreed(file(a, pa, "1"));
  agreed(folder(b, pb));
  EXPECT_TRUE(make().empty());
}

// -- server first: edit ------------------------------------------------------------------------

TEST_F(planner_test, edit_against_an_equal_edit_is_agreed_silently) {
  agreed(file(a, pa, "1"));
  edit_there(a, "2");
  edit_here(a, "2");
  EXPECT_EQ(text(make()), "agree ");
}

TEST_F(planner_test, edit_against_another_edit_keeps_theirs_and_a_conflict_copy_of_mine) {
  agreed(file(a, pa, "1"));
  edit_there(a, "theirs");
  edit_here(a, "mine");
  auto p = make();
  EXPECT_EQ(text(p), "replace(a; conflicting_edit) ");
  EXPECT_TRUE(p.disk[0].keep_name.starts_with("a (conflict laptop ")) << p.disk[0].keep_name;
}

TEST_F(planner_test, edit_against_my_move_applies_both) {
  agreed(file(a, pa, "1"));
  edit_there(a, "2");
  t.local_[a].at = px;
  EXPECT_EQ(text(make()), "replace(x; edited_there) ");
  t.local_[a].hash = content_hash_of("2");
  t.base_[a].what = t.remote_[a].what;
  t.base_[a].content_op = op(9);
  EXPECT_EQ(text(make()), "move_rename ");
}

TEST_F(planner_test, edit_against_my_delete_comes_back) {
  agreed(file(a, pa, "1"));
  edit_there(a, "2");
  t.local_.erase(a);
  EXPECT_EQ(text(make()), "create_file(a; new_there) forget ");
}

TEST_F(planner_test, a_new_file_there_with_my_name_and_content_is_adopted) {
  t.remote_[a] = file(a, pa, "same");
  t.local_[b] = on_disk(file(b, pa, "same"));
  EXPECT_EQ(text(make()), "rekey agree ");
}

TEST_F(planner_test, a_new_file_there_with_my_name_and_other_content_suffixes_mine) {
  t.remote_[a] = file(a, pa, "theirs");
  t.local_[b] = on_disk(file(b, pa, "mine"));
  auto p = make();
  ASSERT_EQ(p.disk.size(), 2u) << text(p);
  EXPECT_EQ(p.disk[0].what, verb::aside);
  EXPECT_EQ(p.disk[0].id, b);
  EXPECT_EQ(p.disk[1].what, verb::create_file);
  EXPECT_EQ(p.disk[1].id, a);
}

// -- server first: move ------------------------------------------------------------------------

TEST_F(planner_test, move_against_my_edit_applies_both) {
  agreed(file(a, pa, "1"));
  move_there(a, pb);
  edit_here(a, "mine");
  EXPECT_EQ(text(make()), "move(a→b; moved_there) ");
  t.local_[a].at = pb;
  t.base_[a].at = pb;
  t.base_[a].place_op = op(9);
  EXPECT_EQ(text(make()), "update_content ");
}

TEST_F(planner_test, move_against_my_move_keeps_theirs_with_a_notice) {
  agreed(file(a, pa, "1"));
  move_there(a, pb);
  t.local_[a].at = px;
  auto p = make();
  EXPECT_EQ(text(p), "move(x→b; moved_there) ");
  ASSERT_EQ(p.notices.size(), 1u);
  EXPECT_EQ(p.notices[0].why, cause::conflicting_move);
}

TEST_F(planner_test, move_against_my_delete_of_the_item_itself_deletes_at_the_new_place) {
  agreed(file(a, pa, "1"));
  move_there(a, pb);
  t.local_.erase(a);
  EXPECT_EQ(text(make()), "delete ");
}

TEST_F(planner_test, move_out_against_my_delete_of_the_folder_above_survives) {
  agreed(folder(d, px));
  agreed(file(a, {d, "a"}, "1"));
  move_there(a, pa);
  t.local_.erase(a);
  t.local_.erase(d);
  auto p = make();
  EXPECT_EQ(text(p), "create_file(a; new_there) delete forget ");
}

// -- server first: delete ----------------------------------------------------------------------

TEST_F(planner_test, delete_against_my_edit_recreates_it_as_a_new_item) {
  agreed(file(a, pa, "1"));
  t.remote_.erase(a);
  edit_here(a, "mine");
  auto p = make();
  EXPECT_EQ(text(p), "create_file rekey forget ");
  EXPECT_NE(p.mutations[0].item, a);
}

TEST_F(planner_test, delete_against_my_move_wins) {
  agreed(file(a, pa, "1"));
  t.remote_.erase(a);
  t.local_[a].at = px;
  EXPECT_EQ(text(make()), "remove(x; deleted_there) ");
}

TEST_F(planner_test, delete_against_my_delete_is_agreed) {
  agreed(file(a, pa, "1"));
  t.remote_.erase(a);
  t.local_.erase(a);
  EXPECT_EQ(text(make()), "forget ");
}

TEST_F(planner_test, delete_of_an_unchanged_file_removes_it) {
  agreed(file(a, pa, "1"));
  t.remote_.erase(a);
  EXPECT_EQ(text(make()), "remove(a; deleted_there) ");
}

// -- server first: delete of a folder above ----------------------------------------------------

TEST_F(planner_test, folder_deleted_there_with_my_edit_inside_is_rescued_with_only_that) {
  agreed(folder(d, px));
  agreed(file(a, {d, "a"}, "1"));
  agreed(file(b, {d, "b"}, "2"));
  t.remote_.clear();
  edit_here(a, "mine");
  auto p = make();
  std::multiset<std::string> kinds;
  for (const auto& m : p.mutations) kinds.insert(std::string(name_of(m.change)));
  EXPECT_EQ(kinds, (std::multiset<std::string>{"create_file", "create_folder"})) << text(p);
  ASSERT_EQ(p.disk.size(), 1u) << text(p);
  EXPECT_EQ(p.disk[0].what, verb::remove);
  EXPECT_EQ(p.disk[0].id, b);
}

TEST_F(planner_test, folder_deleted_there_leaves_what_i_moved_out) {
  agreed(folder(d, px));
  agreed(file(a, {d, "a"}, "1"));
  t.remote_.clear();
  t.local_[a].at = pa;
  auto p = make();
  ASSERT_EQ(p.mutations.size(), 1u) << text(p);
  EXPECT_EQ(name_of(p.mutations[0].change), "create_file");
  ASSERT_EQ(p.disk.size(), 1u) << text(p);
  EXPECT_EQ(p.disk[0].id, d);
}

TEST_F(planner_test, folder_deleted_there_is_emptied_and_removed) {
  agreed(folder(d, px));
  agreed(file(a, {d, "a"}, "1"));
  agreed(folder(b, {d, "sub"}));
  agreed(file(c, {b, "c"}, "3"));
  t.remote_.clear();
  auto p = make();
  ASSERT_EQ(p.disk.size(), 4u) << text(p);
  EXPECT_EQ(p.disk.back().id, d);
  for (const auto& o : p.disk) EXPECT_EQ(o.what, verb::remove);
}

TEST_F(planner_test, my_new_file_in_a_folder_deleted_there_rescues_the_folder) {
  agreed(folder(d, px));
  t.remote_.clear();
  t.local_[a] = on_disk(file(a, {d, "new"}, "mine"));
  auto p = make();
  ASSERT_EQ(p.mutations.size(), 2u) << text(p);
  EXPECT_EQ(name_of(p.mutations[0].change), "create_folder");
  EXPECT_EQ(name_of(p.mutations[1].change), "create_file");
  EXPECT_EQ(p.mutations[1].after, std::vector<op_id>{p.mutations[0].op});
}

// -- deletes of mine ---------------------------------------------------------------------------

TEST_F(planner_test, my_delete_of_a_whole_folder_is_one_operation) {
  agreed(folder(d, px));
  agreed(file(a, {d, "a"}, "1"));
  agreed(file(b, {d, "b"}, "2"));
  t.local_.clear();
  EXPECT_EQ(text(make()), "delete_subtree ");
}

TEST_F(planner_test, my_delete_of_a_folder_with_their_new_file_brings_the_folder_back_with_it) {
  agreed(folder(d, px));
  agreed(file(a, {d, "a"}, "1"));
  t.remote_[b] = file(b, {d, "b"}, "theirs");
  t.local_.clear();
  auto p = make();
  ASSERT_EQ(p.disk.size(), 2u) << text(p);
  EXPECT_EQ(p.disk[0].what, verb::make_folder);
  EXPECT_EQ(p.disk[1].id, b);
  ASSERT_EQ(p.mutations.size(), 1u) << text(p);
  EXPECT_EQ(p.mutations[0].item, a);
}

TEST_F(planner_test, what_i_moved_out_of_a_folder_i_deleted_moves_first) {
  agreed(folder(d, px));
  agreed(file(a, {d, "a"}, "1"));
  agreed(file(b, {d, "b"}, "2"));
  t.local_.erase(d);
  t.local_.erase(b);
  t.local_[a].at = pa;
  auto p = make();
  ASSERT_EQ(p.mutations.size(), 3u) << text(p);
  EXPECT_EQ(p.mutations.back().item, d);
  EXPECT_EQ(p.mutations.back().after.size(), 2u);
}

TEST_F(planner_test, a_folder_i_deleted_returns_for_what_they_moved_into_it_and_i_elsewhere) {
  agreed(folder(d, px));
  agreed(folder(a, pa));
  t.local_.erase(d);
  t.local_[a].at = pb;
  move_there(a, {d, "a"});
  auto p = make();
  ASSERT_EQ(p.disk.size(), 2u) << text(p);
  EXPECT_EQ(p.disk[0].what, verb::make_folder);
  EXPECT_EQ(p.disk[1].to_path, "x/a");
}

// -- modes -------------------------------------------------------------------------------------

TEST_F(planner_test, different_mode_bits_changed_on_both_sides_both_apply) {
  agreed(file(a, pa, "1"));
  t.remote_[a].mode.private_ = true;
  t.remote_[a].mode_op = op(9);
  t.local_[a].seen.mode = 0755;
  auto p = make();
  ASSERT_EQ(p.disk.size(), 1u) << text(p);
  EXPECT_TRUE(p.disk[0].mode.executable);
  EXPECT_TRUE(p.disk[0].mode.private_);
}

TEST_F(planner_test, my_mode_change_is_sent_as_mask_and_value) {
  agreed(file(a, pa, "1"));
  t.local_[a].seen.mode = 0755;
  auto p = make();
  ASSERT_EQ(p.mutations.size(), 1u) << text(p);
  auto& m = std::get<set_mode>(p.mutations[0].change);
  EXPECT_TRUE(m.mask.executable);
  EXPECT_FALSE(m.mask.private_);
  EXPECT_TRUE(m.value.executable);
}

TEST_F(planner_test, their_mode_change_against_my_delete_comes_back) {
  agreed(file(a, pa, "1"));
  t.remote_[a].mode.executable = true;
  t.remote_[a].mode_op = op(9);
  t.local_.erase(a);
  EXPECT_EQ(text(make()), "create_file(a; new_there) forget ");
}

// -- names -------------------------------------------------------------------------------------

TEST_F(planner_test, folders_of_one_name_are_merged) {
  t.remote_[d] = folder(d, px);
  t.remote_[a] = file(a, {d, "a"}, "theirs");
  t.local_[c] = on_disk(folder(c, px));
  t.local_[b] = on_disk(file(b, {c, "b"}, "mine"));
  auto p = make();
  ASSERT_EQ(p.disk.size(), 1u) << text(p);
  EXPECT_EQ(p.disk[0].to_path, "x/a");
  ASSERT_EQ(p.mutations.size(), 1u) << text(p);
  EXPECT_EQ(std::get<create_file>(p.mutations[0].change).at.parent, d);
}

TEST_F(planner_test, my_file_against_their_folder_of_one_name_is_suffixed) {
  t.remote_[d] = folder(d, px);
  t.local_[a] = on_disk(file(a, px, "mine"));
  auto p = make();
  ASSERT_EQ(p.disk.size(), 2u) << text(p);
  EXPECT_EQ(p.disk[0].what, verb::aside);
  EXPECT_EQ(p.disk[1].what, verb::make_folder);
}

TEST_F(planner_test, my_moved_folder_against_their_new_one_is_suffixed_and_keeps_its_identity) {
  agreed(folder(d, pa));
  t.local_[d].at = px;
  t.remote_[c] = folder(c, px);
  auto p = make();
  ASSERT_FALSE(p.disk.empty()) << text(p);
  EXPECT_EQ(p.disk[0].what, verb::aside);
  EXPECT_EQ(p.disk[0].id, d);
}

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
