#pragma once
// The two clocks: one with a thread, one that is moved by hand.

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "actors/timers.hpp"

namespace tinysync::actors::detail {

/// What both have in common: jobs by due time, then by order of arrival.
class timer_queue {
 public:
  std::uint64_t add(time_point due, std::function<void()> job);
  bool cancel(std::uint64_t id);
  std::optional<time_point> next() const;
  /// The earliest job; there must be one.
  std::function<void()> pop();
  void clear() { jobs_.clear(), by_id_.clear(); }

 private:
  struct entry {
    std::uint64_t id;
    std::function<void()> job;
  };
  using queue = std::multimap<time_point, entry>;
  queue jobs_;
  std::map<std::uint64_t, queue::iterator> by_id_;
  std::uint64_t last_ = 0;
};

class threaded_timers final : public timers {
 public:
  threaded_timers();
  ~threaded_timers() override;

  time_point now() const override { return std::chrono::steady_clock::now(); }
  std::uint64_t at(time_point due, std::function<void()> job) override;
  bool cancel(std::uint64_t id) override;
  /// Joins the thread; pending and later jobs are dropped.
  void stop();

 private:
  void run();
  std::mutex mutex_;
  std::condition_variable wake_;
  timer_queue queue_;
  bool stopped_ = false;
  std::thread thread_;
};

class virtual_timers final : public timers {
 public:
  time_point now() const override { return now_; }
  std::uint64_t at(time_point due, std::function<void()> job) override {
    return queue_.add(due, std::move(job));
  }
  bool cancel(std::uint64_t id) override { return queue_.cancel(id); }

  std::optional<time_point> next() const { return queue_.next(); }
  /// Moves time to the earliest job, if it is not past already, and runs it.
  void fire_next();
  void move_to(time_point t) { now_ = t; }
  void clear() { queue_.clear(); }

 private:
  time_point now_{std::chrono::hours(1)};  // not 0: that reads as "never" in many a program
  timer_queue queue_;
};

}  // namespace tinysync::actors::detail
