// The contract of the metadata store, on SQLite in a file and in memory.

#include "platform/crypto/randomness.hpp"
#include "server/store/sqlite_metadata.hpp"
#include "tests/unit/platform/temporary_folder.hpp"
#include "tests/unit/server/store_fixture.hpp"

namespace tinysync::server {
namespace {

enum class kept_in { file, memory };

struct metadata_contract : ::testing::TestWithParam<kept_in> {
  temporary_folder folder;
  crypto::seeded_randomness random{2};
  std::unique_ptr<metadata> store;
  std::int64_t now = 1'700'000'000 * second_ns;
  device_id laptop = id<device_id>(1);
  vault_id vault;
  int ops = 0;

  void SetUp() override {
    open();
    auto code = hash_of_invite("first");
    ASSERT_TRUE(store->add_invite({code, "owners", role::writer, 1, now, now + day_ns}, true));
    ASSERT_TRUE(
        store->register_device({code, laptop, hash_of_secret("s"), "laptop", "laptop", now}));
    vault = store->create_vault(laptop, "files", now)->id;
  }
  void open() {
    store.reset();
    sqlite_store_options o;
    o.path = folder / "server.db";
    o.in_memory = GetParam() == kept_in::memory;
    o.random = [this](std::uint8_t* p, std::size_t n) { random.fill({p, n}); };
    auto opened = sqlite_metadata::open(std::move(o));
    ASSERT_TRUE(opened) << to_string(opened.error());
    store = std::move(*opened);
  }
  /// Only a file is still there.
  bool reopened() {
    if (GetParam() == kept_in::memory) return false;
    open();
    return true;
  }
  mutation make(item_id item, change c) {
    mutation m;
    m.op = id<op_id>(++ops);
    m.item = item;
    m.change = std::move(c);
    return m;
  }
  outcome send(const mutation& m) {
    commit_request r;
    r.device = laptop;
    r.body.mutations = {m};
    return store->commit(vault, {r}, now)->answers.at(0)->outcomes.at(0);
  }
};

TEST_P(metadata_contract, a_commit_is_there_after_a_restart_with_its_idempotency) {
  auto m = make(it(1), create_folder{{root_item, "a"}});
  auto first = send(m);
  auto head = store->head(vault)->at;
  if (!reopened()) return;
  EXPECT_TRUE(store->head(vault)->at.same_place(head));
  auto again = send(m);
  EXPECT_EQ(again.kind, verdict::duplicate);
  EXPECT_EQ(again.at.seal, first.at.seal);  // the key is the installation's, not the run's
}

TEST_P(metadata_contract, the_log_gives_the_tree_the_digest_and_the_chain) {
  std::vector<commit_request> all;
  for (int n = 1; n <= 300; ++n) {
    commit_request r;
    r.device = laptop;
    r.body.mutations = {
        make(it(n), create_folder{{n % 7 ? it(n - n % 7) : root_item, std::to_string(n)}})};
    all.push_back(r);
  }
  auto done = store->commit(vault, all, now).value();
  EXPECT_EQ(done.answers.size(), 300u);
  replica r;
  position at;
  for (;;) {
    auto page = store->read_log(vault, at, 100, now).value();
    if (page.entries.empty()) break;
    r.apply(page);
    at = page.at;
  }
  EXPECT_TRUE(at.same_place(store->head(vault)->at));
  auto digest = store->digest(vault).value();
  EXPECT_TRUE(std::equal(digest.sums.begin(), digest.sums.end(), r.sums.sums().begin()));
  // What was refused left nothing: only live items count.
  EXPECT_EQ(r.live.size(), store->vaults(laptop)->at(0).live_items);
}

TEST_P(metadata_contract, random_mutations_keep_the_tree_well_formed) {
  crypto::seeded_randomness dice(77);
  for (int step = 0; step < 1500; ++step) {
    auto item = it(1 + static_cast<int>(dice.below(25)));
    auto parent = dice.below(3) ? it(1 + static_cast<int>(dice.below(25))) : root_item;
    place to{parent, std::string(1, static_cast<char>('a' + dice.below(4)))};
    auto slice = store->slice(vault, store->head(vault)->at.seq, {}, 100).value();
    tinysync::item now_is;
    for (const auto& [id, canonical] : slice.items)
      if (id == item) now_is = codec::decode_item(canonical).value();
    change c;
    switch (dice.below(5)) {
      case 0:
        c = create_folder{to};
        break;
      case 1:
        c = create_file{to, text(""), {}};
        break;
      case 2:
        c = move_rename{now_is.place_op, to};
        break;
      case 3:
        c = delete_item{now_is.content_op, now_is.place_op, now_is.mode_op};
        break;
      case 4:
        c = delete_subtree{now_is.place_op, {dice.below(4) ? UINT32_MAX : 3}};
        break;
    }
    auto o = send(make(item, c));
    EXPECT_NE(o.why, reason::internal);
  }
  replica r;
  position at;
  for (auto page = store->read_log(vault, at, 0, now).value(); !page.entries.empty();
       page = store->read_log(vault, page.at, 0, now).value())
    r.apply(page);
  std::set<std::pair<item_id, std::string>> places;
  for (const auto& [id, canonical] : r.live) {
    auto i = codec::decode_item(canonical).value();
    EXPECT_TRUE(places.insert({i.at.parent, i.at.name}).second);
    int depth = 0;
    for (auto up = i.at.parent; up != root_item; ++depth) {
      ASSERT_TRUE(r.live.contains(up)) << "below a tombstone or nothing";
      ASSERT_LT(depth, 100) << "a cycle";
      up = codec::decode_item(r.live[up])->at.parent;
    }
  }
  auto digest = store->digest(vault).value();
  EXPECT_TRUE(std::equal(digest.sums.begin(), digest.sums.end(), r.sums.sums().begin()));
}

TEST_P(metadata_contract, tokens_roles_and_revocation_outlive_a_restart) {
  auto token = hash_of_token("t");
  ASSERT_TRUE(
      store->open_session({laptop, hash_of_secret("s"), token, now, now + 900 * second_ns}));
  reopened();
  EXPECT_EQ(store->authorise(token, vault, role::owner, now)->device, laptop);
  ASSERT_TRUE(store->revoke(laptop, laptop, now));
  reopened();
  EXPECT_EQ(store->authenticate(token, now).error().code, errc::unauthenticated);
}

TEST_P(metadata_contract, places_of_blobs_are_kept_with_all_their_extents) {
  stored_blob b{blob_hash_of("b"), 30, {{1, 0, 10}, {2, 5, 20}}};
  ASSERT_TRUE(store->record_blobs(vault, {b}, now));
  stored_blob again = b;
  again.where = {{9, 0, 30}};
  ASSERT_TRUE(store->record_blobs(vault, {again}, now));
  reopened();
  EXPECT_EQ(store->locate(vault, {b.hash}).value(), std::vector{b});  // the first place stays
}

INSTANTIATE_TEST_SUITE_P(stores, metadata_contract,
                         ::testing::Values(kept_in::file, kept_in::memory), [](const auto& p) {
                           return p.param == kept_in::file ? "file" : "memory";
                         });

TEST(metadata_file, two_programs_may_use_it_at_once) {
  temporary_folder folder;
  crypto::seeded_randomness random(3);
  auto open = [&] {
    sqlite_store_options o;
    o.path = folder / "server.db";
    o.random = [&random](std::uint8_t* p, std::size_t n) { random.fill({p, n}); };
    return sqlite_metadata::open(std::move(o)).value();
  };
  auto serving = open(), inviting = open();
  auto code = hash_of_invite("c");
  ASSERT_TRUE(inviting->add_invite({code, "owners", role::writer, 1, 0, 10}, true));
  EXPECT_TRUE(serving->register_device({code, id<device_id>(1), {}, "n", "n", 1}));
}

}  // namespace
}  // namespace tinysync::server
