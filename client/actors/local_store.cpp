#include "client/actors/local_store.hpp"

#include "actors/failures.hpp"
#include "client/actors/index_guard.hpp"
#include "client/engine/lifecycle.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::client {
namespace {

/// Begun with an earlier life of this actor: what that was told is gone, and half a scan proves nothing.
constexpr const char* scan_lost = "the scan";

std::vector<op_id> ops_from(const google::protobuf::RepeatedPtrField<std::string>& raw) {
  std::vector<op_id> out;
  for (const auto& r : raw) out.push_back(id_from<op_id>(r));
  return out;
}

}  // namespace

local_store::local_store(actors::context& self, agent_doors doors, vault_config vault)
    : doors_(std::move(doors)), vault_(std::move(vault)),
      files_(*doors_.databases, doors_.index_folder + "/" + vault_.index), pace_(doors_.config.pace) {
  distrusted_ = self.start().resync;
  if (auto ok = open_if_needed(); !ok)
    log::warn("index.not_open", "vault={} why={}", to_string(vault_.vault), to_string(ok.error()));
}

/// A disk that is full, or not there, is a state to be waited out: whoever asks for something tries again.
result<void> local_store::open_if_needed() {
  if (journal_) return {};
  auto ok = client::guarded([&]() -> result<void> {
    open(distrusted_);
    return {};
  });
  if (ok) distrusted_ = false;
  else journal_.reset();
  return ok;
}

result<pb::Compared> local_store::handle(const pb::Compare& m) {
  return guarded([&]() -> result<pb::Compared> {
    if (m.first()) {
      scans_.clear();
      scans_.try_emplace(m.scan(), *journal_, m.eager() ? nullptr : &pace_, m.now_ns());
    }
    auto known = scans_.find(m.scan());
    if (known == scans_.end()) return failure(errc::cancelled, scan_lost);
    auto& batch = known->second;
    pb::Compared out;
    for (const auto& f : m.folders()) {
      if (m.again()) {
        batch.sighted(from_message(f));
        continue;
      }
      auto wishes = batch.compare(from_message(f), m.recursive());
      if (wishes.differs) out.add_differing(f.path());
      for (auto& path : wishes.to_list) out.add_to_list(std::move(path));
      for (auto& [path, seen] : wishes.to_hash) {
        auto& w = *out.add_to_hash();
        w.set_path(path);
        put(seen, *w.mutable_seen());
      }
    }
    return out;
  });
}

void local_store::handle(const pb::Hashed& m) {
  auto batch = scans_.find(m.scan());
  if (batch == scans_.end()) return;
  for (const auto& c : m.contents()) batch->second.hashed(from_message(c));
}

result<pb::ScanConcluded> local_store::handle(const pb::ConcludeScan& m) {
  return guarded([&]() -> result<pb::ScanConcluded> {
    pb::ScanConcluded out;
    auto batch = scans_.extract(m.scan());
    if (batch.empty()) return failure(errc::cancelled, scan_lost);
    if (!m.sure() && batch.mapped().misses_something()) {
      scans_.insert(std::move(batch));
      out.set_missing(true);
      return out;
    }
    auto changes = batch.mapped().conclude(m.now_ns(), doors_.bytes());
    for (const auto& l : changes.changed)
      log::debug("scan.seen", "root={} item={} parent={} name={}", vault_.root, to_string(l.id),
                 to_string(l.at.parent), printable(l.at.name));
    for (const auto& id : changes.gone)
      log::debug("scan.gone", "root={} item={}", vault_.root, to_string(id));
    for (const auto& path : changes.again)
      log::debug("scan.again", "root={} path={}", vault_.root, printable(path));
    for (const auto& path : journal_->listed_again(changes)) out.add_again(path);
    out.set_changed(journal_->record(changes));
    for (const auto& path : changes.again) out.add_again(path);
    for (const auto& path : changes.later) out.add_later(path);
    for (const auto& path : changes.ignored_folders) out.add_ignored_folders(path);
    out.set_again_in_ms(static_cast<std::uint32_t>(again_in(changes, m.now_ns()).count()));
    return out;
  });
}

/// What is held back is looked at again as a suspect; what is none any more was dealt with otherwise.
std::uint64_t local_store::holding() {
  std::uint64_t n = 0;
  for (const auto& id : pace_.holding()) {
    auto row = journal_->local(id);
    if (row && row->suspect) ++n;
    else pace_.gone(id);
  }
  return n;
}

/// When something of it has to be looked at again; 0: nothing has.
std::chrono::milliseconds local_store::again_in(const engine::local_changes& changes, std::int64_t now_ns) {
  for (const auto& id : changes.looked_at) pace_.looked_at(id);
  for (const auto& id : changes.taken) pace_.taken(id, now_ns);
  for (const auto& id : changes.held) pace_.held(id, now_ns);
  for (const auto& id : changes.gone) pace_.gone(id);
  auto wait = changes.suspects ? doors_.config.suspect_again : std::chrono::milliseconds{0};
  if (changes.held.empty()) return wait;
  auto due = std::chrono::milliseconds((changes.held_until_ns - now_ns) / 1'000'000 + 1);
  due = std::max(due, std::chrono::milliseconds{1});
  return wait.count() == 0 ? due : std::min(wait, due);
}

result<pb::Planned> local_store::handle(const pb::Plan& m, actors::context& self) {
  return guarded([&]() -> result<pb::Planned> {
    if (journal_->phase() != journal::phase::none) return failure(errc::unavailable, "the index is being built");
    auto p = journal_->plan_next(doors_.config.plan_items, m.most_disk_ops(),
                                 std::string(self.correlation()), m.now_ns());
    pb::Planned out;
    for (const auto& i : p.disk) put(i, *out.add_disk());
    out.set_mutations(p.mutations);
    out.set_left(p.left);
    out.set_waiting(p.waiting);
    for (const auto& n : p.notices)
      log::info("plan.notice", "vault={} item={} cause={}", to_string(vault_.vault),
                to_string(n.id), engine::name_of(n.why));
    return out;
  });
}

result<pb::DiskRecorded> local_store::handle(const pb::RecordDisk& m) {
  return guarded([&]() -> result<pb::DiskRecorded> {
    std::vector<journal::intent_result> results;
    for (const auto& r : m.results()) results.push_back(from_message(r));
    journal_->record(results, m.now_ns());
    for (const auto& r : results)
      for (const auto& i : old_intents_)
        if (i.id == r.id && !r.trashed.empty()) journal_->record_trashed(i, r.trashed, r.open);
    return pb::DiskRecorded{};
  });
}

result<pb::Outbox> local_store::handle(const pb::TakeOutbox& m) {
  return guarded([&]() -> result<pb::Outbox> {
    pb::Outbox out;
    for (const auto& row : journal_->unanswered(m.limit())) {
      auto& o = *out.add_rows();
      o.set_op(row.op.str());
      o.set_mutation(codec::encode(row.mutation));
      o.set_path(row.path);
      o.set_sent(row.sent);
      if (row.local) {
        put(row.local->seen, *o.mutable_seen());
        o.set_hash(row.local->hash.str());
      }
    }
    out.set_cursor(codec::encode(journal_->cursor()));
    out.set_highest(codec::encode(journal_->highest()));
    for (const auto& op : journal_->retired()) out.add_retired(op.str());
    return out;
  });
}

result<pb::Done> local_store::handle(const pb::MarkSent& m) {
  return guarded([&]() -> result<pb::Done> {
    journal_->mark_sent(ops_from(m.ops()));
    return pb::Done{};
  });
}

result<pb::Done> local_store::handle(const pb::GiveUp& m) {
  return guarded([&]() -> result<pb::Done> {
    journal_->give_up(ops_from(m.ops()));
    return pb::Done{};
  });
}

result<pb::AnswerRecorded> local_store::handle(const pb::RecordAnswer& m) {
  return guarded([&]() -> result<pb::AnswerRecorded> {
    auto answer = codec::decode_mutation_answer(m.answer());
    if (!answer) return failure(answer.error());
    for (const auto& o : answer->outcomes)
      if (!o.succeeded())
        log::debug("op.refused", "root={} op={} why={}", vault_.root, to_string(o.op), name_of(o.why));
    pb::AnswerRecorded out;
    out.set_refused(journal_->record(*answer));
    return out;
  });
}

result<pb::Replayed> local_store::handle(const pb::ReplayPage& m) {
  return guarded([&]() -> result<pb::Replayed> {
    auto page = codec::decode_log_page(m.page());
    if (!page) return failure(page.error());
    if (auto ok = or_violation(journal_->replay(*page)); !ok) return failure(ok.error());
    pb::Replayed out;
    out.set_seq(page->at.seq.value);
    out.set_head(page->head.seq.value);
    out.set_rows(page->entries.size());
    return out;
  });
}

result<void> local_store::add_records(std::string_view records) {
  std::vector<std::string> canonicals;
  std::string joined = std::move(snapshot_tail_);
  joined += records;
  std::string_view left = joined;
  for (;;) {
    auto record = codec::take_snapshot_record(left);
    if (!record) return failure(record.error());
    if (!*record) break;
    canonicals.push_back(std::move(**record));
  }
  snapshot_tail_ = std::string(left);
  return journal_->snapshot_add(canonicals);
}

result<pb::Cursor> local_store::handle(const pb::LoadSnapshot& m, actors::context& self) {
  return guarded([&]() -> result<pb::Cursor> {
    if (m.first()) {
      journal_->snapshot_begin();
      snapshot_tail_.clear();
    }
    if (self.attachment())
      if (auto ok = add_records(*self.attachment()); !ok) return failure(ok.error());
    if (m.last()) {
      auto at = codec::decode_position(m.position());
      if (!at) return failure(at.error());
      if (!snapshot_tail_.empty()) return failure(errc::malformed, "a snapshot cut short");
      auto done = journal_->snapshot_end(*at, id_from<digest_sum>(m.digest()));
      if (!done) return failure(done.error());
    }
    return cursor();
  });
}

pb::Cursor local_store::cursor() {
  pb::Cursor out;
  auto at = journal_->cursor();
  out.set_position(codec::encode(at));
  const auto told = journal_->highest();
  if (!told.epoch.none() && !planted(mistake::told_forgotten)) out.set_told(codec::encode(told));
  out.set_head(std::max(told.seq, at.seq).value);
  out.set_bootstrapped(journal_->bootstrapped());
  return out;
}

result<pb::Cursor> local_store::handle(const pb::AskCursor&) {
  return guarded([&]() -> result<pb::Cursor> { return cursor(); });
}

result<pb::Cursor> local_store::handle(const pb::NoteHead& m) {
  return guarded([&]() -> result<pb::Cursor> {
    if (auto p = codec::decode_position(m.position())) journal_->note_head(*p);
    return cursor();
  });
}

result<pb::Summary> local_store::handle(const pb::AskSummary&) {
  return guarded([&]() -> result<pb::Summary> {
    auto s = journal_->summary();
    pb::Summary out;
    out.set_epoch(s.cursor.epoch.str());
    out.set_seq(s.cursor.seq.value);
    out.set_head(s.head.value);
    out.set_dirty(s.dirty);
    out.set_outbox(s.outbox);
    out.set_intents(s.intents);
    out.set_conflicts(s.conflicts);
    out.set_items(s.items);
    out.set_parked(s.parked);
    out.set_braked(s.braked);
    out.set_ignored(s.ignored);
    out.set_holding(holding());
    out.set_paused_until_ns(std::strtoll(journal_->state("paused_until").c_str(), nullptr, 10));
    out.set_state(s.state);
    out.set_reason(s.reason);
    out.set_phase(std::string(name_of(journal_->phase())));
    out.set_resync(journal_->phase() != journal::phase::none && journal_->state("resync") == "1");
    out.set_rebuilt(journal_->state("rebuilt"));
    out.set_rebuilt_ns(std::strtoll(journal_->state("rebuilt_ns").c_str(), nullptr, 10));
    for (const auto& [path, reason] : s.held_up) {
      auto& e = *out.add_held_up();
      e.set_path(path);
      e.set_reason(reason);
    }
    for (const auto& [path, reason] : s.exempt) {
      auto& e = *out.add_exempt();
      e.set_path(path);
      e.set_reason(reason);
    }
    return out;
  });
}

result<pb::Done> local_store::handle(const pb::RecordState& m) {
  return guarded([&]() -> result<pb::Done> {
    journal_->put_state("lifecycle", m.state());
    if (m.state() == engine::name_of(engine::lifecycle::online_idle)) journal_->burst_over();
    journal_->put_state("lifecycle_reason", m.reason());
    journal_->put_state("paused_until", std::to_string(m.until_ns()));
    return pb::Done{};
  });
}

result<pb::Done> local_store::handle(const pb::RecordIdentity& m) {
  return guarded([&]() -> result<pb::Done> {
    journal_->put_state("root_identity", m.SerializeAsString());
    return pb::Done{};
  });
}

result<pb::RecordIdentity> local_store::handle(const pb::AskIdentity&) {
  return guarded([&]() -> result<pb::RecordIdentity> {
    pb::RecordIdentity out;
    out.ParseFromString(journal_->state("root_identity"));
    out.set_life(journal_->state("life"));
    if (journal_->phase() == journal::phase::salvage) out.set_old_life(journal_->state("old_life"));
    return out;
  });
}

result<pb::FoldersTouched> local_store::handle(const pb::AskSuspects&) {
  return guarded([&]() -> result<pb::FoldersTouched> {
    pb::FoldersTouched out;
    for (const auto& f : journal_->suspect_folders()) out.add_folders(f);
    return out;
  });
}

result<pb::ItemPaths> local_store::handle(const pb::AskItemPaths& m) {
  return guarded([&]() -> result<pb::ItemPaths> {
    pb::ItemPaths out;
    for (const auto& raw : m.items()) {
      auto id = id_from<item_id>(raw);
      auto path = journal_->local_path(id);
      if (!path) path = journal_->remote_path(id);
      out.add_paths(path.value_or(""));
    }
    return out;
  });
}

void local_store::handle(const pb::WakeWaiting&) {
  auto done = guarded([&]() -> result<void> {
    journal_->wake_waiting();
    return {};
  });
  if (!done) log::warn("index.busy", "vault={} why={}", to_string(vault_.vault), to_string(done.error()));
}

}  // namespace tinysync::client
