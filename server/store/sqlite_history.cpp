// The log, the digest, accepted versions: what readers ask of a vault's history.

#include "server/store/sqlite_vault.hpp"

namespace tinysync::server {

result<codec::log_page> sqlite_metadata::read_log(const vault_id& vault, const log_cursor& after,
                                                  std::size_t limit, std::int64_t now_ns) {
  // Only a position that may have been lost by a restore needs the vault's lock.
  auto verdict = attempt([&] {
    auto v = vault_of(vault);
    auto* p = std::get_if<position>(&after.from);
    for (auto* presented : {p, &after.told}) {
      auto s = presented ? standing_of(vault, v, *presented) : standing::fine;
      if (s == standing::fine) continue;
      if (s == standing::foreign) refuse(errc::invalid_argument, "a position this server never issued");
      if (s == standing::ahead) open_epoch(vault, now_ns);
      refuse(errc::history_diverged, "seq " + std::to_string(presented->seq.value));
    }
    auto seq = p ? p->seq : std::get<seq_no>(after.from);
    if (seq < v.min_retained)
      refuse(errc::snapshot_required,
             "the log begins after seq " + std::to_string(v.min_retained.value));
    return seq;
  });
  if (!verdict) return failure(verdict.error());
  return attempt([&] {
    codec::log_page page;
    auto v = vault_of(vault);
    auto start = *verdict;
    limit = std::clamp<std::size_t>(limit == 0 ? options_.page_entries : limit, 1,
                                    options_.page_entries);
    page.head = head_of(vault, v);
    page.required_features = v.features;
    std::optional<position> at;
    std::string batch;
    std::uint64_t bytes = 0;
    auto r = db_.query("log_after", v.no, as_i64(std::min(start, v.seq).value));
    while (r.next()) {
      bool full = page.entries.size() >= limit || bytes >= options_.page_bytes;
      if (full && (r.is_null(2) || r.bytes(2) != batch)) break;
      batch = r.text(2);
      page.entries.push_back({r.text(3), id_at<chain_hash>(r, 4)});
      bytes += page.entries.back().row.size() + 64;
      at = position{id_at<epoch_id>(r, 1), {as_u64(r.i64(0))}, page.entries.back().chain, {}};
    }
    auto* given = std::get_if<position>(&after.from);
    if (at)
      page.at = sealed(vault, *at);
    else if (given && !given->epoch.none())
      page.at = *given;
    else
      page.at = page.head;
    return page;
  });
}

result<codec::digest_answer> sqlite_metadata::digest(const vault_id& vault) {
  return attempt([&] {
    auto v = vault_of(vault);
    vault_digest sums;
    auto r = db_.query("vault_digest", v.no);
    if (!r.next() || !sums.assign(r.bytes(0))) damaged("a vault's digest");
    return codec::digest_answer{head_of(vault, v), {sums.sums().begin(), sums.sums().end()}};
  });
}

result<std::vector<codec::known_answer>> sqlite_metadata::known(
    const vault_id& vault, const std::vector<codec::known_query>& queries) {
  return attempt([&] {
    auto v = vault_of(vault);
    auto had = [&](const item_id& item, const content_hash& hash) {
      return hash.none() ? db_.query("item_get", v.no, raw(item)).next()
                         : db_.query("content_known", v.no, raw(item), raw(hash)).next();
    };
    std::vector<codec::known_answer> out;
    for (const auto& q : queries) {
      auto& answer = out.emplace_back();
      if (!q.item.none()) {
        if (had(q.item, q.hash)) answer = {true, q.item, is_deleted(v, q.item)};
        continue;
      }
      for (const auto& it : deleted_at(v, q.at)) {
        bool fits = q.hash.none() ? it.kind == item_kind::folder : had(it.id, q.hash);
        if (fits) answer = {true, it.id, true};
      }
    }
    return out;
  });
}

bool sqlite_metadata::is_deleted(const vault_row& v, const item_id& id) {
  auto r = db_.query("item_get", v.no, raw(id));
  if (!r.next()) return true;  // its tombstone has gone, too
  auto it = codec::decode_item(r.bytes(0));
  if (!it) damaged("an item");
  return it->deleted;
}

/// Tombstones of what was last there, oldest first.
std::vector<item> sqlite_metadata::deleted_at(const vault_row& v, const place& at) {
  std::vector<item> out;
  auto r = db_.query("item_tombstones_at", v.no, raw(at.parent), raw(at.name));
  while (r.next()) {
    auto it = codec::decode_item(r.bytes(0));
    if (!it) damaged("a tombstone");
    out.push_back(std::move(*it));
  }
  std::sort(out.begin(), out.end(),
            [](const item& a, const item& b) { return a.deleted_seq < b.deleted_seq; });
  return out;
}

}  // namespace tinysync::server
