// The server's log, replayed: cursor, remote tree, digest and finished operations move together.

#include "client/journal/journal.hpp"
#include "client/journal/rows.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::journal {
namespace {

position position_of(const std::string& bytes) {
  if (bytes.empty()) return {};
  auto p = codec::decode_position(bytes);
  if (!p) throw sqlite::failure(error{errc::local_state_corrupt, "the cursor"});
  return *p;
}

std::string at_seq(const log_row& row) { return "row " + std::to_string(row.seq.value); }

}  // namespace

position journal::cursor() { return position_of(state("cursor")); }
position journal::highest() { return position_of(state("highest")); }
bool journal::bootstrapped() { return state("bootstrapped") == "1"; }

/// What was told in a former epoch stands until replay has met it: a log without it is another history.
void journal::note_head(const position& p) {
  auto known = highest();
  const bool met = known.epoch.none() || cursor().seq >= known.seq;
  if (known.epoch == p.epoch ? known.seq >= p.seq : !met) return;
  put_state("highest", codec::encode(p));
}

vault_digest journal::digest() {
  vault_digest sums;
  if (auto stored = state("digest"); !stored.empty() && !sums.assign(stored))
    throw sqlite::failure(error{errc::local_state_corrupt, "the digest"});
  return sums;
}

void journal::put_remote(const item& it, std::string_view canonical, vault_digest& sums) {
  {
    auto r = db_.query("remote_get", raw(it.id));
    if (r.next()) sums.remove(it.id, r.bytes(0));
  }
  db_.run("remote_put", raw(it.id), raw(it.at.parent), raw(it.at.name), raw(canonical));
  sums.add(it.id, canonical);
  touch(it.id);
}

void journal::drop_remote(const item_id& id, vault_digest& sums) {
  {
    auto r = db_.query("remote_get", raw(id));
    if (!r.next()) return;
    sums.remove(id, r.bytes(0));
  }
  db_.run("remote_drop", raw(id));
  touch(id);
}

void journal::drop_remote_subtree(const item_id& id, vault_digest& sums) {
  for (const auto& child : remote_children(id)) drop_remote_subtree(child, sums);
  drop_remote(id, sums);
}

result<void> journal::apply_row(const log_row& row, vault_digest& sums) {
  if (row.kind == log_kind::epoch) return {};
  auto it = codec::decode_item(row.state);
  if (!it) return failure(errc::integrity_violation, at_seq(row) + ": " + to_string(it.error()));
  if (row.kind == log_kind::delete_subtree) {
    drop_remote_subtree(it->id, sums);
  } else if (it->deleted) {
    drop_remote(it->id, sums);
  } else {
    put_remote(*it, row.state, sums);
  }
  for (const auto& also : row.also) {
    auto returned = codec::decode_item(also);
    if (!returned) return failure(errc::integrity_violation, at_seq(row));
    put_remote(*returned, also, sums);
  }
  return {};
}

result<void> journal::replay_row(const codec::log_page& page, const log_entry& e, position& at,
                                 vault_digest& sums) {
  auto row = codec::decode_log_row(e.row);
  if (!row) return failure(row.error());
  if (!known(row->kind))
    return failure(errc::update_required, at_seq(*row) + " is of a kind this version does not know");
  if (row->seq.value != at.seq.value + 1)
    return failure(errc::integrity_violation, at_seq(*row) + " does not follow " +
                                                  std::to_string(at.seq.value));
  auto chain = chain_after(at.chain, e.row);
  if (chain != e.chain) return failure(errc::integrity_violation, at_seq(*row) + ": chain differs");
  if (auto applied = apply_row(*row, sums); !applied) return applied;
  if (sums.total() != row->digest)
    return failure(errc::integrity_violation, at_seq(*row) + ": digest differs");
  at.seq = row->seq;
  at.chain = chain;
  at.epoch = row->kind == log_kind::epoch ? row->epoch
             : at.epoch.none()            ? page.at.epoch
                                          : at.epoch;
  db_.run("chain_put", as_i64(at.seq.value), raw(at.epoch), raw(at.chain));
  // My own operation, even if its answer was lost on the way.
  std::optional<mutation> mine;
  {
    auto r = db_.query("outbox_get", raw(row->op));
    if (r.next()) {
      auto m = codec::decode_mutation(r.bytes(1));
      if (m) mine = std::move(*m);
    }
  }
  if (mine) complete(row->op, *mine, true, row->state, "");
  return {};
}

void journal::store_cursor(const position& at, const vault_digest& sums) {
  put_state("cursor", codec::encode(at));
  put_state("digest", sums.bytes());
  note_head(at);
}

/// A poll that brings nothing: nothing is written, and no disk wakes up for it.
bool journal::nothing_new(const codec::log_page& page) {
  auto at = cursor(), told = highest();
  return page.entries.empty() && at.same_place(page.at) && at.seal == page.at.seal && told.epoch == page.head.epoch && told.seq >= page.head.seq;
}

result<void> journal::replay(const codec::log_page& page) {
  if (nothing_new(page)) return {};
  auto at = cursor();
  if (planted(mistake::cursor_apart)) store_cursor(page.at, digest());
  sqlite::transaction t(db_);
  auto sums = digest();
  for (const auto& e : page.entries)
    if (auto ok = replay_row(page, e, at, sums); !ok) return ok;
  if (at.seq != page.at.seq || (at.seq.value > 0 && at.chain != page.at.chain))
    return failure(errc::integrity_violation, "the page ends elsewhere than it says");
  auto told = highest();
  if (!told.epoch.none() && told.epoch == page.at.epoch && told.seq == page.at.seq &&
      told.chain != page.at.chain)
    return failure(errc::integrity_violation, "the log is not the one told before");
  at.epoch = page.at.epoch;
  at.seal = page.at.seal;
  store_cursor(at, sums);
  note_head(page.head);
  db_.run("chain_trim", as_i64(at.seq.value));
  complete_due(at.seq);
  if (!page.entries.empty()) db_.run("dirty_wake");
  t.commit();
  return {};
}

void journal::snapshot_begin() { db_.run("next_clear"); }

result<void> journal::snapshot_add(const std::vector<std::string>& canonicals) {
  sqlite::transaction t(db_);
  for (const auto& canonical : canonicals) {
    auto it = codec::decode_item(canonical);
    if (!it) return failure(it.error());
    db_.run("next_put", raw(it->id), raw(it->at.parent), raw(it->at.name), raw(canonical));
  }
  t.commit();
  return {};
}

result<void> journal::snapshot_end(const position& at, const digest_sum& digest) {
  sqlite::transaction t(db_);
  vault_digest sums;
  {
    auto r = db_.query("next_all");
    while (r.next()) sums.add(id_at<item_id>(r, 0), r.bytes(1));
  }
  if (sums.total() != digest)
    return failure(errc::integrity_violation, "the snapshot does not have the digest it names");
  db_.run("next_differs");
  db_.run("remote_clear");
  db_.run("next_becomes_remote");
  db_.run("next_clear");
  put_state("bootstrapped", "1");
  if (phase() == phase::snapshot) set_phase(phase::salvage);
  db_.run("chain_put", as_i64(at.seq.value), raw(at.epoch), raw(at.chain));
  store_cursor(at, sums);
  complete_due(at.seq);
  db_.run("dirty_wake");
  t.commit();
  return {};
}

}  // namespace tinysync::journal
