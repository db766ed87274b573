// How a vault starts, step by step, and what a new index needs before anything may be planned.

#include "actors/failures.hpp"
#include "client/actors/engine.hpp"
#include "platform/log/log.hpp"

namespace tinysync::client {

using namespace std::chrono_literals;
using engine::block_reason;
using engine::lifecycle;
using engine::lifecycle_event;

namespace {
constexpr auto server_answers_within = 24h;  // it is asked about every file that is in doubt
}  // namespace

/// What a person has paused stays so. A new index waits for the server's tree. Then recovery of intents,
/// what can be salvaged of a former index, watches, and the first scan: in this order, always.
void vault_engine::start_step_on() {
  if (starting_) return;
  starting_ = true;
  switch (start_) {
    case start_step::recall: return recall();
    case start_step::snapshot: return await_snapshot();
    case start_step::recover: return recover();
    case start_step::salvage: return salvage();
    case start_step::watch: return watch();
    case start_step::running: break;
  }
  starting_ = false;
}

void vault_engine::start_failed(const error& e) {
  starting_ = false;
  if (e.code == errc::local_state_corrupt) throw actors::local_state_corrupt(to_string(e));
  self_.failed(to_string(e));
  bool root = e.code == errc::missing || e.code == errc::permission_denied ||
              e.code == errc::wrong_root || e.code == errc::io_failed || e.code == errc::root_in_use;
  if (root) block(block_reason::root_missing, to_string(e));
  if (e.code == errc::disk_full) index_failed(e);
  retry_later();
}

/// The index is not to be had now; that says nothing about the root.
void vault_engine::index_not_asked(const error& e) {
  if (e.code == errc::local_state_corrupt) return start_failed(e);
  starting_ = false;
  self_.failed(to_string(e));
  index_failed(e);
  retry_later();
}

void vault_engine::recall() {
  self_.ask(store_, pb::AskSummary{}, store_answers_within, [this](result<pb::Summary> r) {
    if (!r) return index_not_asked(r.error());
    starting_ = false;
    index_works();
    phase_ = r->phase();
    start_ = phase_ == "snapshot" ? start_step::snapshot : start_step::recover;
    if (r->resync()) event(lifecycle_event::violation_found, "a new index is built");
    if (r->state() == engine::name_of(lifecycle::paused)) {
      pb::Pause again;
      again.set_until_ns(r->paused_until_ns());
      handle(again);
    }
    step();
  });
}

void vault_engine::await_snapshot() {
  self_.note("waiting for the server's tree");
  self_.ask(self_.sibling<faces::log_replayer>("log_replayer"), pb::CatchUp{}, store_answers_within,
            [this](result<pb::Replayed> r) {
              starting_ = false;
              if (!r) return retry_later();  // the replayer has said why
              self_.note("");
              bootstrapped_ = true;
              phase_ = "salvage";
              start_ = start_step::recover;
              step();
            });
}

void vault_engine::recover() {
  self_.ask(applier_, pb::Recover{}, store_answers_within, [this](result<pb::Recovered> r) {
    if (!r) return start_failed(r.error());
    starting_ = false;
    had_index_ = r->had_index();
    last_index_ = r->last_index();
    start_ = phase_ == "salvage" ? start_step::salvage : start_step::watch;
    step();
  });
}

void vault_engine::salvage() {
  pb::Salvage m;
  m.set_now_ns(doors_.clock->wall_now_ns());
  m.set_had_index(had_index_);
  m.set_last_index(last_index_);
  self_.ask(store_, m, store_answers_within, [this](result<pb::Salvaged> r) {
    if (!r) return index_not_asked(r.error());
    starting_ = false;
    for (const auto& table : r->damaged())
      log::warn("index.damaged", "vault={} lost=part of {}", to_string(vault_.vault), table);
    // What the old index knew to be held open by a program is looked at by the new one.
    self_.send(self_.sibling<faces::trash>("trash"), pb::WatchDisplaced{});
    phase_ = "reconcile";
    start_ = start_step::watch;
    step();
  });
}

void vault_engine::watch() {
  pb::Watch watch;
  watch.add_folders("");
  watch.set_whole_tree(true);
  self_.ask(self_.sibling<faces::watcher>("watcher"), watch, store_answers_within,
            [this](result<pb::Watching> r) {
              if (!r) return start_failed(r.error());
              polled_ = r->polled();
              starting_ = false;
              start_ = start_step::running;
              everything_ = true;
              plan_wanted_ = true;
              self_.send(pending_, pb::SendOutbox{});
              // Says that there is a snapshot; an earlier life of this actor was told already.
              self_.ask(self_.sibling<faces::log_replayer>("log_replayer"), pb::CatchUp{},
                        store_answers_within, [](result<pb::Replayed>) {});
              step();
            });
}

/// A new index has seen the whole disk: what is old on it, and what is the user's, the server knows.
void vault_engine::reconcile() {
  plan_wanted_ = false;
  planning_ = true;
  self_.note("asking the server what it knows");
  self_.ask(self_.sibling<faces::log_replayer>("log_replayer"), pb::Reconcile{}, server_answers_within,
            [this](result<pb::Done> r) {
              planning_ = false;
              self_.note("");
              if (!r) {
                self_.failed(to_string(r.error()));
                return retry_later();
              }
              phase_.clear();
              plan_wanted_ = true;
              if (state_ == lifecycle::panic_resync)
                event(lifecycle_event::rebuilt, "the new index is in place");
              if (state_ == lifecycle::bootstrapping)
                event(lifecycle_event::snapshot_loaded, "snapshot loaded");
              step();
            });
}

}  // namespace tinysync::client
