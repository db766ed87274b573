// The group commit: idempotency, order, what is one transaction.

#include "tests/unit/server/store_fixture.hpp"

namespace tinysync::server {
namespace {

struct committing : store_fixture {};

TEST_F(committing, an_operation_sent_again_is_a_duplicate_with_the_first_answer) {
  auto m = make(it(1), create_folder{{root_item, "a"}});
  auto first = send(m);
  folder(2, 0, "b");
  auto again = send(m);
  EXPECT_EQ(again.kind, verdict::duplicate);
  EXPECT_TRUE(again.at.same_place(first.at));
  EXPECT_EQ(again.canonical, first.canonical);
  EXPECT_EQ(head().seq, seq_no{2});
}

TEST_F(committing, what_may_differ_between_two_sendings_does_not_matter) {
  auto m = make(it(1), create_folder{{root_item, "a"}});
  send(m);
  m.correlation = "another try";
  m.after = {id<op_id>(77)};
  m.inline_content = "bytes";
  EXPECT_EQ(send(m).kind, verdict::duplicate);
}

TEST_F(committing, the_same_key_with_another_body_refuses_the_request) {
  auto m = make(it(1), create_folder{{root_item, "a"}});
  send(m);
  m.change = create_folder{{root_item, "b"}};
  auto other = make(it(2), create_folder{{root_item, "c"}});
  auto a = send(request({other, m}));
  ASSERT_FALSE(a);
  EXPECT_EQ(a.error().code, errc::op_id_reused);
  EXPECT_EQ(head().seq, seq_no{1});
}

TEST_F(committing, op_ids_belong_to_their_device) {
  auto phone = device("phone", role::writer);
  auto m = make(it(1), create_folder{{root_item, "a"}});
  send(m);
  m.item = it(2);
  m.change = create_folder{{root_item, "b"}};
  EXPECT_EQ(send(request({m}, phone))->outcomes[0].kind, verdict::applied);
}

TEST_F(committing, a_refusal_for_the_requests_own_sake_is_remembered) {
  auto m = make(it(1), create_folder{{root_item, ".."}});
  EXPECT_EQ(send(m).why, reason::name_invalid);
  auto other = m;
  other.change = create_folder{{root_item, "fine"}};
  auto a = send(request({other}));
  ASSERT_FALSE(a);
  EXPECT_EQ(a.error().code, errc::op_id_reused);
  EXPECT_EQ(send(m).why, reason::name_invalid);
}

TEST_F(committing, other_refusals_leave_no_trace) {
  auto m = make(it(1), create_file{{root_item, "a"}, text("body"), {}});
  EXPECT_EQ(send(m).why, reason::blob_missing);
  ASSERT_TRUE(store->record_blobs(vault, {blob("body")}, now));
  EXPECT_EQ(send(m).kind, verdict::applied);
}

TEST_F(committing, a_retired_operation_is_refused_for_ever) {
  auto m = make(it(1), create_folder{{root_item, "a"}});
  auto r = request({});
  r.body.retired = {m.op};
  auto a = send(r);
  ASSERT_EQ(a->retired.size(), 1u);
  EXPECT_FALSE(a->retired[0].applied);
  EXPECT_EQ(send(m).why, reason::retired);
  EXPECT_EQ(send(m).kind, verdict::rejected);
}

TEST_F(committing, retiring_what_was_applied_tells_so) {
  auto m = make(it(1), create_folder{{root_item, "a"}});
  auto first = send(m);
  auto r = request({});
  r.body.retired = {m.op};
  auto a = send(r);
  ASSERT_TRUE(a->retired.at(0).applied);
  EXPECT_TRUE(a->retired[0].applied->at.same_place(first.at));
  EXPECT_EQ(send(m).kind, verdict::duplicate);
}

TEST_F(committing, what_comes_after_a_failure_is_skipped) {
  auto parent = make(it(1), create_folder{{root_item, "a/b"}});
  auto child = make(it(2), create_folder{{it(1), "c"}});
  child.after = {parent.op};
  auto grandchild = make(it(3), create_folder{{it(2), "d"}});
  grandchild.after = {child.op};
  auto o = send({parent, child, grandchild});
  EXPECT_EQ(o[0].why, reason::name_invalid);
  EXPECT_EQ(o[1].kind, verdict::skipped);
  EXPECT_EQ(o[1].skipped_for, parent.op);
  EXPECT_EQ(o[2].skipped_for, child.op);
}

TEST_F(committing, after_is_satisfied_by_duplicates_and_by_what_stands_later_in_the_request) {
  auto parent = make(it(1), create_folder{{root_item, "a"}});
  send(parent);
  auto child = make(it(2), create_folder{{it(1), "b"}});
  auto grandchild = make(it(3), create_folder{{it(2), "c"}});
  child.after = {parent.op};
  grandchild.after = {child.op};
  auto o = send({grandchild, parent, child});
  EXPECT_EQ(o[0].kind, verdict::applied);
  EXPECT_EQ(o[1].kind, verdict::duplicate);
  EXPECT_EQ(o[2].kind, verdict::applied);
}

TEST_F(committing, after_an_operation_of_an_earlier_request_holds_if_that_was_applied) {
  auto parent = make(it(1), create_folder{{root_item, "a"}});
  send(parent);
  auto child = make(it(2), create_folder{{it(1), "b"}});
  child.after = {parent.op};
  EXPECT_EQ(send(child).kind, verdict::applied);
  auto lost = make(it(3), create_folder{{root_item, "c"}});
  lost.after = {id<op_id>(4000)};
  EXPECT_EQ(send(lost).kind, verdict::skipped);
}

TEST_F(committing, operations_that_wait_for_each_other_are_skipped) {
  auto a = make(it(1), create_folder{{root_item, "a"}});
  auto b = make(it(2), create_folder{{root_item, "b"}});
  a.after = {b.op};
  b.after = {a.op};
  auto o = send({a, b});
  EXPECT_EQ(o[0].kind, verdict::skipped);
  EXPECT_EQ(o[1].kind, verdict::skipped);
}

TEST_F(committing, a_group_is_applied_all_or_none_and_logged_in_one_piece) {
  auto a = state(file(1, 0, "a")), b = state(file(2, 0, "b"));
  auto group = id<batch_id>(9);
  auto ma = make(it(1), move_rename{a.place_op, {root_item, "b"}});
  auto between = make(it(3), create_folder{{root_item, "c"}});
  auto mb = make(it(2), move_rename{b.place_op, {root_item, "a"}});
  ma.group = mb.group = group;
  auto o = send({ma, between, mb});
  EXPECT_EQ(o[0].at.seq, seq_no{3});
  EXPECT_EQ(o[2].at.seq, seq_no{4});
  EXPECT_EQ(o[1].at.seq, seq_no{5});
  EXPECT_EQ(state(o[0]).at.name, "b");
  for (const auto& again : send({ma, between, mb})) EXPECT_EQ(again.kind, verdict::duplicate);
}

TEST_F(committing, a_failing_group_changes_nothing) {
  auto a = state(file(1, 0, "a"));
  auto ma = make(it(1), move_rename{a.place_op, {root_item, "b"}});
  auto bad = make(it(9), set_mode{});
  ma.group = bad.group = id<batch_id>(9);
  auto o = send({ma, bad});
  EXPECT_EQ(o[0].kind, verdict::skipped);
  EXPECT_EQ(o[1].why, reason::item_missing);
  EXPECT_EQ(head().seq, seq_no{1});
}

TEST_F(committing, a_refusal_carries_the_servers_item_in_its_canonical_bytes) {
  auto first = file(1, 0, "a");
  auto o = send(make(it(1), update_content{id<op_id>(9), text("")}));
  EXPECT_EQ(o.why, reason::content_changed);
  EXPECT_EQ(o.canonical, first.canonical);
}

TEST_F(committing, many_requests_are_one_transaction_each_with_its_own_answer) {
  auto done = store->commit(vault,
                            {request({make(it(1), create_folder{{root_item, "a"}})}),
                             request({make(it(2), create_folder{{root_item, "a"}})}),
                             request({make(it(3), create_folder{{root_item, "b"}})})},
                            now);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->answers[0]->outcomes[0].kind, verdict::applied);
  EXPECT_EQ(done->answers[1]->outcomes[0].why, reason::name_taken);
  EXPECT_EQ(done->answers[2]->outcomes[0].at.seq, seq_no{2});
  EXPECT_EQ(done->audience, std::vector{laptop});
  EXPECT_TRUE(done->moved);
}

TEST_F(committing, a_fault_of_one_unit_is_answered_internal_and_harms_nobody_else) {
  auto bad = make(it(2), create_folder{{root_item, "b"}});
  culprit = [op = bad.op](const mutation& m) {
    if (m.op == op) throw std::runtime_error("a bug");
  };
  auto o = send({make(it(1), create_folder{{root_item, "a"}}), bad,
                 make(it(3), create_folder{{root_item, "c"}})});
  EXPECT_EQ(o[0].kind, verdict::applied);
  EXPECT_EQ(o[1].kind, verdict::rejected);
  EXPECT_EQ(o[1].why, reason::internal);
  EXPECT_EQ(o[2].at.seq, seq_no{2});
  culprit = nullptr;
  EXPECT_EQ(send(bad).kind, verdict::applied);
}

TEST_F(committing, a_database_that_fails_is_unavailable_and_nothing_is_refused) {
  culprit = [](const mutation&) { throw sqlite::failure(error{errc::disk_full, "no room"}); };
  auto m = make(it(1), create_folder{{root_item, "a"}});
  auto a = send(request({m}));
  ASSERT_FALSE(a);
  EXPECT_EQ(a.error().code, errc::unavailable);
  culprit = nullptr;
  EXPECT_EQ(send(m).kind, verdict::applied);
}

TEST_F(committing, the_role_is_read_in_the_transaction) {
  auto reader = device("reader", role::reader);
  auto m = make(it(1), create_folder{{root_item, "a"}});
  EXPECT_EQ(send(request({m}, reader))->outcomes[0].why, reason::not_authorised);
  auto writer = device("writer", role::writer);
  ASSERT_TRUE(store->revoke(laptop, writer, now));
  auto a = send(request({m}, writer));
  ASSERT_FALSE(a);
  EXPECT_EQ(a.error().code, errc::not_found);
}

TEST_F(committing, contents_that_came_with_a_request_are_its_vaults) {
  auto r = request({make(it(1), create_file{{root_item, "a"}, text("body"), {}})});
  r.received = {blob("body")};
  EXPECT_EQ(send(r)->outcomes[0].kind, verdict::applied);
  auto reader = device("reader", role::reader);
  r = request({make(it(2), create_folder{{root_item, "b"}})}, reader);
  r.received = {blob("a reader's claim")};
  ASSERT_TRUE(send(r));
  EXPECT_EQ(store->missing(vault, {blob_hash_of("a reader's claim")})->size(), 1u);
}

TEST_F(committing, a_quota_is_never_exceeded) {
  auto o = options();
  o.vault_quota = 10;
  open(std::move(o));
  file(1, 0, "a", "12345");
  ASSERT_TRUE(store->record_blobs(vault, {blob("123456")}, now));
  auto refused = send(make(it(2), create_file{{root_item, "b"}, text("123456"), {}}));
  EXPECT_EQ(refused.why, reason::quota);
  file(3, 0, "c", "54321");
  EXPECT_EQ(store->vaults(laptop)->at(0).live_bytes, 10u);
}

TEST_F(committing, counts_follow_the_tree) {
  folder(1, 0, "d");
  file(2, 1, "a", "12345");
  auto v = store->vaults(laptop)->at(0);
  EXPECT_EQ(v.live_items, 2u);
  EXPECT_EQ(v.live_bytes, 5u);
  auto d = codec::decode_item(
      log().entries.empty() ? "" : codec::decode_log_row(log().entries[0].row)->state);
  send(make(it(1), delete_subtree{d->place_op, head().seq}));
  v = store->vaults(laptop)->at(0);
  EXPECT_EQ(v.live_items, 0u);
  EXPECT_EQ(v.live_bytes, 0u);
}

}  // namespace
}  // namespace tinysync::server
