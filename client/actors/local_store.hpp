#pragma once
// local_store: sole owner of the index of one vault.

#include <map>
#include <memory>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"
#include "client/actors/index_guard.hpp"
#include "client/journal/index_files.hpp"

namespace tinysync::client {

class local_store {
 public:
  local_store(actors::context& self, agent_doors doors, vault_config vault);

  result<pb::Compared> handle(const pb::Compare& m);
  void handle(const pb::Hashed& m);
  result<pb::ScanConcluded> handle(const pb::ConcludeScan& m);
  result<pb::Planned> handle(const pb::Plan& m, actors::context& self);
  result<pb::DiskRecorded> handle(const pb::RecordDisk& m);
  result<pb::Intents> handle(const pb::AskIntents& m);
  result<pb::Outbox> handle(const pb::TakeOutbox& m);
  result<pb::Done> handle(const pb::MarkSent& m);
  result<pb::Done> handle(const pb::GiveUp& m);
  result<pb::AnswerRecorded> handle(const pb::RecordAnswer& m);
  result<pb::Replayed> handle(const pb::ReplayPage& m);
  result<pb::Cursor> handle(const pb::LoadSnapshot& m, actors::context& self);
  result<pb::Cursor> handle(const pb::AskCursor& m);
  result<pb::Cursor> handle(const pb::NoteHead& m);
  result<pb::Summary> handle(const pb::AskSummary& m);
  result<pb::Done> handle(const pb::RecordState& m);
  result<pb::Done> handle(const pb::RecordIdentity& m);
  result<pb::RecordIdentity> handle(const pb::AskIdentity& m);
  result<pb::Done> handle(const pb::RecordLife& m);
  result<pb::Chains> handle(const pb::AskChains& m);
  result<pb::Done> handle(const pb::HistoriesPart& m);
  result<pb::Salvaged> handle(const pb::Salvage& m);
  result<pb::Doubts> handle(const pb::AskDoubts& m);
  result<pb::Done> handle(const pb::SettleDoubts& m);
  result<pb::FoldersTouched> handle(const pb::AskSuspects& m);
  result<pb::Conflicts> handle(const pb::AskConflicts& m);
  result<pb::Done> handle(const pb::CloseConflict& m);
  result<pb::Done> handle(const pb::RecordTrashed& m);
  result<pb::TrashedAll> handle(const pb::AskTrashed& m);
  result<pb::Done> handle(const pb::ForgetTrashed& m);
  result<pb::Brake> handle(const pb::AskBrake& m);
  result<pb::BrakeDecided> handle(const pb::DecideBrake& m);
  result<pb::ItemPaths> handle(const pb::AskItemPaths& m);
  result<pb::Synced> handle(const pb::AskSynced& m);
  void handle(const pb::DistrustSome& m);
  result<pb::Displaced> handle(const pb::AskDisplaced& m);
  result<pb::Done> handle(const pb::CloseDisplaced& m);
  result<pb::Done> handle(const pb::AdoptDisplaced& m);
  result<pb::Ignored> handle(const pb::AskIgnored& m);
  void handle(const pb::WakeWaiting& m);

 private:
  /// As client::guarded, with the index open.
  template <class F>
  auto guarded(F f) -> decltype(f()) {
    if (auto ok = open_if_needed(); !ok) return failure(ok.error());
    return client::guarded(std::move(f));
  }
  result<void> open_if_needed();
  void open(bool distrusted);
  result<std::unique_ptr<journal::journal>> open_index(const std::string& path) const;
  bool open_current();
  void build_beside();
  void drop_next();
  void put_in_place(std::int64_t now_ns);
  pb::Cursor cursor();
  std::uint64_t holding();
  std::chrono::milliseconds again_in(const engine::local_changes& changes, std::int64_t now_ns);
  result<void> add_records(std::string_view records);

  agent_doors doors_;
  vault_config vault_;
  journal::index_files files_;
  std::unique_ptr<journal::journal> journal_;
  bool distrusted_ = false;  // the index to be opened
  engine::pace pace_;
  std::map<std::uint64_t, engine::scan_batch> scans_;
  std::string snapshot_tail_;  // of a record cut by a part's end
  std::vector<journal::intent> old_intents_;  // of the index that is being replaced
  std::vector<journal::doubt> doubts_;
  std::size_t asked_ = 0;  // of the doubts, from the front
};

}  // namespace tinysync::client
