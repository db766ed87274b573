// Every operation with each of its preconditions, and every reason of DESIGN §4.

#include "tests/unit/server/core_fixture.hpp"

namespace tinysync::server {
namespace {

struct creating : core_fixture {};
struct editing : core_fixture {};
struct moving : core_fixture {};
struct deleting : core_fixture {};

// -- creating ----------------------------------------------------------------------------------

TEST_F(creating, a_file_sets_all_three_ops_and_version_one) {
  file(1, 0, "notes.txt");
  EXPECT_EQ(at(1).content_op, last_op);
  EXPECT_EQ(at(1).place_op, last_op);
  EXPECT_EQ(at(1).mode_op, last_op);
  EXPECT_EQ(at(1).version, 1u);
  EXPECT_EQ(at(1).content_seq, seq_no{1});
}

TEST_F(creating, a_folder_has_a_place_only) {
  folder(1, 0, "docs");
  EXPECT_TRUE(at(1).content_op.none());
  EXPECT_TRUE(at(1).mode_op.none());
  EXPECT_EQ(at(1).place_op, last_op);
}

TEST_F(creating, a_symlink_hashes_its_target) {
  link(1, "here", "../there");
  EXPECT_EQ(at(1).what.hash, content_hash_of("../there"));
  EXPECT_TRUE(at(1).what.ref.none());
  EXPECT_TRUE(at(1).mode_op.none());
}

TEST_F(creating, the_same_item_in_the_same_state_is_agreed) {
  file(1, 0, "a");
  auto before = on.next;
  EXPECT_EQ(run(it(1), create_file{{root_item, "a"}, text("body"), {}}).kind, verdict::agreed);
  EXPECT_EQ(on.next, before);
}

TEST_F(creating, the_same_item_in_another_state_is_item_exists) {
  file(1, 0, "a");
  EXPECT_REFUSED(run(it(1), create_file{{root_item, "b"}, text("body"), {}}), conflict,
                 item_exists);
  EXPECT_REFUSED(run(it(1), create_folder{{root_item, "a"}}), conflict, item_exists);
}

TEST_F(creating, an_item_that_was_deleted_is_item_deleted) {
  file(1, 0, "a");
  run(it(1), removal_of(1));
  EXPECT_REFUSED(run(it(1), create_file{{root_item, "a"}, text("body"), {}}), conflict,
                 item_deleted);
}

TEST_F(creating, a_taken_name_is_name_taken_and_tells_who_has_it) {
  file(1, 0, "a");
  auto d = run(it(2), create_folder{{root_item, "a"}});
  EXPECT_REFUSED(d, conflict, name_taken);
  ASSERT_TRUE(d.theirs);
  EXPECT_EQ(d.theirs->id, it(1));
}

TEST_F(creating, names_differ_by_their_exact_bytes) {
  file(1, 0, "a");
  file(2, 0, "A");
  file(3, 0, "a\xcc\x88");
  file(4, 0, "\xc3\xa4");
  file(5, 0, "\xff\xfe");
}

TEST_F(creating, below_nothing_is_parent_missing) {
  EXPECT_REFUSED(run(it(2), create_folder{{it(1), "a"}}), conflict, parent_missing);
}

TEST_F(creating, below_a_file_is_parent_missing) {
  file(1, 0, "a");
  EXPECT_REFUSED(run(it(2), create_folder{{it(1), "b"}}), conflict, parent_missing);
}

TEST_F(creating, below_a_symlink_is_parent_missing) {
  link(1, "l", "/etc");
  EXPECT_REFUSED(run(it(2), create_folder{{it(1), "b"}}), conflict, parent_missing);
}

TEST_F(creating, below_a_tombstone_is_parent_deleted) {
  folder(1, 0, "a");
  run(it(1), removal_of(1));
  EXPECT_REFUSED(run(it(2), create_folder{{it(1), "b"}}), conflict, parent_deleted);
}

TEST_F(creating, bytes_never_received_are_blob_missing) {
  EXPECT_REFUSED(run(it(1), create_file{{root_item, "a"}, text("unseen"), {}}), rejected,
                 blob_missing);
}

TEST_F(creating, a_size_the_blob_does_not_have_is_blob_missing) {
  hold("body");
  auto c = text("body");
  c.size = 5;
  EXPECT_REFUSED(run(it(1), create_file{{root_item, "a"}, c, {}}), rejected, blob_missing);
}

TEST_F(creating, an_empty_file_needs_no_blob_but_the_hash_of_nothing) {
  file(1, 0, "empty", "");
  auto c = text("");
  c.hash = content_hash_of("something");
  EXPECT_REFUSED(run(it(2), create_file{{root_item, "b"}, c, {}}), rejected, blob_missing);
}

TEST_F(creating, a_manifest_is_taken_if_it_was_received) {
  auto c = bytes_of_size(10);
  c.ref = blob_hash_of("a manifest");
  EXPECT_REFUSED(run(it(1), create_file{{root_item, "a"}, c, {}}), rejected, blob_missing);
  vault.blobs[c.ref] = 100;
  EXPECT_EQ(run(it(1), create_file{{root_item, "a"}, c, {}}).kind, verdict::applied);
}

TEST_F(creating, names_that_no_disk_holds_are_name_invalid) {
  for (std::string name : {"", ".", "..", "a/b", "/etc", ".tinysync"})
    EXPECT_REFUSED(run(it(1), create_folder{{root_item, name}}), rejected, name_invalid);
  EXPECT_REFUSED(run(it(1), create_folder{{root_item, std::string("a\0b", 3)}}), rejected,
                 name_invalid);
  EXPECT_REFUSED(run(it(1), create_folder{{root_item, std::string(256, 'n')}}), rejected,
                 name_invalid);
}

TEST_F(creating, the_agents_folder_is_reserved_at_the_root_only) {
  folder(1, 0, "docs");
  folder(2, 1, ".tinysync");
}

TEST_F(creating, an_absurd_size_is_too_large) {
  auto c = text("body");
  c.size = largest_file + 1;
  EXPECT_REFUSED(run(it(1), create_file{{root_item, "a"}, c, {}}), rejected, too_large);
}

TEST_F(creating, past_the_quota_is_quota_and_freeing_is_not) {
  on.bytes_left = 3;
  hold("body");
  EXPECT_REFUSED(run(it(1), create_file{{root_item, "a"}, text("body"), {}}), rejected, quota);
  on.bytes_left = 4;
  file(1, 0, "a");
  on.bytes_left = 0;
  EXPECT_EQ(run(it(1), removal_of(1)).kind, verdict::applied);
}

TEST_F(creating, a_reader_is_not_authorised) {
  on.may_write = false;
  EXPECT_REFUSED(run(it(1), create_folder{{root_item, "a"}}), rejected, not_authorised);
}

TEST_F(creating, unknown_fields_of_the_former_item_are_kept) {
  auto m = change_of(it(1), create_folder{{root_item, "a"}});
  proposal p{&m, "\xa2\x06\x01x"};
  auto j = judge(vault, std::span(&p, 1), on);
  EXPECT_EQ(j.rows.at(0).state.extra, "\xa2\x06\x01x");
  p.like_extra = std::string(most_extra_bytes + 1, 'x');
  EXPECT_EQ(judge(vault, std::span(&p, 1), on).decisions.at(0).why, reason::too_large);
}

// -- content and mode --------------------------------------------------------------------------

TEST_F(editing, content_names_the_op_it_saw) {
  file(1, 0, "a");
  hold("new");
  auto seen = at(1).content_op;
  EXPECT_EQ(run(it(1), update_content{seen, text("new")}).kind, verdict::applied);
  EXPECT_EQ(at(1).content_op, last_op);
  EXPECT_EQ(at(1).version, 2u);
  hold("third");
  EXPECT_REFUSED(run(it(1), update_content{seen, text("third")}), conflict, content_changed);
}

TEST_F(editing, equal_bytes_are_agreed_whatever_was_seen) {
  file(1, 0, "a");
  EXPECT_EQ(run(it(1), update_content{id<op_id>(9), text("body")}).kind, verdict::agreed);
}

TEST_F(editing, an_edit_and_a_move_of_one_item_both_apply) {
  file(1, 0, "a");
  hold("new");
  auto edit = update_content{at(1).content_op, text("new")};
  auto move = move_of(1, 0, "b");
  EXPECT_EQ(run(it(1), move).kind, verdict::applied);
  EXPECT_EQ(run(it(1), edit).kind, verdict::applied);
  EXPECT_EQ(at(1).at.name, "b");
  EXPECT_EQ(at(1).what.hash, content_hash_of("new"));
}

TEST_F(editing, what_is_not_there_is_item_missing_and_what_was_is_item_deleted) {
  EXPECT_REFUSED(run(it(1), update_content{id<op_id>(9), text("x")}), conflict, item_missing);
  file(1, 0, "a");
  run(it(1), removal_of(1));
  EXPECT_REFUSED(run(it(1), update_content{at(1).content_op, text("x")}), conflict, item_deleted);
}

TEST_F(editing, a_link_is_retargeted_and_an_item_never_changes_kind) {
  link(1, "l", "a");
  content c{{}, {}, 1, 0, "b"};
  EXPECT_EQ(run(it(1), update_content{at(1).content_op, c}).kind, verdict::applied);
  EXPECT_EQ(at(1).what.link_target, "b");
  EXPECT_EQ(at(1).what.hash, content_hash_of("b"));
  hold("body");
  EXPECT_REFUSED(run(it(1), update_content{at(1).content_op, text("body")}), conflict,
                 content_changed);
}

TEST_F(editing, new_content_must_have_been_received) {
  file(1, 0, "a");
  EXPECT_REFUSED(run(it(1), update_content{at(1).content_op, text("unseen")}), rejected,
                 blob_missing);
}

TEST_F(editing, mode_sets_only_the_bits_of_its_mask) {
  file(1, 0, "a");
  EXPECT_EQ(run(it(1), set_mode{at(1).mode_op, {true, false}, {true, true}}).kind,
            verdict::applied);
  EXPECT_EQ(at(1).mode, (mode_bits{true, false}));
  EXPECT_EQ(at(1).mode_op, last_op);
}

TEST_F(editing, mode_seen_too_long_ago_is_mode_changed_unless_it_is_so_already) {
  file(1, 0, "a");
  auto seen = at(1).mode_op;
  run(it(1), set_mode{seen, {true, false}, {true, false}});
  EXPECT_REFUSED(run(it(1), set_mode{seen, {false, true}, {false, true}}), conflict, mode_changed);
  EXPECT_EQ(run(it(1), set_mode{seen, {true, false}, {true, false}}).kind, verdict::agreed);
}

TEST_F(editing, folders_and_links_have_no_mode) {
  folder(1, 0, "d");
  EXPECT_REFUSED(run(it(1), set_mode{{}, {true, false}, {true, false}}), conflict, mode_changed);
}

// -- places ------------------------------------------------------------------------------------

TEST_F(moving, a_folder_is_one_row_whatever_it_holds) {
  folder(1, 0, "a");
  for (int n = 10; n < 20; ++n) file(n, 1, std::to_string(n));
  auto j = unit({change_of(it(1), move_of(1, 0, "b"))});
  EXPECT_EQ(j.rows.size(), 1u);
  EXPECT_EQ(j.rows[0].kind, log_kind::move_rename);
}

TEST_F(moving, a_place_seen_too_long_ago_is_place_changed_unless_it_is_there_already) {
  file(1, 0, "a");
  auto stale = move_of(1, 0, "b");
  run(it(1), stale);
  EXPECT_EQ(run(it(1), stale).kind, verdict::agreed);
  stale.to.name = "c";
  EXPECT_REFUSED(run(it(1), stale), conflict, place_changed);
}

TEST_F(moving, onto_another_is_name_taken) {
  file(1, 0, "a");
  file(2, 0, "b");
  EXPECT_REFUSED(run(it(1), move_of(1, 0, "b")), conflict, name_taken);
}

TEST_F(moving, into_itself_or_below_itself_is_cycle) {
  folder(1, 0, "a");
  folder(2, 1, "b");
  folder(3, 2, "c");
  EXPECT_REFUSED(run(it(1), move_of(1, 1, "x")), conflict, cycle);
  EXPECT_REFUSED(run(it(1), move_of(1, 3, "x")), conflict, cycle);
}

TEST_F(moving, below_nothing_below_a_tombstone_and_to_a_bad_name) {
  file(1, 0, "a");
  folder(2, 0, "d");
  run(it(2), removal_of(2));
  EXPECT_REFUSED(run(it(1), move_of(1, 9, "x")), conflict, parent_missing);
  EXPECT_REFUSED(run(it(1), move_of(1, 2, "x")), conflict, parent_deleted);
  EXPECT_REFUSED(run(it(1), move_of(1, 0, "..")), rejected, name_invalid);
  EXPECT_REFUSED(run(it(1), move_of(1, 0, ".tinysync")), rejected, name_invalid);
}

TEST_F(moving, what_is_gone_is_item_deleted) {
  file(1, 0, "a");
  auto move = move_of(1, 0, "b");
  run(it(1), removal_of(1));
  EXPECT_REFUSED(run(it(1), move), conflict, item_deleted);
  EXPECT_REFUSED(run(it(5), move), conflict, item_missing);
}

// -- deleting ----------------------------------------------------------------------------------

TEST_F(deleting, a_file_names_all_three_ops) {
  file(1, 0, "a");
  auto seen = removal_of(1);
  auto with = [&](int which) {
    auto d = seen;
    (which == 0 ? d.content_op : which == 1 ? d.place_op : d.mode_op) = id<op_id>(5);
    return run(it(1), d);
  };
  EXPECT_REFUSED(with(0), conflict, content_changed);
  EXPECT_REFUSED(with(1), conflict, place_changed);
  EXPECT_REFUSED(with(2), conflict, mode_changed);
  EXPECT_EQ(run(it(1), seen).kind, verdict::applied);
  EXPECT_TRUE(at(1).deleted);
  EXPECT_EQ(at(1).deleted_op, last_op);
  EXPECT_EQ(at(1).version, 2u);
}

TEST_F(deleting, a_folder_and_a_link_name_what_they_have) {
  folder(1, 0, "d");
  EXPECT_EQ(run(it(1), delete_item{{}, at(1).place_op, {}}).kind, verdict::applied);
  link(2, "l", "x");
  EXPECT_EQ(run(it(2), delete_item{at(2).content_op, at(2).place_op, {}}).kind, verdict::applied);
}

TEST_F(deleting, what_is_deleted_already_is_agreed_and_what_never_was_is_missing) {
  file(1, 0, "a");
  run(it(1), removal_of(1));
  EXPECT_EQ(run(it(1), delete_item{}).kind, verdict::agreed);
  EXPECT_REFUSED(run(it(2), delete_item{}), conflict, item_missing);
}

TEST_F(deleting, a_folder_that_holds_something_is_not_empty) {
  folder(1, 0, "d");
  file(2, 1, "a");
  EXPECT_REFUSED(run(it(1), removal_of(1)), conflict, not_empty);
}

TEST_F(deleting, a_freed_name_can_be_taken) {
  file(1, 0, "a");
  run(it(1), removal_of(1));
  file(2, 0, "a");
}

TEST_F(deleting, because_of_a_folder_it_does_not_follow_what_was_moved_out) {
  folder(1, 0, "outer");
  folder(2, 1, "inner");
  file(3, 2, "a");
  auto implied = change_of(it(3), removal_of(3));
  implied.because_of = it(1);
  run(it(2), move_of(2, 0, "rescued"));
  EXPECT_REFUSED(run(implied), conflict, place_changed);
  implied.because_of = it(2);
  EXPECT_EQ(run(implied).kind, verdict::applied);
}

TEST_F(deleting, a_subtree_goes_in_one_row) {
  folder(1, 0, "d");
  folder(2, 1, "e");
  file(3, 2, "a");
  file(4, 1, "b");
  auto j = unit({change_of(it(1), delete_subtree{at(1).place_op, {4}})});
  ASSERT_EQ(j.rows.size(), 1u);
  EXPECT_EQ(j.rows[0].removed.size(), 3u);
  for (int n = 1; n <= 4; ++n) {
    EXPECT_TRUE(at(n).deleted);
    EXPECT_EQ(at(n).deleted_op, last_op);
  }
}

TEST_F(deleting, a_subtree_with_something_newer_is_changed_since) {
  folder(1, 0, "d");
  file(2, 1, "a");
  EXPECT_REFUSED(run(it(1), delete_subtree{at(1).place_op, {1}}), conflict, changed_since);
  EXPECT_FALSE(at(2).deleted);
}

TEST_F(deleting, a_subtree_that_moved_is_place_changed) {
  folder(1, 0, "d");
  auto seen = at(1).place_op;
  run(it(1), move_of(1, 0, "e"));
  EXPECT_REFUSED(run(it(1), delete_subtree{seen, {9}}), conflict, place_changed);
  EXPECT_REFUSED(run(it(7), delete_subtree{seen, {9}}), conflict, item_missing);
}

}  // namespace
}  // namespace tinysync::server
