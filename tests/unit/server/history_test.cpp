// Positions, the log, chain and digest, snapshots.

#include "tests/unit/server/store_fixture.hpp"

namespace tinysync::server {
namespace {

struct positions : store_fixture {};
struct logs : store_fixture {};
struct snapshots : store_fixture {};

/// What a restore of an older backup does to a vault.
void rewind(store_fixture& f, std::uint64_t seq) {
  auto& db = f.store->raw_database();
  auto epoch_chain = db.query("log_at", 1, seq);
  ASSERT_TRUE(epoch_chain.next());
  auto chain = epoch_chain.text(1);
  db.exec("DELETE FROM change_log WHERE seq > " + std::to_string(seq));
  db.prepare("UPDATE vaults SET head_seq = ?, head_chain = ?").bind(seq, sqlite::blob(chain)).run();
}

TEST_F(positions, first_contact_needs_none) {
  folder(1, 0, "a");
  EXPECT_EQ(log(position{}).entries.size(), 1u);
}

TEST_F(positions, sealed_ones_are_taken_back) {
  folder(1, 0, "a");
  auto at = log().at;
  EXPECT_EQ(at.seal.size(), 16u);
  folder(2, 0, "b");
  EXPECT_EQ(log(at).entries.size(), 1u);
}

TEST_F(positions, unsealed_altered_and_foreign_ones_are_invalid_and_change_nothing) {
  folder(1, 0, "a");
  auto at = head();
  auto unsealed = at, altered = at, bare = position{};
  unsealed.seal.clear();
  altered.seq.value += 5;
  bare.seq = {1};
  auto elsewhere = store->create_vault(laptop, "other", now)->head;
  for (const auto& p : {unsealed, altered, bare, elsewhere}) {
    EXPECT_EQ(log_error(p), errc::invalid_argument);
    auto r = request({make(it(7), create_folder{{root_item, "x"}})});
    r.body.cursor = p;
    EXPECT_EQ(send(r).error().code, errc::invalid_argument);
  }
  EXPECT_TRUE(head().same_place(at));
}

TEST_F(positions, one_the_log_lacks_means_a_restored_server_and_opens_an_epoch) {
  folder(1, 0, "a");
  folder(2, 0, "b");
  auto lost = head();
  rewind(*this, 1);
  EXPECT_EQ(log_error(lost), errc::history_diverged);
  auto now_at = head();
  EXPECT_EQ(now_at.seq, seq_no{2});
  EXPECT_NE(now_at.epoch, lost.epoch);
  auto row = codec::decode_log_row(log().entries.at(1).row).value();
  EXPECT_EQ(row.kind, log_kind::epoch);
  EXPECT_EQ(row.epoch, now_at.epoch);
  // Only once: it is a former epoch now.
  EXPECT_EQ(log_error(lost), errc::history_diverged);
  EXPECT_TRUE(head().same_place(now_at));
}

TEST_F(positions, a_mutation_request_notices_a_restore_too) {
  folder(1, 0, "a");
  folder(2, 0, "b");
  auto lost = head();
  rewind(*this, 1);
  auto r = request({make(it(7), create_folder{{root_item, "x"}})});
  r.body.highest = lost;
  EXPECT_EQ(send(r).error().code, errc::history_diverged);
  EXPECT_NE(head().epoch, lost.epoch);
  EXPECT_EQ(log().entries.size(), 2u);
}

TEST_F(positions, of_a_former_epoch_hold_if_they_are_in_the_log) {
  folder(1, 0, "a");
  auto shared = head();
  folder(2, 0, "b");
  auto lost = head();
  rewind(*this, 1);
  log_error(lost);
  auto page = log(shared);
  ASSERT_EQ(page.entries.size(), 1u);
  EXPECT_EQ(page.at.epoch, head().epoch);
  folder(3, 0, "c");
  EXPECT_EQ(log_error(lost), errc::history_diverged);
}

TEST_F(positions, with_the_same_seq_but_another_chain_are_another_history) {
  folder(1, 0, "a");
  folder(2, 0, "b");
  auto lost = head();
  rewind(*this, 1);
  send(make(it(3), create_folder{{root_item, "instead"}}));
  EXPECT_EQ(head().seq, lost.seq);
  EXPECT_EQ(log_error(lost), errc::history_diverged);
  EXPECT_NE(head().epoch, lost.epoch);
}

// -- log ---------------------------------------------------------------------------------------

TEST_F(logs, replayed_from_scratch_they_give_chain_digest_and_tree) {
  folder(1, 0, "d");
  auto a = state(file(2, 1, "a"));
  auto b = state(file(3, 1, "b", "other"));
  auto swap_a = make(it(2), move_rename{a.place_op, b.at});
  auto swap_b = make(it(3), move_rename{b.place_op, a.at});
  swap_a.group = swap_b.group = id<batch_id>(5);
  send({swap_a, swap_b});
  ASSERT_TRUE(store->record_blobs(vault, {blob("new")}, now));
  send(make(it(2), update_content{a.content_op, text("new")}));
  send(make(it(2), set_mode{a.mode_op, {true, true}, {true, true}}));
  auto folder_state =
      codec::decode_item(codec::decode_log_row(log().entries[0].row)->state).value();
  auto gone = make(it(1), delete_subtree{folder_state.place_op, head().seq});
  EXPECT_EQ(send(gone).kind, verdict::applied);
  EXPECT_EQ(send(make(it(1), restore_item{gone.op, {root_item, "back"}, {}, {}})).kind,
            verdict::applied);
  replica r;
  r.apply(log());
  EXPECT_TRUE(r.at.seq == head().seq && r.at.chain == head().chain);
  EXPECT_EQ(r.live.size(), 3u);
  auto d = store->digest(vault).value();
  EXPECT_TRUE(std::equal(d.sums.begin(), d.sums.end(), r.sums.sums().begin()));
  EXPECT_TRUE(d.at.same_place(head()));
}

TEST_F(logs, pages_follow_each_other_without_gaps) {
  for (int n = 1; n <= 10; ++n) folder(n, 0, std::to_string(n));
  replica r;
  position at;
  for (int pages = 0; r.at.seq < head().seq; ++pages) {
    ASSERT_LT(pages, 10);
    auto page = log(at, 3);
    r.apply(page);
    at = page.at;
    EXPECT_TRUE(page.head.same_place(head()));
  }
  EXPECT_EQ(log(at).entries.size(), 0u);
  EXPECT_TRUE(log(at).at.same_place(at));
}

TEST_F(logs, a_page_never_splits_a_group) {
  std::vector<mutation> all;
  for (int n = 1; n <= 6; ++n) {
    all.push_back(make(it(n), create_folder{{root_item, std::to_string(n)}}));
    if (n >= 2 && n <= 5) all.back().group = id<batch_id>(3);
  }
  send(all);
  EXPECT_EQ(log(position{}, 1).entries.size(), 1u);
  EXPECT_EQ(log(position{}, 2).entries.size(), 5u);
  EXPECT_EQ(log(seq_no{1}, 1).entries.size(), 4u);
}

TEST_F(logs, pages_are_bounded_in_bytes) {
  auto o = options();
  o.page_bytes = 500;
  open(std::move(o));
  for (int n = 1; n <= 10; ++n) folder(n, 0, std::to_string(n));
  auto n = log().entries.size();
  EXPECT_GT(n, 0u);
  EXPECT_LT(n, 10u);
}

TEST_F(logs, people_may_name_a_seq_and_even_one_beyond_the_end) {
  folder(1, 0, "a");
  folder(2, 0, "b");
  EXPECT_EQ(log(seq_no{1}).entries.size(), 1u);
  EXPECT_EQ(log(seq_no{99}).entries.size(), 0u);
}

TEST_F(logs, what_is_no_longer_retained_asks_for_a_snapshot) {
  folder(1, 0, "a");
  folder(2, 0, "b");
  auto at = log(position{}, 1).at;
  folder(3, 0, "c");
  ASSERT_TRUE(store->retain_after(vault, {2}));
  EXPECT_EQ(log_error(position{}), errc::snapshot_required);
  EXPECT_EQ(log_error(at), errc::snapshot_required);
  EXPECT_EQ(log(seq_no{2}).entries.size(), 1u);
}

TEST_F(logs, rows_tell_who_when_why_and_with_what) {
  auto m = make(it(1), create_folder{{root_item, "a"}});
  m.correlation = "save-1";
  m.group = id<batch_id>(4);
  send(m);
  auto row = codec::decode_log_row(log().entries.at(0).row).value();
  EXPECT_EQ(row.op, m.op);
  EXPECT_EQ(row.device, laptop);
  EXPECT_EQ(row.correlation, "save-1");
  EXPECT_EQ(row.group, m.group);
  EXPECT_EQ(row.server_time_ns, now);
}

TEST_F(logs, every_accepted_version_is_known_and_no_other) {
  auto a = state(file(1, 0, "a", "first"));
  ASSERT_TRUE(store->record_blobs(vault, {blob("second")}, now));
  send(make(it(1), update_content{a.content_op, text("second")}));
  auto known = store->known(vault, {{it(1), content_hash_of("first"), {}},
                                    {it(1), content_hash_of("second"), {}},
                                    {it(1), content_hash_of("third"), {}},
                                    {it(2), content_hash_of("first"), {}}});
  EXPECT_EQ(*known, (std::vector<codec::known_answer>{{true, it(1)}, {true, it(1)}, {}, {}}));
}

TEST_F(logs, what_was_deleted_is_known_by_its_last_place) {
  folder(1, 0, "d");
  auto a = state(file(2, 1, "a", "first"));
  auto d = codec::decode_item(codec::decode_log_row(log().entries[0].row)->state).value();
  auto last = [&](const place& at, const content_hash& hash) {
    return store->known(vault, {{{}, hash, at}}).value().at(0);
  };
  const place folder_place{root_item, "d"}, file_place{it(1), "a"};
  EXPECT_FALSE(last(file_place, a.what.hash).known) << "it lives";
  send(make(it(1), delete_subtree{d.place_op, head().seq}));
  EXPECT_EQ(last(folder_place, {}), (codec::known_answer{true, it(1), true}));
  EXPECT_EQ(last(file_place, a.what.hash), (codec::known_answer{true, it(2), true}));
  EXPECT_EQ(store->known(vault, {{it(2), {}, {}}}).value().at(0), (codec::known_answer{true, it(2), true}));
  EXPECT_FALSE(last(file_place, content_hash_of("another")).known);
  EXPECT_FALSE(last(file_place, {}).known) << "it was no folder";
  EXPECT_FALSE(last({root_item, "a"}, a.what.hash).known);
}

// -- snapshots ---------------------------------------------------------------------------------

TEST_F(snapshots, of_any_seq_plus_the_log_after_it_are_the_tree_at_the_head) {
  folder(1, 0, "d");
  auto a = state(file(2, 1, "a"));
  ASSERT_TRUE(store->record_blobs(vault, {blob("new")}, now));
  send(make(it(2), update_content{a.content_op, text("new")}));
  file(3, 1, "b");
  auto d = codec::decode_item(codec::decode_log_row(log().entries[0].row)->state).value();
  auto gone = make(it(1), delete_subtree{d.place_op, head().seq});
  send(gone);
  folder(4, 0, "later");
  send(make(it(1), restore_item{gone.op, {it(4), "back"}, {}, {}}));
  replica whole;
  whole.apply(log());
  for (std::uint64_t s = 0; s <= head().seq.value; ++s) {
    replica r;
    item_id after;
    for (bool done = false; !done;) {
      auto slice = store->slice(vault, {s}, after, 2).value();
      for (const auto& [id, canonical] : slice.items) r.put(canonical);
      after = slice.last;
      done = slice.done;
    }
    if (s > 0) {
      auto row = codec::decode_log_row(log(seq_no{s - 1}).entries.at(0).row).value();
      EXPECT_EQ(r.sums.total(), row.digest) << "snapshot " << s;
      r.at = {{}, row.seq, log(seq_no{s - 1}).entries.at(0).chain, {}};
    }
    r.apply(log(seq_no{s}));
    EXPECT_EQ(r.live, whole.live) << "from " << s;
  }
}

TEST_F(snapshots, are_reused_until_the_tail_is_long) {
  folder(1, 0, "a");
  auto need = store->need_snapshot(vault, now).value();
  ASSERT_FALSE(need.ready);
  auto b = blob("snapshot");
  auto made = store->record_snapshot(vault, {need.at, need.digest, b.hash, b.size, 1}, b, now);
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->at.same_place(need.at));
  EXPECT_FALSE(made->at.seal.empty());
  EXPECT_TRUE(store->locate(vault, {b.hash})->size() == 1);
  folder(2, 0, "b");
  ASSERT_TRUE(store->need_snapshot(vault, now)->ready);
  for (int n = 3; n < 150; ++n) folder(n, 0, std::to_string(n));
  EXPECT_FALSE(store->need_snapshot(vault, now)->ready);
}

TEST_F(snapshots, superseded_ones_go_after_seven_days_unread) {
  folder(1, 0, "a");
  auto need = store->need_snapshot(vault, now).value();
  auto one = blob("one"), two = blob("two");
  ASSERT_TRUE(store->record_snapshot(vault, {need.at, need.digest, one.hash, 3, 1}, one, now));
  ASSERT_TRUE(store->record_snapshot(vault, {need.at, need.digest, two.hash, 3, 1}, two, now));
  EXPECT_EQ(store->sweep(now + 6 * day_ns)->snapshots, 0u);
  EXPECT_EQ(store->sweep(now + 8 * day_ns)->snapshots, 1u);
  EXPECT_EQ(store->missing(vault, {one.hash, two.hash})->size(), 1u);
}

}  // namespace
}  // namespace tinysync::server
