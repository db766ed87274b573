#include "actors/detail/clocks.hpp"

#include <algorithm>

namespace tinysync::actors::detail {

std::uint64_t timer_queue::add(time_point due, std::function<void()> job) {
  auto id = ++last_;
  by_id_[id] = jobs_.emplace(due, entry{id, std::move(job)});
  return id;
}

bool timer_queue::cancel(std::uint64_t id) {
  auto found = by_id_.find(id);
  if (found == by_id_.end()) return false;
  jobs_.erase(found->second);
  by_id_.erase(found);
  return true;
}

std::optional<time_point> timer_queue::next() const {
  if (jobs_.empty()) return {};
  return jobs_.begin()->first;
}

std::function<void()> timer_queue::pop() {
  auto first = std::move(jobs_.begin()->second);
  jobs_.erase(jobs_.begin());
  by_id_.erase(first.id);
  return std::move(first.job);
}

threaded_timers::threaded_timers() : thread_([this] { run(); }) {}
threaded_timers::~threaded_timers() { stop(); }

std::uint64_t threaded_timers::at(time_point due, std::function<void()> job) {
  std::lock_guard lock(mutex_);
  if (stopped_) return ~std::uint64_t{0};  // dropped
  auto first = queue_.next();
  auto id = queue_.add(due, std::move(job));
  if (!first || due < *first) wake_.notify_one();
  return id;
}

bool threaded_timers::cancel(std::uint64_t id) {
  std::lock_guard lock(mutex_);
  return queue_.cancel(id);
}

void threaded_timers::stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
  timer_queue dropped;
  std::lock_guard lock(mutex_);
  std::swap(dropped, queue_);
}

void threaded_timers::run() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    auto next = queue_.next();
    if (!next) {
      wake_.wait(lock);
    } else if (*next > now()) {
      wake_.wait_until(lock, *next);
    } else {
      auto job = queue_.pop();
      lock.unlock();
      job();
      job = nullptr;
      lock.lock();
    }
  }
}

void virtual_timers::fire_next() {
  now_ = std::max(now_, *queue_.next());
  queue_.pop()();
}

}  // namespace tinysync::actors::detail
