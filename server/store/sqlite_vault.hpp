#pragma once
// Inside server/store only: one vault of the SQLite store as the core sees it.

#include "server/store/rows.hpp"
#include "server/store/sqlite_metadata.hpp"

namespace tinysync::server {

/// Where a vault's history stands.
struct sqlite_metadata::vault_row {
  std::int64_t no = 0;
  epoch_id epoch;
  seq_no seq;
  chain_hash chain;
  std::int64_t live_items = 0, live_bytes = 0;
  seq_no min_retained;
  std::vector<std::string> features;
};

/// The tree of one vault, read under the vault's lock (here: inside the transaction).
class sqlite_metadata::sqlite_vault final : public vault_view {
 public:
  sqlite_vault(sqlite::database& db, std::int64_t no) : db_(db), no_(no) {}

  std::optional<item> find(const item_id& id) override;
  std::optional<item_id> live_at(const place& at) override;
  std::vector<item_id> live_children(const item_id& folder) override;
  std::vector<item> removed_by(const op_id& op) override;
  std::optional<item> displaced(const item_id& id, seq_no at) override;
  std::optional<std::uint64_t> blob_size(const blob_hash& ref) override;
  /// The stored bytes; empty if there is no such item.
  std::string canonical(const item_id& id);

 private:
  sqlite::database& db_;
  std::int64_t no_;
};

/// Runs f at the store's edge: a database that cannot answer now is unavailable, never a refusal.
template <class F>
auto sqlite_metadata::attempt(F f) -> result<decltype(f())> {
  auto r = sqlite::attempt(std::move(f));
  if (r) return r;
  switch (r.error().code) {
    case errc::busy:
    case errc::disk_full:
    case errc::io_failed:
    case errc::permission_denied:
    case errc::cancelled:
      return failure(errc::unavailable, "the database: " + r.error().text);
    default:
      return r;
  }
}

/// Throws an error of the page through SQLite's wrapper, to be caught by attempt().
[[noreturn]] inline void refuse(errc code, std::string text = {}) {
  throw sqlite::failure(error{code, std::move(text)});
}

}  // namespace tinysync::server
