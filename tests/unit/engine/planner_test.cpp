// The conflict matrix of DESIGN §5, cell by cell: what reached the server first, what I have.

#include "tests/unit/engine/planner_fixture.hpp"

namespace tinysync::engine {
namespace {

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

}  // namespace
}  // namespace tinysync::engine
