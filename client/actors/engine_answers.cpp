// The engine's answers: is everything in sync, and what does it look like? And what people decide.

#include "client/actors/engine.hpp"

namespace tinysync::client {

using namespace std::chrono_literals;
using engine::block_reason;
using engine::lifecycle;
using engine::lifecycle_event;

namespace {
constexpr auto flush_answers_within = 15s;  // else everything is scanned instead
constexpr int tries_to_read = 7;
constexpr auto longest_nap = 1min;
}  // namespace

actors::later<pb::Settled> vault_engine::handle(const pb::Settle&, actors::context& self) {
  actors::later<pb::Settled> answer(self);
  auto caught_up = [this, answer](result<pb::Replayed> r) {
    if (!r && remedy_of(r.error().code) != remedy::retry) {
      pb::Settled out;
      out.set_attention(true);
      out.set_waiting_for(to_string(r.error()));
      return answer.deliver(std::move(out));
    }
    settling_.push_back(answer);
    step();
  };
  self_.ask(self_.sibling<faces::watcher>("watcher"), pb::Flush{}, flush_answers_within,
            [this, caught_up](result<pb::FoldersTouched> r) {
              if (!r || r->overflow()) everything_ = true;
              self_.ask(self_.sibling<faces::log_replayer>("log_replayer"), pb::CatchUp{},
                        store_answers_within, caught_up);
            });
  return answer;
}

/// Nothing is under way: is everything in sync, or what is it waiting for?
void vault_engine::settle_checks() {
  if (held()) {
    return answer_settled(false, blocked_ != block_reason::none,
                          paused_ ? "paused" : std::string(engine::name_of(blocked_)));
  }
  bool idle = start_ == start_step::running && !scanning_ && !planning_ && !staging_ && !staged_ &&
              !executing_ && !plan_wanted_ && !everything_ && !everything_later_ && folders_.empty() &&
              trees_.empty() && phase_.empty();
  // What could not be read is tried a few times before the rest counts as all there is.
  if (!unread_.empty() && unread_scans_ < tries_to_read) return;
  if (!idle || checking_) return;
  checking_ = true;
  self_.ask(store_, pb::AskSummary{}, store_answers_within, [this](result<pb::Summary> r) {
    checking_ = false;
    if (!r) return;
    bool synced = r->dirty() <= r->parked() && r->outbox() == 0 && r->intents() == 0 &&
                  r->seq() >= r->head() && bootstrapped_ && index_trouble_.empty();
    bool quiet = !scanning_ && !planning_ && !staging_ && !staged_ && !executing_ &&
                 !plan_wanted_ && folders_.empty() && trees_.empty() && !everything_;
    if (synced && quiet && r->holding() > 0) {
      if (!settling_.empty()) look_at_suspects();  // else files that keep changing wait for their time
    } else if (synced && quiet) {
      event(lifecycle_event::work_done, "in sync");
      answer_settled(true, r->parked() > 0 || r->braked() > 0, "");
    } else if (quiet && r->outbox() == 0 && r->dirty() > r->parked() && next_retry_ == never) {
      retry_later();  // something waits and nothing that could wake it is under way
    }
  });
}

void vault_engine::answer_settled(bool synced, bool attention, const std::string& waiting_for) {
  auto waiting = std::move(settling_);
  settling_.clear();
  for (const auto& answer : waiting) {
    pb::Settled out;
    out.set_synced(synced);
    out.set_attention(attention);
    out.set_state(std::string(engine::name_of(state_)));
    out.set_waiting_for(waiting_for);
    answer.deliver(std::move(out));
  }
}

pb::VaultStatus vault_engine::status_from(const pb::Summary& s) const {
  pb::VaultStatus out;
  out.set_vault(vault_.vault.str());
  out.set_name(vault_.name);
  out.set_root(vault_.root);
  bool held_state = state_ == lifecycle::blocked || state_ == lifecycle::paused;
  out.set_state(!connected_ && !held_state ? "Offline" : std::string(engine::name_of(state_)));
  out.set_reason(std::string(engine::name_of(blocked_)));
  out.set_detail(blocked_ != block_reason::none ? detail_ : index_trouble_);
  out.set_epoch(s.epoch());
  out.set_seq(s.seq());
  out.set_head_seq(s.head());
  auto unfinished = s.dirty() > s.parked() ? s.dirty() - s.parked() : 0;
  out.set_pending(unfinished + s.outbox() + s.intents() + s.holding());
  out.set_transfers(staging_ ? batch_.size() : 0);
  out.set_conflicts(s.conflicts());
  for (const auto& e : s.exempt()) *out.add_exempt() = e;
  for (const auto& e : s.held_up()) *out.add_held_up() = e;
  out.set_last_proven_ns(s.last_proven_ns());
  out.set_items(s.items());
  out.set_brake(s.braked() > 0);
  out.set_braked(s.braked());
  out.set_ignored(s.ignored());
  *out.mutable_polled() = polled_;
  if (paused_) out.set_paused_until_ns(paused_until_ns_);
  out.set_rebuilt(s.rebuilt());
  out.set_rebuilt_ns(s.rebuilt_ns());
  bool nothing_wanted = phase_.empty() && !plan_wanted_ && folders_.empty() && trees_.empty() && !everything_ &&
                        !everything_later_ && !scanning_ && start_ == start_step::running;
  out.set_synced(out.pending() == 0 && s.braked() == 0 && nothing_wanted &&
                 s.seq() >= s.head() && bootstrapped_ && connected_ && !held() && index_trouble_.empty());
  return out;
}

actors::later<pb::VaultStatus> vault_engine::handle(const pb::AskStatus&, actors::context& self) {
  actors::later<pb::VaultStatus> answer(self);
  self_.ask(store_, pb::AskSummary{}, store_answers_within, [this, answer](result<pb::Summary> r) {
    bool no_index = !r && !index_trouble_.empty();
    if (!r && !no_index) return answer.fail(r.error());
    answer.deliver(status_from(r ? *r : pb::Summary{}));
  });
  return answer;
}

actors::later<pb::BrakeDecided> vault_engine::handle(const pb::DecideBrake& m, actors::context& self) {
  actors::later<pb::BrakeDecided> answer(self);
  self_.ask(store_, m, store_answers_within, [this, answer](result<pb::BrakeDecided> r) {
    answer.deliver(r);
    if (!r) return;
    plan_wanted_ = true;
    step();
  });
  return answer;
}

void vault_engine::handle(const pb::Pause& m) {
  paused_ = true;
  paused_until_ns_ = m.until_ns();
  wait_for_the_end_of_the_pause();
  event(lifecycle_event::pause, "asked to");
}

/// In parts: the wall clock may jump, and a machine that sleeps wakes up late.
void vault_engine::wait_for_the_end_of_the_pause() {
  if (!paused_ || paused_until_ns_ == 0) return;
  auto left = std::chrono::nanoseconds(paused_until_ns_ - doors_.clock->wall_now_ns());
  auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(left) + 1ms;
  tick_in(std::clamp(wait, 1ms, std::chrono::milliseconds(longest_nap)));
}

void vault_engine::handle(const pb::Resume&) {
  if (!paused_) return;
  paused_ = false;
  event(lifecycle_event::resume, "asked to");
  if (bootstrapped_) event(lifecycle_event::snapshot_loaded, "resumed");
  everything_ = true;
  step();
}

}  // namespace tinysync::client
