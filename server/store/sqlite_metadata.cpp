#include "server/store/sqlite_metadata.hpp"

#include "embedded/server_store.hpp"
#include "platform/sqlite/migrate.hpp"
#include "proto/vocabulary/planted.hpp"
#include "server/store/committer.hpp"
#include "server/store/sqlite_vault.hpp"

namespace tinysync::server {
namespace {

constexpr std::size_t seal_bytes = 16;

std::string big_endian(std::uint64_t v) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(v >> shift));
  return out;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    auto end = std::min(text.find(' '), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return out;
}

bool first_contact(const position& p) {
  return p.epoch.none() && p.seq.value == 0 && p.chain.none() && p.seal.empty();
}

}  // namespace

sqlite_metadata::sqlite_metadata(sqlite::database db, sqlite_store_options options)
    : db_(std::move(db)), options_(std::move(options)) {}

result<std::unique_ptr<sqlite_metadata>> sqlite_metadata::open(sqlite_store_options options) {
  sqlite::options how;
  how.in_memory = options.in_memory;
  how.where = options.where;
  if (planted(mistake::server_not_durable)) how.synchronous = sqlite::durability::off;
  auto db = sqlite::database::open(options.path, how);
  if (!db) return failure(db.error());
  const sqlite::migration steps[] = {{1, embedded::server_store::text("001_schema.sql")},
                                     {2, embedded::server_store::text("002_tombstones.sql")},
                                     {3, embedded::server_store::text("003_lives.sql")}};
  if (auto version = sqlite::migrate(*db, steps); !version) return failure(version.error());
  auto book = sqlite::query_book::parse(embedded::server_store::text("queries.sql"));
  if (!book) return failure(book.error());
  if (auto ready = db->prepare_all(*book); !ready) return failure(ready.error());
  std::unique_ptr<sqlite_metadata> store(new sqlite_metadata(std::move(*db), std::move(options)));
  auto keyed = store->attempt([&] { store->load_seal_key(); });
  if (!keyed) return failure(keyed.error());
  return store;
}

void sqlite_metadata::load_seal_key() {
  std::uint8_t fresh[32];
  options_.random(fresh, sizeof fresh);
  db_.run("setting_put", "seal_key", sqlite::blob(std::span<const std::uint8_t>(fresh)));
  auto r = db_.query("setting_get", "seal_key");
  if (!r.next()) damaged("the key of positions is missing");
  seal_key_ = r.text(0);
}

sqlite_metadata::vault_row sqlite_metadata::vault_of(const vault_id& id) {
  auto r = db_.query("vault_get", raw(id));
  if (!r.next()) refuse(errc::not_found);
  vault_row v;
  v.no = r.i64(0);
  v.epoch = id_at<epoch_id>(r, 1);
  v.seq = {as_u64(r.i64(2))};
  v.chain = id_at<chain_hash>(r, 3);
  v.live_items = r.i64(4);
  v.live_bytes = r.i64(5);
  v.min_retained = {as_u64(r.i64(6))};
  v.features = words(r.bytes(7));
  return v;
}

// -- positions ---------------------------------------------------------------------------------

position sqlite_metadata::sealed(const vault_id& id, position p) const {
  std::string what = "tinysync/position/1";
  what += id.view();
  what += p.epoch.view();
  what += big_endian(p.seq.value);
  what += p.chain.view();
  auto mac = crypto::hmac_sha256(seal_key_, what);
  p.seal = std::string(crypto::bytes_of(mac).substr(0, seal_bytes));
  return p;
}

bool sqlite_metadata::seal_holds(const vault_id& id, const position& p) const {
  return crypto::equal_constant_time(sealed(id, p).seal, p.seal);
}

position sqlite_metadata::head_of(const vault_id& id, const vault_row& v) {
  return sealed(id, {v.epoch, v.seq, v.chain, {}});
}

sqlite_metadata::standing sqlite_metadata::standing_of(const vault_id& id, const vault_row& v,
                                                       const position& p) {
  if (first_contact(p)) return standing::fine;
  if (!seal_holds(id, p)) return standing::foreign;
  auto missing = p.epoch == v.epoch ? standing::ahead : standing::diverged;
  if (p.seq > v.seq) return missing;
  if (p.seq == v.seq) return p.chain == v.chain ? standing::fine : missing;
  if (p.seq <= v.min_retained) return standing::fine;  // what it knew is no longer told
  auto r = db_.query("log_at", v.no, as_i64(p.seq.value));
  return r.next() && r.bytes(1) == p.chain.view() ? standing::fine : missing;
}

void sqlite_metadata::open_epoch(const vault_id& id, std::int64_t now_ns) {
  sqlite::transaction t(db_);
  committer c(*this, id, now_ns);
  c.append_epoch();
  c.finish();
  t.commit();
}

}  // namespace tinysync::server
