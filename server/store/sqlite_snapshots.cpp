// Snapshots: the tree at one seq, cut out of the running vault in slices, without a long
// transaction.

#include "server/store/sqlite_vault.hpp"

namespace tinysync::server {

result<snapshot_need> sqlite_metadata::need_snapshot(const vault_id& vault, std::int64_t now_ns) {
  return attempt([&] {
    auto v = vault_of(vault);
    snapshot_need need;
    {
      auto r = db_.query("snapshot_newest", v.no);
      if (r.next()) {
        snapshot_record s;
        s.at = {id_at<epoch_id>(r, 1), {as_u64(r.i64(0))}, id_at<chain_hash>(r, 2), {}};
        s.digest = id_at<digest_sum>(r, 3);
        s.ref = id_at<blob_hash>(r, 4);
        s.size = as_u64(r.i64(5));
        s.items = as_u64(r.i64(6));
        auto tail = v.seq.value - std::min(s.at.seq, v.seq).value;
        auto limit =
            std::max(std::min(options_.snapshot_tail, v.seq.value / 10), std::uint64_t{100});
        bool reaches = s.at.seq >= v.min_retained && s.at.seq <= v.seq;
        if (reaches && tail <= limit) need.ready = s;
      }
    }
    if (need.ready) db_.run("snapshot_read", now_ns, v.no, raw(need.ready->ref));
    need.at = {v.epoch, v.seq, v.chain, {}};
    vault_digest sums;
    auto r = db_.query("vault_digest", v.no);
    if (!r.next() || !sums.assign(r.bytes(0))) damaged("a vault's digest");
    need.digest = sums.total();
    return need;
  });
}

/// An item as it was at a seq: as it is, if it has not changed since, else the first state
/// displaced after that seq, unless it was made later still.
result<snapshot_slice> sqlite_metadata::slice(const vault_id& vault, seq_no at,
                                              const item_id& after, std::size_t limit) {
  return attempt([&] {
    auto v = vault_of(vault);
    snapshot_slice out;
    std::vector<std::pair<item_id, std::string>> rows;
    {
      auto r = db_.query("item_slice", v.no, raw(after), as_i64(limit));
      while (r.next()) rows.emplace_back(id_at<item_id>(r, 0), r.text(1));
    }
    out.done = rows.size() < limit;
    if (!rows.empty()) out.last = rows.back().first;
    for (auto& [id, canonical] : rows) {
      auto it = item_of(canonical);
      if (newest_seq(it) > at) {
        auto r = db_.query("before_first_after", v.no, raw(id), as_i64(at.value));
        if (!r.next()) continue;
        canonical = r.text(0);
        it = item_of(canonical);
        if (newest_seq(it) > at) continue;
      }
      if (!it.deleted) out.items.emplace_back(id, std::move(canonical));
    }
    return out;
  });
}

codec::snapshot_answer sqlite_metadata::answer_of(const vault_id& id, const vault_row& v,
                                                  const snapshot_record& s) {
  return {sealed(id, s.at), s.digest, s.ref, s.size, s.items, v.features};
}

result<codec::snapshot_answer> sqlite_metadata::record_snapshot(const vault_id& vault,
                                                                const snapshot_record& s,
                                                                const stored_blob& blob,
                                                                std::int64_t now_ns) {
  return attempt([&] {
    sqlite::transaction t(db_);
    auto v = vault_of(vault);
    keep_blob(v.no, blob, now_ns);
    db_.run("snapshot_supersede", now_ns, v.no);
    db_.run("snapshot_add", v.no, as_i64(s.at.seq.value), raw(s.at.epoch), raw(s.at.chain),
            raw(s.digest), raw(s.ref), as_i64(s.size), as_i64(s.items), now_ns, now_ns);
    t.commit();
    return answer_of(vault, v, s);
  });
}

result<codec::snapshot_answer> sqlite_metadata::serve_snapshot(const vault_id& vault,
                                                               const snapshot_record& s) {
  return attempt([&] { return answer_of(vault, vault_of(vault), s); });
}

}  // namespace tinysync::server
