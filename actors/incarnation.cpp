#include "actors/detail/incarnation.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "actors/detail/faults.hpp"
#include "actors/detail/runtime.hpp"
#include "proto/actors/common.pb.h"

namespace tinysync::actors::detail {

incarnation::incarnation(runtime& rt, std::uint64_t id, birth b)
    : runtime_(rt),
      id_(id),
      birth_(std::move(b)),
      context_(*this),
      random_(fnv(fnv(fnv_start, birth_.self->path()), rt.seed() + birth_.start.generation)) {}

// -- from any thread --------------------------------------------------------------------------

void incarnation::post(envelope e) {
  if (e.slot) e.slot->queued_at(fate_);
  std::shared_ptr<mailbox> box;
  {
    std::lock_guard lock(mutex_);
    if (ended_) return;  // dropped after the lock: a dropped request answers
    if (runtime_.trace) runtime_.trace(self(), e);
    queued_.push_back(runtime_.clock().now());
    if (!box_) {
      early_.push_back(std::move(e));
      return;
    }
    box = box_;
  }
  box->push(std::move(e));
}

void incarnation::post(const char* label, std::function<void(incarnation&)> task) {
  envelope e;
  e.task = std::move(task);
  e.label = label;
  post(std::move(e));
}

void incarnation::stop() {
  post("stop", [](incarnation& me) { me.begin_stopping(); });
}

void incarnation::kill() {
  killed_ = true;
  post("kill", [](incarnation&) {});  // wakes it up; `take` sees the flag before anything queued
}

void incarnation::when_ended(std::function<void()> then) {
  {
    std::lock_guard lock(mutex_);
    if (!gone_) return when_ended_.push_back(std::move(then));
  }
  then();
}

backlog incarnation::waiting() const {
  std::lock_guard lock(mutex_);
  if (ended_ || queued_.empty()) return {};
  return {queued_.size(), queued_.front()};
}

std::string incarnation::work() const {
  std::lock_guard lock(mutex_);
  auto text = note_;
  if (const char* type = in_hand_.load()) {
    if (!text.empty()) text += ' ';
    text.append("[").append(type).append("]");
  }
  return text;
}

// -- for the engine ---------------------------------------------------------------------------

void incarnation::attach(std::shared_ptr<mailbox> box) {
  std::lock_guard lock(mutex_);
  if (ended_) return;
  for (auto& e : early_) box->push(std::move(e));
  early_.clear();
  box_ = std::move(box);
}

template <class F>
void incarnation::guarded(const envelope* e, F&& step) {
  try {
    step();
  } catch (const asked_to_crash& x) {
    die(x.code, x.what());
    // It did as it was told: an answer, and no poison.
    if (hand_.slot) hand_.slot->deliver({message_ptr(std::make_shared<common::Crashed>()), {}});
  } catch (const integrity_violation& x) {
    crash(errc::integrity_violation, x.what(), e);
  } catch (const local_state_corrupt& x) {
    crash(errc::local_state_corrupt, x.what(), e);
  } catch (const std::exception& x) {
    crash(errc::crashed, x.what(), e);
  } catch (...) {
    crash(errc::crashed, "not a std::exception", e);
  }
}

bool incarnation::begin() {
  if (finished_) return false;
  if (killed_) over_ = true;
  if (over_) return false;
  guarded(nullptr, [this] {
    behaviour_ = birth_.make(context_);
    behaviour_->started(context_);
  });
  hand_ = {};
  if (!over_ && birth_.on_started) birth_.on_started(*this);
  return !over_;
}

bool incarnation::take(envelope& e) {
  {
    std::lock_guard lock(mutex_);
    if (!queued_.empty()) queued_.pop_front();
  }
  if (killed_) over_ = true;
  if (over_) return false;
  hand_ = {std::move(e.correlation), std::move(e.attachment), std::move(e.slot)};
  in_hand_ = e.message ? e.message->GetDescriptor()->full_name().c_str() : e.label;
  guarded(&e, [&] {
    if (e.task) return e.task(*this);
    dispatch(e);
  });
  in_hand_ = nullptr;
  hand_ = {};
  return !over_;
}

void incarnation::dispatch(envelope& e) {
  const table_entry* row = nullptr;
  if (birth_.table) {
    for (auto& entry : *birth_.table) {
      if (entry.message == e.message->GetDescriptor()) row = &entry;
    }
  }
  if (!row) {
    self().count_refused();
    if (hand_.slot) hand_.slot->fail({errc::unexpected_message, e.message->GetTypeName()});
    return;
  }
  self().count_handled(now());
  if (hand_.slot) hand_.slot->taken();
  row->invoke(behaviour_->object(), *e.message, context_);
}

void incarnation::crash(errc code, std::string what, const envelope* e) {
  die(code, std::move(what));
  if (e && e->message) poison_ = poison_key(*e->message);
  if (hand_.slot) hand_.slot->fail(*exit_);
}

/// Before any answer goes out: whoever asks again at once must not reach the dying actor.
void incarnation::die(errc code, std::string what) {
  fate_->leftover = errc::crashed;
  fate_->dying = true;
  over_ = true;
  exit_ = error{code, std::move(what)};
  self().failed(to_string(*exit_));
}

void incarnation::finish() {
  if (std::exchange(finished_, true)) return;
  over_ = true;
  if (!fate_->dying) {
    fate_->leftover = self().closed() ? errc::unreachable : errc::restarting;
    fate_->dying = true;
  }
  questions_.clear();
  if (armed_) runtime_.clock().cancel(std::exchange(armed_, 0));
  timer_index_.clear();
  timers_.clear();
  behaviour_.reset();
  hand_ = {};
  std::shared_ptr<mailbox> box;
  std::vector<envelope> early;
  std::lock_guard lock(mutex_);
  ended_ = true;
  box.swap(box_);
  early.swap(early_);
}

void incarnation::announce() {
  if (std::exchange(announced_, true)) return;
  runtime_.forget(id_);
  if (birth_.on_exit) birth_.on_exit(exit_, poison_);
  std::vector<std::function<void()>> waiting;
  {
    std::lock_guard lock(mutex_);
    gone_ = true;
    waiting.swap(when_ended_);
  }
  for (auto& then : waiting) then();
}

void incarnation::vanish() {
  killed_ = true;
  announced_ = true;
  std::shared_ptr<mailbox> box;
  {
    std::lock_guard lock(mutex_);
    box = box_;
  }
  finish();
  runtime_.forget(id_);
  if (box) box->push({});  // its next step finds out that it is over
}

// -- for the actor itself ---------------------------------------------------------------------

time_point incarnation::now() const { return runtime_.clock().now(); }

void incarnation::begin_stopping() {
  if (!behaviour_->stopping(context_)) over_ = true;
}

void incarnation::end(std::optional<error> why) {
  if (why) self().failed(to_string(*why));
  exit_ = std::move(why);
  over_ = true;
}

void incarnation::note(std::string what) {
  std::lock_guard lock(mutex_);
  note_ = std::move(what);
}

std::uint64_t incarnation::add_timer(duration wait, std::function<void()> job) {
  auto id = ++last_id_;
  timer_index_[id] = timers_.emplace(now() + wait, timer{id, std::move(job)});
  arm();
  return id;
}

void incarnation::cancel_timer(std::uint64_t id) {
  auto found = timer_index_.find(id);
  if (found == timer_index_.end()) return;
  timers_.erase(found->second);
  timer_index_.erase(found);
}

/// One timer of the system's clock is armed for the earliest of ours.
void incarnation::arm() {
  if (timers_.empty() || finished_) return;
  auto due = timers_.begin()->first;
  if (armed_ && armed_for_ <= due) return;
  if (armed_) runtime_.clock().cancel(armed_);
  armed_for_ = due;
  armed_ = runtime_.clock().at(due, [weak = weak_from_this()] {
    if (auto me = weak.lock()) me->post("timer", [](incarnation& self) { self.fire_due(); });
  });
}

void incarnation::fire_due() {
  armed_ = 0;
  auto until = now();
  while (!over_ && !timers_.empty() && timers_.begin()->first <= until) {
    auto due = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    timer_index_.erase(due.id);
    due.job();
  }
  arm();
}

void incarnation::ask(const any_ref& to, message_ptr message, duration timeout,
                      continuation on_answer, bulk attachment) {
  auto id = ++last_id_;
  auto late = add_timer(timeout, [this, id, path = to.path(), type = message->GetTypeName()] {
    settle(id, {failure(errc::timeout, type + " to " + path), {}});
  });
  questions_.emplace(id, question{std::move(on_answer), hand_.correlation, late});
  auto slot = std::make_shared<answer_slot>([weak = weak_from_this(), id](raw_answer&& answer) {
    auto me = weak.lock();
    if (!me) return;
    me->post("answer", [id, kept = std::move(answer)](incarnation& self) mutable {
      self.settle(id, std::move(kept));
    });
  });
  if (!to) return;  // the slot answers
  to.target()->deliver(
      {std::move(message), std::move(attachment), hand_.correlation, std::move(slot), {}, ""});
}

void incarnation::settle(std::uint64_t question_id, raw_answer answer) {
  auto found = questions_.find(question_id);
  if (found == questions_.end()) return;  // came after its timeout
  auto asked = std::move(found->second);
  questions_.erase(found);
  cancel_timer(asked.timer);
  hand_.correlation = std::move(asked.correlation);
  hand_.attachment = answer.attachment;
  asked.on_answer(std::move(answer));
}

void incarnation::delay(duration wait, message_ptr message) {
  add_timer(wait, [this, message = std::move(message), correlation = hand_.correlation] {
    envelope e;
    e.message = message;
    e.correlation = correlation;
    post(std::move(e));
  });
}

}  // namespace tinysync::actors::detail
