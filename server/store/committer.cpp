#include "server/store/committer.hpp"

#include <algorithm>
#include <map>

#include "proto/vocabulary/planted.hpp"

namespace tinysync::server {
namespace {

/// Failures that are the database's own: waited out, never a refusal.
bool database_failed(errc code) {
  return code == errc::busy || code == errc::disk_full || code == errc::io_failed ||
         code == errc::permission_denied || code == errc::local_state_corrupt ||
         code == errc::cancelled || code == errc::not_found;
}

/// What idempotency compares: the mutation without what may differ between two sendings.
crypto::digest request_digest(mutation m) {
  m.after.clear();
  m.correlation.clear();
  m.inline_content.reset();
  return crypto::sha256(codec::encode(m));
}

std::string like_extra(const mutation& m) {
  if (m.like.empty()) return {};
  auto like = codec::decode_item(m.like);
  return like ? like->extra : std::string{};
}

}  // namespace

/// One request on its way through: what is decided so far, by index of mutation.
struct sqlite_metadata::committer::working {
  const commit_request& request;
  server::role role = role::none;
  std::map<op_id, std::size_t> index;
  std::vector<crypto::digest> digests;
  std::vector<std::optional<outcome>> decided;
  codec::mutation_answer answer;

  const std::vector<mutation>& mutations() const { return request.body.mutations; }
};

sqlite_metadata::committer::committer(sqlite_metadata& store, const vault_id& id,
                                      std::int64_t now_ns)
    : store_(store),
      db_(store.db_),
      id_(id),
      now_ns_(now_ns),
      v_(store.vault_of(id)),
      tree_(store.db_, v_.no) {
  auto r = db_.query("vault_digest", v_.no);
  if (!r.next() || !sums_.assign(r.bytes(0))) damaged("a vault's digest");
}

void sqlite_metadata::committer::finish() {
  if (!moved_) return;
  db_.run("vault_moved", raw(v_.epoch), as_i64(v_.seq.value), raw(v_.chain), v_.live_items,
          v_.live_bytes, raw(sums_.bytes()), v_.no);
}

result<codec::mutation_answer> sqlite_metadata::committer::run(const commit_request& r,
                                                               bool careful) {
  working w{r, store_.role_of(r.device, v_.no), {}, {}, {}, {}};
  if (w.role == role::none) return failure(errc::not_found);
  if (auto fine = check_positions(r); !fine) return failure(fine.error());
  if (auto fine = find_known(w); !fine) return failure(fine.error());
  if (w.role >= role::writer)
    for (const auto& b : r.received) store_.keep_blob(v_.no, b, now_ns_);
  retire(w);
  run_units(w, careful);
  for (auto& o : w.decided) w.answer.outcomes.push_back(std::move(*o));
  w.answer.head = store_.head_of(id_, v_);
  return std::move(w.answer);
}

result<void> sqlite_metadata::committer::check_positions(const commit_request& r) {
  for (const auto* p : {&r.body.cursor, &r.body.highest})
    if (store_.standing_of(id_, v_, *p) == standing::foreign)
      return failure(errc::invalid_argument, "a position this server never issued");
  for (const auto* p : {&r.body.cursor, &r.body.highest}) {
    auto s = store_.standing_of(id_, v_, *p);
    if (s == standing::fine) continue;
    if (s == standing::ahead) append_epoch();
    return failure(errc::history_diverged, "seq " + std::to_string(p->seq.value));
  }
  return {};
}

outcome sqlite_metadata::committer::applied_before(const op_id& op, sqlite::rows& r) {
  outcome o;
  o.op = op;
  o.kind = verdict::duplicate;
  o.at =
      store_.sealed(id_, {id_at<epoch_id>(r, 1), {as_u64(r.i64(0))}, id_at<chain_hash>(r, 2), {}});
  auto row = codec::decode_log_row(r.bytes(3));
  if (!row) damaged("a row of the log");
  o.canonical = std::move(row->state);
  return o;
}

/// Operations the vault has answered for good: applied before, refused for ever, retired.
result<void> sqlite_metadata::committer::find_known(working& w) {
  w.decided.resize(w.mutations().size());
  for (std::size_t i = 0; i < w.mutations().size(); ++i) {
    const auto& m = w.mutations()[i];
    if (!w.index.emplace(m.op, i).second)
      return failure(errc::invalid_argument, "an operation id twice in one request");
    w.digests.push_back(request_digest(m));
    auto same = [&](const sqlite::rows& r, int column) {
      return r.is_null(column) || r.bytes(column) == crypto::bytes_of(w.digests[i]);
    };
    const auto& device = w.request.device;
    auto reused = failure(errc::op_id_reused, to_string(m.op));
    {
      auto r = db_.query("log_op", v_.no, raw(device), raw(m.op));
      if (r.next() && !planted(mistake::no_idempotency)) {
        if (!same(r, 4)) return reused;
        w.decided[i] = applied_before(m.op, r);
        continue;
      }
    }
    auto r = db_.query("refusal_get", v_.no, raw(device), raw(m.op));
    if (!r.next()) continue;
    if (!same(r, 1)) return reused;
    outcome o;
    o.op = m.op;
    o.kind = verdict::rejected;
    o.why = static_cast<reason>(r.i64(0));
    w.decided[i] = std::move(o);
  }
  return {};
}

void sqlite_metadata::committer::retire(working& w) {
  for (const auto& op : w.request.body.retired) {
    codec::retired_answer a;
    a.op = op;
    {
      auto r = db_.query("log_op", v_.no, raw(w.request.device), raw(op));
      if (r.next()) a.applied = applied_before(op, r);
    }
    if (!a.applied) {
      db_.run("refusal_add", v_.no, raw(w.request.device), raw(op), nullptr, reason::retired,
              now_ns_);
      if (auto i = w.index.find(op); i != w.index.end()) {
        outcome o;
        o.op = op;
        o.why = reason::retired;
        w.decided[i->second] = std::move(o);
      }
    }
    w.answer.retired.push_back(std::move(a));
  }
}

/// Units in order, but none before the operations it comes after; what waits for itself is skipped.
void sqlite_metadata::committer::run_units(working& w, bool careful) {
  std::vector<std::vector<std::size_t>> units;
  std::map<batch_id, std::size_t> groups;
  for (std::size_t i = 0; i < w.mutations().size(); ++i) {
    if (w.decided[i]) continue;
    const auto& group = w.mutations()[i].group;
    auto known = group.none() || planted(mistake::groups_in_parts) ? groups.end() : groups.find(group);
    if (known != groups.end()) {
      units[known->second].push_back(i);
      continue;
    }
    if (!group.none()) groups.emplace(group, units.size());
    units.push_back({i});
  }
  for (bool progress = true; progress && !units.empty();) {
    progress = false;
    std::vector<std::vector<std::size_t>> left;
    for (auto& unit : units) {
      if (run_unit(w, unit, careful))
        progress = true;
      else
        left.push_back(std::move(unit));
    }
    units = std::move(left);
  }
  for (const auto& unit : units)
    for (auto i : unit) {
      decision d;
      d.kind = verdict::skipped;
      d.skipped_for =
          w.mutations()[i].after.empty() ? w.mutations()[unit[0]].op : w.mutations()[i].after[0];
      record(w, i, d, {});
    }
}

/// False: something it comes after is not decided yet.
bool sqlite_metadata::committer::run_unit(working& w, const std::vector<std::size_t>& members,
                                          bool careful) {
  std::optional<op_id> failed;
  for (auto i : members)
    for (const auto& op : w.mutations()[i].after) {
      auto at = w.index.find(op);
      bool inside = at != w.index.end() &&
                    std::find(members.begin(), members.end(), at->second) != members.end();
      if (inside) continue;
      if (at != w.index.end() && !w.decided[at->second]) return false;
      bool fine = at != w.index.end()
                      ? w.decided[at->second]->succeeded()
                      : db_.query("log_op", v_.no, raw(w.request.device), raw(op)).next();
      if (!fine && !failed) failed = op;
    }
  if (failed) {
    decision d;
    d.kind = verdict::skipped;
    d.skipped_for = *failed;
    for (auto i : members) record(w, i, d, {});
    return true;
  }
  if (!careful) {
    judge_unit(w, members);
    return true;
  }
  state before{v_, sums_, moved_};
  db_.exec("SAVEPOINT unit");
  try {
    judge_unit(w, members);
    db_.exec("RELEASE unit");
  } catch (const std::exception& e) {
    auto* failed = dynamic_cast<const sqlite::failure*>(&e);
    if (failed && database_failed(failed->why().code)) throw;
    db_.exec("ROLLBACK TO unit; RELEASE unit");
    v_ = before.v;
    sums_ = before.sums;
    moved_ = before.moved;
    for (auto i : members) record(w, i, {verdict::rejected, reason::internal, {}, {}}, {});
  }
  return true;
}

void sqlite_metadata::committer::judge_unit(working& w, const std::vector<std::size_t>& members) {
  std::vector<proposal> unit;
  for (auto i : members) {
    const auto& m = w.mutations()[i];
    if (store_.options_.before_judging) store_.options_.before_judging(m);
    unit.push_back({&m, like_extra(m)});
  }
  terms on;
  on.next = {v_.seq.value + 1};
  on.may_write = w.role >= role::writer;
  if (auto quota = store_.options_.vault_quota) {
    auto used = as_u64(v_.live_bytes);
    on.bytes_left = *quota > used ? *quota - used : 0;
  }
  auto j = judge(tree_, unit, on);
  auto positions = write(w, members, j);
  for (std::size_t k = 0; k < members.size(); ++k)
    record(w, members[k], j.decisions[k], positions[k]);
}

void sqlite_metadata::committer::record(working& w, std::size_t i, const decision& d, position at) {
  const auto& m = w.mutations()[i];
  outcome o;
  o.op = m.op;
  o.kind = d.kind;
  o.why = d.why;
  o.skipped_for = d.skipped_for;
  if (d.theirs) o.canonical = tree_.canonical(d.theirs->id);
  if (d.kind == verdict::applied) o.at = store_.sealed(id_, at);
  if (d.kind == verdict::agreed) o.at = store_.head_of(id_, v_);
  if (depends_on_request_alone(d.why) || (d.why != reason::none && planted(mistake::refusals_remembered)))
    db_.run("refusal_add", v_.no, raw(w.request.device), raw(m.op), raw(w.digests[i]), d.why,
            now_ns_);
  w.decided[i] = std::move(o);
}

/// Writes a judged unit; the position of each member that was applied.
std::vector<position> sqlite_metadata::committer::write(working& w,
                                                        const std::vector<std::size_t>& members,
                                                        const judgement& j) {
  std::vector<position> out(members.size());
  // Two items may share a place in between: first out of their places, then into the final ones.
  bool joint = j.rows.size() > 1;
  if (joint)
    for (const auto& row : j.rows) db_.run("item_lift", v_.no, raw(row.state.id));
  std::map<item_id, const item*> last;
  for (const auto& draft : j.rows) {
    auto i = members[draft.mutation];
    const auto& m = w.mutations()[i];
    log_row row;
    std::string buried;
    change(draft.state, !joint, row.state);
    for (const auto& it : draft.also) change(it, !joint, row.also.emplace_back());
    for (const auto& it : draft.removed) change(it, false, buried);
    last[draft.state.id] = &draft.state;
    for (const auto& it : draft.also) last[it.id] = &it;
    for (const auto& it : draft.removed) last[it.id] = &it;
    row.op = m.op;
    row.device = w.request.device;
    row.kind = draft.kind;
    row.item = draft.state.id;
    row.group = m.group;
    row.correlation = m.correlation;
    row.because_of = m.because_of;
    out[draft.mutation] = append(std::move(row), w.digests[i]);
  }
  if (joint)
    for (const auto& [id, it] : last)
      if (!it->deleted) db_.run("item_place", raw(it->at.parent), raw(it->at.name), v_.no, raw(id));
  return out;
}

/// One item's new state: history, digest, counts, tree.
void sqlite_metadata::committer::change(const item& now, bool place_it, std::string& canonical) {
  canonical = codec::encode(now);
  if (auto before = tree_.canonical(now.id); !before.empty()) {
    auto was = item_of(before);
    db_.run("before_add", v_.no, raw(now.id), as_i64(v_.seq.value + 1), raw(before),
            raw_or_null(was.what.hash));
    if (!was.deleted) {
      sums_.remove(now.id, before);
      --v_.live_items;
      v_.live_bytes -= as_i64(was.what.size);
    }
  }
  if (!now.deleted) {
    sums_.add(now.id, canonical);
    ++v_.live_items;
    v_.live_bytes += as_i64(now.what.size);
  }
  auto parent = place_it && !now.deleted ? std::optional(raw(now.at.parent)) : std::nullopt;
  db_.run("item_put", v_.no, raw(now.id), parent, raw(now.at.name), raw(canonical),
          raw_or_null(now.what.hash), raw_or_null(now.deleted_op),
          now.deleted ? std::optional(raw(now.at.parent)) : std::nullopt);
}

position sqlite_metadata::committer::append(log_row row, std::optional<crypto::digest> request) {
  row.seq = {v_.seq.value + 1};
  row.server_time_ns = now_ns_;
  row.digest = sums_.total();
  auto bytes = codec::encode(row);
  v_.seq = row.seq;
  v_.chain = chain_after(v_.chain, bytes);
  if (row.kind == log_kind::epoch) v_.epoch = row.epoch;
  moved_ = true;
  db_.run("log_add", v_.no, as_i64(v_.seq.value), raw(v_.epoch), raw_or_null(row.op),
          raw_or_null(row.device), request ? std::optional(raw(*request)) : std::nullopt,
          raw_or_null(row.group), raw(bytes), raw(v_.chain));
  return {v_.epoch, v_.seq, v_.chain, {}};
}

void sqlite_metadata::committer::append_epoch() {
  log_row row;
  row.kind = log_kind::epoch;
  row.epoch = mint<epoch_id>(store_.options_.random);
  append(std::move(row), std::nullopt);
}

// -- the group commit --------------------------------------------------------------------------

result<committed> sqlite_metadata::commit(const vault_id& vault,
                                          const std::vector<commit_request>& requests,
                                          std::int64_t now_ns) {
  auto once = [&](bool careful) {
    committed out;
    sqlite::transaction t(db_);
    committer c(*this, vault, now_ns);
    for (const auto& r : requests) out.answers.push_back(c.run(r, careful));
    c.finish();
    t.commit();
    out.head = head_of(vault, c.vault());
    out.moved = c.moved();
    if (out.moved) out.audience = audience_of(c.vault().no);
    return out;
  };
  return attempt([&] {
    try {
      return once(false);
    } catch (const sqlite::failure& e) {
      if (database_failed(e.why().code)) throw;
    } catch (const std::exception&) {
      // A fault of one unit: found by judging each in a savepoint of its own.
    }
    return once(true);
  });
}

}  // namespace tinysync::server
