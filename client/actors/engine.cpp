#include "client/actors/engine.hpp"

#include <utility>

#include "actors/failures.hpp"
#include "client/actors/places.hpp"
#include "platform/log/log.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
using engine::block_reason;
using engine::lifecycle;
using engine::lifecycle_event;

constexpr auto scan_ends_within = 24h;      // a first scan of millions of files
constexpr auto transfer_ends_within = 24h;  // bounded by the transfers' own time limits

}  // namespace

vault_engine::vault_engine(actors::context& self, agent_doors doors, vault_config vault)
    : self_(self), doors_(std::move(doors)), vault_(std::move(vault)),
      store_(self.sibling<faces::local_store>("local_store")),
      scanner_(self.sibling<faces::scanner>("scanner")),
      applier_(self.sibling<faces::applier>("applier")),
      pending_(self.sibling<faces::pending_ops>("pending_ops")) {}

void vault_engine::started(actors::context& self) {
  pb::WatchLink watch;
  watch.set_subscriber(self.path());
  self.send(self.find<faces::cloud_link>(at(self, "/cloud_link")), watch);
  step();
}

bool vault_engine::held() const {
  return paused_ || (blocked_ != block_reason::none && blocked_ != block_reason::disk_full);
}

/// One thing at a time; whatever ends calls this again.
void vault_engine::step() {
  if (start_ != start_step::running) {
    if (next_retry_ == never) start_step_on();  // else it failed a moment ago
    if (held()) settle_checks();
    return;
  }
  if (held()) return;
  bool disk_quiet = !scanning_ && !planning_ && !executing_;
  if (staged_ && disk_quiet) return execute();
  if (disk_quiet && (everything_ || !trees_.empty() || !folders_.empty())) {
    if (everything_ || !trees_.empty()) return scan(everything_ ? std::set<std::string>{} : trees_, true);
    return scan(folders_, false);
  }
  if (disk_quiet && !staging_ && plan_wanted_ && bootstrapped_) {
    if (phase_.empty()) return plan();
    if (!everything_later_) return reconcile();
  }
  settle_checks();
}

// -- scanning ----------------------------------------------------------------------------------

void vault_engine::scan(std::set<std::string> folders, bool whole_tree) {
  pb::Scan m;
  m.set_whole_tree(whole_tree);
  m.set_eager(!settling_.empty());
  // New folders are watched before they are listed: the watch goes with the scan's request.
  pb::Watch watch;
  for (const auto& f : folders) {
    m.add_folders(f);
    watch.add_folders(f);
  }
  if (folders.empty()) watch.add_folders("");
  // Where a folder was put by us, the other half of what a user moves may be waiting to be told.
  watch.set_take_touched(whole_tree && !folders.empty());
  watch.set_whole_tree(whole_tree);
  if (whole_tree) {
    everything_ = false;
    trees_.clear();
  } else {
    folders_.clear();
  }
  scanning_ = true;
  scans_trees_ = whole_tree;
  scans_ = std::move(folders);
  self_.note("scanning");
  self_.ask(self_.sibling<faces::watcher>("watcher"), watch, store_answers_within,
            [this, m](result<pb::Watching> w) {
              if (w) polled_ = w->polled();
              // A folder of our own making, too, is listed once it is watched: somebody may have
              // put something there before.
              auto request = m;
              for (int i = 0; w && request.folders_size() > 0 && i < w->fresh_size(); ++i)
                request.add_folders(w->fresh(i));
              for (int i = 0; w && i < w->touched_size(); ++i) request.add_beside(w->touched(i));
              self_.ask(scanner_, request, scan_ends_within,
                        [this](result<pb::Scanned> r) { scanned(r); });
            });
}

void vault_engine::scanned(const result<pb::Scanned>& r) {
  scanning_ = false;
  self_.note("");
  if (!r) {
    everything_later_ = true;
    self_.failed(to_string(r.error()));
    if (r.error().code == errc::disk_full) index_failed(r.error());
    return retry_later();
  }
  if (r->failed()) {
    block(block_reason::root_missing, r->reason());
    everything_ = true;
    return retry_later();
  }
  if (blocked_ == block_reason::root_missing) retry_ = 0ms;
  unblock(block_reason::root_missing);
  next_rescan_ = self_.now() + doors_.config.rescan_every;
  for (const auto& f : r->again()) trees_.insert(f);
  for (const auto& f : r->relist()) folders_.insert(f);
  if (r->ignored_folders_size() > 0) {
    pb::Unwatch unwatch;
    *unwatch.mutable_folders() = r->ignored_folders();
    self_.send(self_.sibling<faces::watcher>("watcher"), std::move(unwatch));
  }
  for (const auto& f : r->later()) unread_.insert(f);
  if (r->later_size() > 0) ++unread_scans_;
  else if (unread_.empty()) unread_scans_ = 0;
  if (auto wait = std::chrono::milliseconds(r->again_in_ms()); wait > 0ms) {
    auto due = self_.now() + wait;
    if (next_suspects_ == never || due < next_suspects_) next_suspects_ = due;
    tick_in(wait);
  }
  tick_in(doors_.config.rescan_every);
  if (r->changed() > 0) index_works();
  if (r->changed() > 0 || waiting_ > 0) plan_wanted_ = true;
  if (!unread_.empty() && next_retry_ == never) return retry_later();
  step();
}

// -- planning and acting -------------------------------------------------------------------------

void vault_engine::plan() {
  plan_wanted_ = false;
  planning_ = true;
  pb::Plan m;
  m.set_most_disk_ops(static_cast<std::uint32_t>(doors_.config.batch_disk_ops));
  m.set_now_ns(doors_.clock->wall_now_ns());
  self_.ask(store_, m, store_answers_within, [this](result<pb::Planned> r) { planned(r); });
}

void vault_engine::planned(const result<pb::Planned>& r) {
  planning_ = false;
  if (!r) {
    self_.failed(to_string(r.error()));
    if (r.error().code == errc::disk_full || r.error().code == errc::io_failed) index_failed(r.error());
    return retry_later();
  }
  if (r->mutations() > 0 || r->disk_size() > 0) index_works();  // it took them
  waiting_ = r->waiting();
  if (r->mutations() > 0) self_.send(pending_, pb::SendOutbox{});
  bool work = r->mutations() > 0 || r->disk_size() > 0;
  bool stuck = !work && r->left() > 0 && r->left() == left_;
  left_ = r->left();
  if (stuck) {  // never seen, and better slow than spinning
    self_.failed("planning does not get on with " + std::to_string(left_) + " items");
    return retry_later();
  }
  if (left_ > 0) plan_wanted_ = true;
  if (work) event(lifecycle_event::work_found, "planned");
  if (r->disk_size() > 0) {
    batch_.assign(r->disk().begin(), r->disk().end());
    return stage();
  }
  step();
}

void vault_engine::stage() {
  staging_ = true;
  pb::Stage m;
  for (const auto& op : batch_) *m.add_disk() = op;
  self_.note("fetching for " + std::to_string(batch_.size()) + " items");
  self_.ask(applier_, std::move(m), transfer_ends_within, [this](result<pb::Staged> r) {
    staging_ = false;
    if (!r) {
      batch_.clear();
      return begin_with_recovery(r.error());
    }
    staged_ = true;  // what could not be fetched fails one by one in Execute, and waits
    step();
  });
}

void vault_engine::execute() {
  staged_ = false;
  executing_ = true;
  pb::Execute m;
  for (auto& op : batch_) {
    // What somebody does in a folder while we move it may be told under its former path.
    bool moves_folder = op.verb() == "move" || op.verb() == "aside";
    if (moves_folder && op.expected().kind() == static_cast<std::uint32_t>(item_kind::folder))
      trees_.insert(op.to_path());
    *m.add_disk() = std::move(op);
  }
  batch_.clear();
  self_.note("putting " + std::to_string(m.disk_size()) + " items in place");
  self_.ask(applier_, std::move(m), store_answers_within,
            [this](result<pb::DiskFinished> r) { executed(r); });
}

/// The applier may have died half-way: inspect what it left before anything else.
void vault_engine::begin_with_recovery(const error& why) {
  self_.failed(to_string(why));
  start_ = start_step::recover;
  retry_later();
}

void vault_engine::executed(const result<pb::DiskFinished>& r) {
  executing_ = false;
  self_.note("");
  if (!r) return begin_with_recovery(r.error());
  for (const auto& f : r->look_again()) folders_.insert(f);
  bool full = false;
  for (const auto& why : r->reasons()) full |= why == name_of(errc::disk_full);
  if (full) block(block_reason::disk_full);
  else if (r->done() > 0) unblock(block_reason::disk_full);
  if (r->done() > 0) {
    own_work_ = self_.now();
    retry_ = 0ms;
    plan_wanted_ = true;
  }
  if (r->failed() > 0) retry_later();
  step();
}

// -- time --------------------------------------------------------------------------------------

void vault_engine::tick_in(std::chrono::milliseconds wait) {
  auto due = self_.now() + wait;
  if (tick_at_ != never && tick_at_ <= due && tick_at_ > self_.now()) return;
  tick_at_ = due;
  self_.delay(wait, pb::Tick{});
}

void vault_engine::retry_later() {
  retry_ = retry_ == 0ms ? doors_.config.retry_first
                         : std::min(retry_ * 2, doors_.config.retry_most);
  next_retry_ = self_.now() + retry_;
  tick_in(retry_);
  step();
}

void vault_engine::look_at_suspects() {
  self_.ask(store_, pb::AskSuspects{}, store_answers_within, [this](result<pb::FoldersTouched> r) {
    if (!r) return;
    for (const auto& f : r->folders()) folders_.insert(f);
    step();
  });
}

void vault_engine::handle(const pb::Tick&) {
  if (resync_asked_) throw actors::integrity_violation("panic-resync was asked for");
  if (paused_ && paused_until_ns_ != 0 && doors_.clock->wall_now_ns() >= paused_until_ns_) handle(pb::Resume{});
  auto now = self_.now();
  if (tick_at_ != never && tick_at_ <= now) tick_at_ = never;
  if (next_retry_ != never && next_retry_ <= now) {
    next_retry_ = never;
    plan_wanted_ = true;
    everything_ |= std::exchange(everything_later_, false);
    folders_.merge(unread_);
    unread_.clear();
    if (engine::clears_itself(blocked_) && blocked_ == block_reason::root_missing) {
      blocked_ = block_reason::none;  // look again; it blocks anew if it is still missing
      // What was open may be of the other one: everything anew, but for what the index has yet to tell.
      start_ = std::min(start_, start_step::recover);
      everything_ = true;
    }
    self_.send(store_, pb::WakeWaiting{});
  }
  if (next_rescan_ != never && next_rescan_ <= now) {
    next_rescan_ = never;
    everything_ = true;
    self_.send(store_, pb::DistrustSome{});
  }
  if (next_suspects_ != never && next_suspects_ <= now) {
    next_suspects_ = never;
    look_at_suspects();
  }
  wait_for_the_end_of_the_pause();
  for (auto due : {next_retry_, next_rescan_, next_suspects_})
    if (due != never)
      tick_in(std::chrono::duration_cast<std::chrono::milliseconds>(due - now) + 1ms);
  step();
}

// -- state -------------------------------------------------------------------------------------

void vault_engine::event(lifecycle_event e, const std::string& why) {
  auto after = engine::next(state_, e);
  if (!after) {
    // Work is found before the first snapshot, too; only a jump between states is a bug.
    if (e != lifecycle_event::work_found && e != lifecycle_event::work_done)
      log::error("lifecycle.illegal", "state={} event={}", engine::name_of(state_), engine::name_of(e));
    return;
  }
  if (*after == state_) return;
  log::info("lifecycle", "vault={} from={} to={} event={} why={}", to_string(vault_.vault),
            engine::name_of(state_), engine::name_of(*after), engine::name_of(e), why);
  state_ = *after;
  pb::RecordState m;
  m.set_state(std::string(engine::name_of(state_)));
  m.set_reason(blocked_ == block_reason::none ? why : std::string(engine::name_of(blocked_)));
  if (paused_) m.set_until_ns(paused_until_ns_);
  self_.ask(store_, m, store_answers_within, [](result<pb::Done>) {});
}

void vault_engine::block(block_reason why, const std::string& detail) {
  detail_ = detail;
  if (blocked_ == why) return;
  blocked_ = why;
  log::warn("vault.blocked", "vault={} reason={}", to_string(vault_.vault), engine::name_of(why));
  event(lifecycle_event::block, std::string(engine::name_of(why)));
  settle_checks();
}

void vault_engine::unblock(block_reason why) {
  if (blocked_ != why && !(why == block_reason::root_missing && state_ == lifecycle::blocked &&
                           blocked_ == block_reason::none))
    return;
  blocked_ = block_reason::none;
  event(lifecycle_event::unblock, "the cause is gone");
  if (bootstrapped_) event(lifecycle_event::snapshot_loaded, "unblocked");
}

}  // namespace tinysync::client
