// Groups: the joint final state, all or none. And Restore, the op that turns deletes around.

#include "tests/unit/server/core_fixture.hpp"

namespace tinysync::server {
namespace {

struct groups : core_fixture {};
struct restoring : core_fixture {};

TEST_F(groups, two_files_swap_their_names) {
  file(1, 0, "a");
  file(2, 0, "b");
  auto j = unit({change_of(it(1), move_of(1, 0, "b")), change_of(it(2), move_of(2, 0, "a"))});
  EXPECT_EQ(j.rows.size(), 2u);
  EXPECT_EQ(at(1).at.name, "b");
  EXPECT_EQ(at(2).at.name, "a");
  EXPECT_EQ(at(2).place_seq, seq_no{4});
}

TEST_F(groups, a_file_replaces_another_by_rename) {
  file(1, 0, "a");
  file(2, 0, "a.tmp");
  auto j = unit({change_of(it(2), move_of(2, 0, "a")), change_of(it(1), removal_of(1))});
  EXPECT_EQ(j.decisions[0].kind, verdict::applied);
  EXPECT_TRUE(at(1).deleted);
  EXPECT_EQ(at(2).at.name, "a");
}

TEST_F(groups, a_file_becomes_a_folder) {
  file(1, 0, "a");
  hold("inside");
  auto j = unit({change_of(it(1), removal_of(1)), change_of(it(2), create_folder{{root_item, "a"}}),
                 change_of(it(3), create_file{{it(2), "inside"}, text("inside"), {}})});
  EXPECT_EQ(j.rows.size(), 3u);
}

TEST_F(groups, order_inside_does_not_matter) {
  folder(1, 0, "d");
  file(2, 1, "a");
  auto j = unit({change_of(it(1), removal_of(1)), change_of(it(2), move_of(2, 0, "a"))});
  EXPECT_EQ(j.rows.size(), 2u);
  EXPECT_EQ(j.decisions[0].kind, verdict::applied);
}

TEST_F(groups, a_failing_member_fails_all_and_is_named) {
  file(1, 0, "a");
  file(2, 0, "b");
  auto good = change_of(it(1), move_of(1, 0, "c"));
  auto bad = change_of(it(2), move_rename{id<op_id>(4), {root_item, "d"}});
  auto j = unit({good, bad});
  EXPECT_TRUE(j.rows.empty());
  EXPECT_EQ(j.decisions[0].kind, verdict::skipped);
  EXPECT_EQ(j.decisions[0].skipped_for, bad.op);
  EXPECT_REFUSED(j.decisions[1], conflict, place_changed);
  EXPECT_EQ(at(1).at.name, "a");
}

TEST_F(groups, a_joint_state_with_a_shared_name_is_name_taken) {
  file(1, 0, "a");
  file(2, 0, "b");
  auto j = unit({change_of(it(1), move_of(1, 0, "c")), change_of(it(2), move_of(2, 0, "c"))});
  EXPECT_TRUE(j.rows.empty());
  EXPECT_REFUSED(j.decisions[0], conflict, name_taken);
}

TEST_F(groups, a_joint_cycle_is_refused) {
  folder(1, 0, "a");
  folder(2, 0, "b");
  auto j = unit({change_of(it(1), move_of(1, 2, "a")), change_of(it(2), move_of(2, 1, "b"))});
  EXPECT_TRUE(j.rows.empty());
  EXPECT_EQ(j.decisions[0].why, reason::cycle);
}

TEST_F(groups, a_parent_and_child_change_places) {
  folder(1, 0, "a");
  folder(2, 1, "b");
  auto j = unit({change_of(it(2), move_of(2, 0, "a")), change_of(it(1), move_of(1, 2, "b"))});
  EXPECT_EQ(j.rows.size(), 2u);
  EXPECT_EQ(at(1).at.parent, it(2));
}

TEST_F(groups, what_moves_into_a_folder_that_is_gone_by_then_fails_the_group) {
  folder(1, 0, "d");
  file(2, 0, "a");
  auto j = unit({change_of(it(2), move_of(2, 1, "a")),
                 change_of(it(1), delete_subtree{at(1).place_op, {99}})});
  // The subtree goes with what was moved into it before: nothing is left to be refused.
  EXPECT_EQ(j.rows.size(), 2u);
  file(3, 0, "b");
  folder(4, 0, "e");
  j = unit({change_of(it(4), delete_subtree{at(4).place_op, {99}}),
            change_of(it(3), move_of(3, 4, "b"))});
  EXPECT_TRUE(j.rows.empty());
  EXPECT_EQ(j.decisions[0].why, reason::not_empty);
}

TEST_F(groups, members_already_so_are_agreed_beside_those_applied) {
  file(1, 0, "a");
  file(2, 0, "b");
  auto j = unit({change_of(it(1), move_of(1, 0, "a")), change_of(it(2), move_of(2, 0, "c"))});
  EXPECT_EQ(j.decisions[0].kind, verdict::agreed);
  EXPECT_EQ(j.decisions[1].kind, verdict::applied);
  EXPECT_EQ(j.rows.size(), 1u);
}

// -- restoring ---------------------------------------------------------------------------------

TEST_F(restoring, a_deleted_file_comes_back_under_its_id_with_fresh_ops) {
  file(1, 0, "a");
  auto stale = removal_of(1);
  run(it(1), stale);
  auto d = run(it(1), restore_item{last_op, {root_item, "back"}, {}, {}});
  EXPECT_EQ(d.kind, verdict::applied);
  EXPECT_FALSE(at(1).deleted);
  EXPECT_EQ(at(1).at.name, "back");
  EXPECT_EQ(at(1).content_op, last_op);
  EXPECT_EQ(at(1).place_op, last_op);
  EXPECT_EQ(at(1).mode_op, last_op);
  EXPECT_REFUSED(run(it(1), stale), conflict, content_changed);
}

TEST_F(restoring, names_the_op_that_deleted_it) {
  file(1, 0, "a");
  run(it(1), removal_of(1));
  EXPECT_REFUSED(run(it(1), restore_item{id<op_id>(3), {root_item, "a"}, {}, {}}), conflict,
                 item_deleted);
}

TEST_F(restoring, a_folder_returns_with_what_the_same_op_removed_in_one_row) {
  folder(1, 0, "d");
  folder(2, 1, "e");
  file(3, 2, "a");
  file(4, 1, "gone before");
  run(it(4), removal_of(4));
  run(it(1), delete_subtree{at(1).place_op, {99}});
  auto op = last_op;
  auto j = unit({change_of(it(1), restore_item{op, {root_item, "d"}, {}, {}})});
  ASSERT_EQ(j.rows.size(), 1u);
  EXPECT_EQ(j.rows[0].also.size(), 2u);
  EXPECT_FALSE(at(3).deleted);
  EXPECT_EQ(at(3).content_op, last_op);
  EXPECT_TRUE(at(4).deleted);
}

TEST_F(restoring, one_item_out_of_a_deleted_subtree_goes_where_it_is_told) {
  folder(1, 0, "d");
  file(2, 1, "a");
  file(3, 1, "b");
  run(it(1), delete_subtree{at(1).place_op, {99}});
  auto op = last_op;
  EXPECT_REFUSED(run(it(2), restore_item{op, {it(1), "a"}, {}, {}}), conflict, parent_deleted);
  EXPECT_EQ(run(it(2), restore_item{op, {root_item, "a"}, {}, {}}).kind, verdict::applied);
  EXPECT_TRUE(at(3).deleted);
  // What came back by itself does not come back again with its folder.
  auto j = unit({change_of(it(1), restore_item{op, {root_item, "d"}, {}, {}})});
  ASSERT_EQ(j.rows.size(), 1u);
  EXPECT_EQ(j.rows[0].also.size(), 1u);
  EXPECT_EQ(at(2).at.parent, root_item);
}

TEST_F(restoring, onto_a_taken_or_bad_name_is_refused) {
  file(1, 0, "a");
  run(it(1), removal_of(1));
  auto op = last_op;
  file(2, 0, "a");
  EXPECT_REFUSED(run(it(1), restore_item{op, {root_item, "a"}, {}, {}}), conflict, name_taken);
  EXPECT_REFUSED(run(it(1), restore_item{op, {root_item, ""}, {}, {}}), rejected, name_invalid);
}

TEST_F(restoring, what_came_back_already_is_agreed_or_exists) {
  file(1, 0, "a");
  run(it(1), removal_of(1));
  auto op = last_op;
  run(it(1), restore_item{op, {root_item, "a"}, {}, {}});
  EXPECT_EQ(run(it(1), restore_item{op, {root_item, "a"}, {}, {}}).kind, verdict::agreed);
  EXPECT_REFUSED(run(it(1), restore_item{op, {root_item, "b"}, {}, {}}), conflict, item_exists);
  EXPECT_REFUSED(run(it(9), restore_item{op, {root_item, "b"}, {}, {}}), conflict, item_missing);
}

TEST_F(restoring, a_live_file_gets_back_what_a_row_displaced) {
  file(1, 0, "a", "first");
  hold("second");
  run(it(1), update_content{at(1).content_op, text("second")});  // row 2 displaced "first"
  auto d = run(it(1), restore_item{{}, {root_item, "a"}, at(1).content_op, {2}});
  EXPECT_EQ(d.kind, verdict::applied);
  EXPECT_EQ(at(1).what.hash, content_hash_of("first"));
  EXPECT_EQ(at(1).content_op, last_op);
}

TEST_F(restoring, a_live_file_names_the_content_it_saw_and_a_row_that_displaced_something) {
  file(1, 0, "a", "first");
  hold("second");
  run(it(1), update_content{at(1).content_op, text("second")});
  EXPECT_REFUSED(run(it(1), restore_item{{}, {root_item, "a"}, id<op_id>(4), {2}}), conflict,
                 content_changed);
  EXPECT_REFUSED(run(it(1), restore_item{{}, {root_item, "a"}, at(1).content_op, {7}}), conflict,
                 item_missing);
}

TEST_F(restoring, what_it_contains_already_is_agreed) {
  file(1, 0, "a", "first");
  run(it(1), move_of(1, 0, "b"));  // row 2 displaced a state of the same content
  EXPECT_EQ(run(it(1), restore_item{{}, {root_item, "b"}, at(1).content_op, {2}}).kind,
            verdict::agreed);
}

}  // namespace
}  // namespace tinysync::server
