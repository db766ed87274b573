#pragma once
// A store in memory with one owner and one vault, and few words to change it.

#include "platform/crypto/randomness.hpp"
#include "server/store/sqlite_metadata.hpp"
#include "tests/unit/server/core_fixture.hpp"

namespace tinysync::server {

inline constexpr std::int64_t second_ns = 1'000'000'000;
inline constexpr std::int64_t day_ns = 86'400 * second_ns;

struct store_fixture : ::testing::Test {
  std::shared_ptr<crypto::seeded_randomness> random =
      std::make_shared<crypto::seeded_randomness>(3);
  std::int64_t now = 1'700'000'000 * second_ns;
  std::function<void(const mutation&)> culprit;
  std::unique_ptr<sqlite_metadata> store;
  device_id laptop;
  vault_id vault;
  int ops = 0;

  sqlite_store_options options() {
    sqlite_store_options o;
    o.in_memory = true;
    o.random = [r = random](std::uint8_t* out, std::size_t n) { r->fill({out, n}); };
    o.before_judging = [this](const mutation& m) {
      if (culprit) culprit(m);
    };
    return o;
  }

  void SetUp() override { open(options()); }
  void open(sqlite_store_options o) {
    auto opened = sqlite_metadata::open(std::move(o));
    ASSERT_TRUE(opened) << to_string(opened.error());
    store = std::move(*opened);
    laptop = device("laptop", role::owner);
    vault = store->create_vault(laptop, "files", now)->id;
  }

  /// Registers a device with a fresh invite.
  device_id device(const std::string& name, role r, const std::string& group = "owners") {
    auto d = id<device_id>(++ops + 5000);
    auto code = hash_of_invite(name + std::to_string(ops));
    EXPECT_TRUE(store->add_invite({code, group, r, 1, now, now + day_ns}, false));
    auto made = store->register_device({code, d, hash_of_secret("s" + d.hex()), name, name, now});
    EXPECT_TRUE(made);
    return d;
  }
  crypto::digest token_of(const device_id& d) {
    auto token = hash_of_token("t" + d.hex());
    (void)store->open_session(
        {d, hash_of_secret("s" + d.hex()), token, now, now + 900 * second_ns});
    return token;
  }

  mutation make(item_id item, change c) {
    mutation m;
    m.op = id<op_id>(++ops);
    m.item = item;
    m.change = std::move(c);
    return m;
  }
  stored_blob blob(const std::string& body) {
    return {blob_hash_of(body), body.size(), {{7, 0, body.size()}}};
  }
  commit_request request(std::vector<mutation> all, device_id who = {}) {
    commit_request r;
    r.device = who.none() ? laptop : who;
    r.body.mutations = std::move(all);
    return r;
  }
  result<codec::mutation_answer> send(commit_request r) {
    auto done = store->commit(vault, {std::move(r)}, now);
    if (!done) return failure(done.error());
    return done->answers.at(0);
  }
  std::vector<outcome> send(std::vector<mutation> all) {
    auto a = send(request(std::move(all)));
    EXPECT_TRUE(a) << (a ? "" : to_string(a.error()));
    return a ? a->outcomes : std::vector<outcome>{};
  }
  outcome send(const mutation& m) { return send(std::vector{m}).at(0); }

  void folder(int n, int parent, const std::string& name) {
    auto o = send(make(it(n), create_folder{{parent ? it(parent) : root_item, name}}));
    ASSERT_EQ(name_of(o.kind), "applied") << name_of(o.why);
  }
  outcome file(int n, int parent, const std::string& name, const std::string& body = "body") {
    EXPECT_TRUE(store->record_blobs(vault, {blob(body)}, now));
    auto o =
        send(make(it(n), create_file{{parent ? it(parent) : root_item, name}, text(body), {}}));
    EXPECT_EQ(name_of(o.kind), "applied") << name_of(o.why);
    return o;
  }
  item state(const outcome& o) { return codec::decode_item(o.canonical).value(); }
  position head() { return store->head(vault)->at; }
  codec::log_page log(log_cursor after = position{}, std::size_t limit = 0) {
    auto p = store->read_log(vault, after, limit, now);
    EXPECT_TRUE(p) << (p ? "" : to_string(p.error()));
    return p.value_or(codec::log_page{});
  }
  errc log_error(log_cursor after) {
    auto p = store->read_log(vault, after, 0, now);
    EXPECT_FALSE(p);
    return p ? errc::internal : p.error().code;
  }
};

/// A vault rebuilt from its log alone, checking chain and digest at every row.
struct replica {
  std::map<item_id, std::string> live;
  vault_digest sums;
  position at;

  void put(const std::string& canonical) {
    auto i = codec::decode_item(canonical).value();
    drop(i.id);
    live[i.id] = canonical;
    sums.add(i.id, canonical);
  }
  void drop(const item_id& id) {
    auto i = live.find(id);
    if (i == live.end()) return;
    sums.remove(id, i->second);
    live.erase(i);
  }
  void drop_below(const item_id& id) {
    std::vector<item_id> children;
    for (const auto& [child, canonical] : live)
      if (codec::decode_item(canonical)->at.parent == id) children.push_back(child);
    for (const auto& c : children) drop_below(c);
    drop(id);
  }
  void apply(const log_entry& e) {
    auto row = codec::decode_log_row(e.row).value();
    ASSERT_EQ(row.seq.value, at.seq.value + 1);
    ASSERT_EQ(chain_after(at.chain, e.row), e.chain);
    if (row.kind == log_kind::epoch) {
      at.epoch = row.epoch;
    } else if (row.kind == log_kind::delete_subtree) {
      drop_below(row.item);
    } else if (codec::decode_item(row.state)->deleted) {
      drop(row.item);
    } else {
      put(row.state);
    }
    for (const auto& also : row.also) put(also);
    ASSERT_EQ(sums.total(), row.digest) << "at row " << row.seq.value;
    at.seq = row.seq;
    at.chain = e.chain;
  }
  void apply(const codec::log_page& p) {
    for (const auto& e : p.entries) apply(e);
  }
};

}  // namespace tinysync::server
