#include "actors/detail/cell.hpp"

#include <google/protobuf/message.h>

#include <algorithm>
#include <cmath>

#include "actors/detail/incarnation.hpp"

namespace tinysync::actors::detail {
namespace {

constexpr std::size_t hold_limit = 1024;
constexpr double rate_memory_s = 10;

double decay(time_point from, time_point to) {
  return std::exp(-std::chrono::duration<double>(to - from).count() / rate_memory_s);
}

const char* name_of(lifecycle state) {
  switch (state) {
    case lifecycle::restarting:
      return "restarting";
    case lifecycle::up:
      return "up";
    case lifecycle::stopping:
      return "stopping";
    case lifecycle::stopped:
      break;
  }
  return "stopped";
}

}  // namespace

std::string poison_key(const google::protobuf::Message& message) {
  return message.GetTypeName() + "{" + message.SerializePartialAsString() + "}";
}

cell::cell(std::string path, std::uint64_t id, std::shared_ptr<timers> clock)
    : path_(std::move(path)), id_(id), clock_(std::move(clock)) {}

void cell::deliver(envelope e) {
  if (has_poison_.load(std::memory_order_relaxed) && poisoned(e)) return refuse(e, errc::poisoned);
  std::shared_ptr<incarnation> to;
  auto refusal = errc::restarting;
  {
    std::lock_guard lock(mutex_);
    if (state_ == lifecycle::stopped) {
      refusal = errc::unreachable;
    } else if (target_ && !flushing_ && !target_->dying()) {
      bool full =
          face_.mailbox_limit != 0 && !e.task && target_->waiting().depth >= face_.mailbox_limit;
      if (full) refusal = errc::overloaded;
      if (!full) to = target_;
    } else if (held_.size() < hold_limit) {
      held_.push_back({std::move(e), clock_->now()});
      return;
    }
  }
  if (to) return to->post(std::move(e));
  refuse(e, refusal);
}

void cell::refuse(envelope& e, errc why) {
  count_refused();
  if (e.slot) e.slot->fail({why, path_});
}

bool cell::poisoned(const envelope& e) const {
  if (!e.message) return false;
  auto key = poison_key(*e.message);
  std::lock_guard lock(mutex_);
  return poison_.count(key) != 0;
}

void cell::open(cell_face face) {
  std::lock_guard lock(mutex_);
  face_ = std::move(face);
  if (state_ == lifecycle::stopped) {
    state_ = lifecycle::restarting;
    poison_.clear();
    has_poison_ = false;
  }
}

void cell::bind(const std::shared_ptr<incarnation>& target) {
  {
    std::lock_guard lock(mutex_);
    target_ = target;
    state_ = lifecycle::up;
    flushing_ = true;
  }
  // Senders keep being held until the backlog is gone, so that nothing overtakes it.
  for (;;) {
    std::deque<held_envelope> backlog;
    {
      std::lock_guard lock(mutex_);
      if (held_.empty() || target_ != target) {
        flushing_ = false;
        return;
      }
      backlog.swap(held_);
    }
    for (auto& h : backlog) {
      if (has_poison_.load(std::memory_order_relaxed) && poisoned(h.what)) {
        refuse(h.what, errc::poisoned);
      } else {
        target->post(std::move(h.what));
      }
    }
  }
}

void cell::hold(lifecycle why) {
  std::shared_ptr<incarnation> old;
  std::lock_guard lock(mutex_);
  old.swap(target_);
  if (state_ != lifecycle::stopped) state_ = why;
}

void cell::close() {
  std::shared_ptr<incarnation> old;
  std::deque<held_envelope> backlog;
  {
    std::lock_guard lock(mutex_);
    old.swap(target_);
    backlog.swap(held_);
    state_ = lifecycle::stopped;
  }
  for (auto& h : backlog) refuse(h.what, errc::unreachable);
}

bool cell::closed() const {
  std::lock_guard lock(mutex_);
  return state_ == lifecycle::stopped;
}

void cell::quarantine(std::string key) {
  std::lock_guard lock(mutex_);
  poison_.insert(std::move(key));
  has_poison_ = true;
}

std::shared_ptr<const face_table> cell::table() const {
  std::lock_guard lock(mutex_);
  return face_.table;
}

bool cell::is_supervisor() const {
  std::lock_guard lock(mutex_);
  return face_.supervisor;
}

const table_entry* cell::entry_for(const google::protobuf::Descriptor* type) const {
  std::lock_guard lock(mutex_);
  if (!face_.table) return nullptr;
  for (auto& entry : *face_.table) {
    if (entry.message == type) return &entry;
  }
  return nullptr;
}

void cell::count_handled(time_point now) {
  std::lock_guard lock(tally_mutex_);
  ++handled_;
  rate_ = rate_ * decay(rate_at_, now) + 1 / rate_memory_s;
  rate_at_ = now;
}

void cell::count_restart() {
  std::lock_guard lock(tally_mutex_);
  ++restarts_;
}

void cell::failed(std::string text) {
  std::lock_guard lock(tally_mutex_);
  last_error_ = std::move(text);
}

actor_view cell::view(time_point now) const {
  actor_view v;
  v.path = path_;
  v.name = path_.substr(path_.rfind('/') + 1);
  auto oldest = now;
  {
    std::lock_guard lock(mutex_);
    v.kind = face_.kind;
    v.state = name_of(state_ == lifecycle::up && target_ && target_->dying() ? lifecycle::restarting
                                                                             : state_);
    v.depth = held_.size();
    if (!held_.empty()) oldest = held_.front().since;
    if (target_) {
      auto waiting = target_->waiting();
      v.depth += waiting.depth;
      if (waiting.depth > 0) oldest = std::min(oldest, waiting.oldest);
      v.work = target_->work();
    }
  }
  v.oldest_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now - oldest).count());
  v.refused = refused_.load(std::memory_order_relaxed);
  std::lock_guard lock(tally_mutex_);
  v.handled = handled_;
  v.rate = rate_ * decay(rate_at_, now);
  v.restarts = restarts_;
  v.last_error = last_error_;
  return v;
}

}  // namespace tinysync::actors::detail
