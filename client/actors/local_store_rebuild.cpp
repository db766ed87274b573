// The index's life: opened, distrusted, built anew beside the old one, put in its place (DESIGN §5
// Panic-resync). Every step may be cut off and is done again at the next start.

#include "actors/failures.hpp"
#include "client/actors/index_guard.hpp"
#include "client/actors/local_store.hpp"
#include "platform/log/log.hpp"

namespace tinysync::client {

using journal::phase;

namespace {

/// Anything else is waited for: the disk is full or has failed, and is no reason to begin anew.
bool is_damage(const error& why) {
  return why.code == errc::local_state_corrupt || why.code == errc::internal;
}

}  // namespace

result<std::unique_ptr<journal::journal>> local_store::open_index(const std::string& path) const {
  journal::journal_options options;
  options.path = path;
  options.where = doors_.databases;
  options.random = doors_.bytes();
  options.device_label = vault_.device_label;
  options.brake = doors_.config.brake;
  options.most_pages = doors_.config.most_index_pages;
  options.vault = to_string(vault_.vault);
  options.device = to_string(vault_.device);
  auto opened = journal::journal::open(options);
  if (!opened && !is_damage(opened.error())) throw sqlite::failure(opened.error());
  return opened;
}

/// Distrusted is whatever there is, half-built or in its place; what was salvaged into it is kept.
void local_store::open(bool distrusted) {
  if (files_.has_next()) {
    auto next = open_index(files_.next());
    bool salvaged = next && (*next)->check() && (*next)->phase() == phase::reconcile;
    next = failure(errc::missing);  // closed
    if (salvaged) put_in_place(doors_.clock->wall_now_ns());
    else if (distrusted) drop_next();
  }
  if (distrusted) journal_.reset();
  else if (journal_ || (!files_.has_next() && open_current())) return;
  build_beside();
}

void local_store::drop_next() {
  if (auto ok = files_.drop_next(); !ok) throw sqlite::failure(ok.error());
}

/// False: there is none, or none that may be trusted.
bool local_store::open_current() {
  if (!files_.has_current()) return false;
  auto opened = open_index(files_.current());
  auto sound = opened ? (*opened)->check() : result<void>(failure(opened.error()));
  if (sound) sound = (*opened)->heal();
  if (!sound && !is_damage(sound.error())) throw sqlite::failure(sound.error());
  if (!sound) {
    log::warn("index.distrusted", "vault={} why={}", to_string(vault_.vault), to_string(sound.error()));
    return false;
  }
  journal_ = std::move(*opened);
  return true;
}

void local_store::build_beside() {
  auto path = files_.next();
  auto next = open_index(path);
  if (!next) {
    drop_next();
    next = open_index(path);
  }
  if (!next) throw sqlite::failure(next.error());
  journal_ = std::move(*next);
  if (journal_->phase() != phase::none) return;  // cut off, and goes on
  const bool replaces = files_.has_current();
  if (replaces) log::warn("vault.resync", "vault={}", to_string(vault_.vault));
  if (replaces && files_.copy_to_read()) journal_->take_over_state(files_.copy());
  journal_->put_state("resync", replaces ? "1" : "0");
  journal_->begin_phases();
}

/// Those of the index that is being replaced, if there is one: they end before anything is salvaged.
result<pb::Intents> local_store::handle(const pb::AskIntents&) {
  return guarded([&]() -> result<pb::Intents> {
    bool old = journal_->phase() == phase::salvage && files_.has_current() && files_.copy_to_read();
    old_intents_ = old ? journal_->intents_of(files_.copy()) : std::vector<journal::intent>{};
    pb::Intents out;
    for (const auto& i : old ? old_intents_ : journal_->intents()) put(i, *out.add_disk());
    return out;
  });
}

result<pb::Salvaged> local_store::handle(const pb::Salvage& m) {
  return guarded([&]() -> result<pb::Salvaged> {
    pb::Salvaged out;
    if (journal_->phase() != phase::salvage) return out;
    std::optional<std::string> old;
    if (files_.has_current()) {
      if (auto ok = files_.copy_to_read(); !ok) return failure(ok.error());
      old = files_.copy();
    }
    auto report = journal_->salvage(old, {m.had_index(), m.last_index()}, m.now_ns());
    out.set_rows(report.rows);
    for (const auto& table : report.damaged) out.add_damaged(table);
    old_intents_.clear();
    put_in_place(m.now_ns());
    return out;
  });
}

void local_store::put_in_place(std::int64_t now_ns) {
  scans_.clear();
  journal_.reset();  // closed, so that its log is in its file
  if (auto ok = files_.swap(now_ns); !ok) throw sqlite::failure(ok.error());
  if (!open_current()) throw actors::local_state_corrupt("the index that was just built");
}

// -- what only the server can tell ---------------------------------------------------------------

result<pb::Doubts> local_store::handle(const pb::AskDoubts& m) {
  return guarded([&]() -> result<pb::Doubts> {
    pb::Doubts out;
    if (journal_->phase() != phase::reconcile) return out;
    if (doubts_.empty()) doubts_ = journal_->reconcile(journal_->state("lost") == "1");
    asked_ = std::min<std::size_t>(m.most(), doubts_.size());
    std::vector<codec::known_query> queries;
    for (std::size_t i = 0; i < asked_; ++i) queries.push_back(doubts_[i].query);
    if (!queries.empty()) out.set_queries(codec::encode(queries));
    return out;
  });
}

result<pb::Done> local_store::handle(const pb::SettleDoubts& m) {
  return guarded([&]() -> result<pb::Done> {
    auto answers = codec::decode_known(m.answers());
    if (!answers) return failure(answers.error());
    if (answers->size() != asked_) return failure(errc::malformed, "items:known");
    std::vector<journal::doubt> asked(doubts_.begin(), doubts_.begin() + static_cast<std::ptrdiff_t>(asked_));
    journal_->settle(asked, *answers);
    doubts_.erase(doubts_.begin(), doubts_.begin() + static_cast<std::ptrdiff_t>(asked_));
    asked_ = 0;
    return pb::Done{};
  });
}

// -- another history -----------------------------------------------------------------------------

result<pb::Chains> local_store::handle(const pb::AskChains&) {
  return guarded([&]() -> result<pb::Chains> {
    pb::Chains out;
    for (const auto& [seq, chain] : journal_->chains()) {
      out.add_seq(seq.value);
      out.add_chain(chain.str());
    }
    return out;
  });
}

/// The index that knows the former history is built anew beside it, from a snapshot of this one.
result<pb::Done> local_store::handle(const pb::HistoriesPart& m) {
  auto kept = guarded([&]() -> result<pb::Done> {
    journal_->part_at({m.agreed()});
    return pb::Done{};
  });
  if (!kept) return kept;
  throw actors::integrity_violation("the server's history is another after row " + std::to_string(m.agreed()));
}

result<pb::Done> local_store::handle(const pb::RecordLife& m) {
  return guarded([&]() -> result<pb::Done> {
    journal_->put_state("life", m.life());
    return pb::Done{};
  });
}

}  // namespace tinysync::client
