#include "actors/worker_pool.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <vector>

namespace tinysync::actors {
namespace detail {
namespace {

/// Runs once, or tells that it never will.
class job {
 public:
  job(std::function<void()> work, std::function<void(error)> refused)
      : work_(std::move(work)), refused_(std::move(refused)) {}
  job(const job&) = delete;
  job& operator=(const job&) = delete;
  ~job() { refuse({errc::unreachable, "the worker pool has ended"}); }

  void run() {
    refused_ = nullptr;
    try {
      std::exchange(work_, nullptr)();
    } catch (...) {  // contract of submit
    }
  }
  void refuse(error why) {
    if (auto f = std::exchange(refused_, nullptr)) f(std::move(why));
  }

 private:
  std::function<void()> work_;
  std::function<void(error)> refused_;
};

using job_ptr = std::shared_ptr<job>;

}  // namespace

/// The queue and the workers that wait for a job. Thread-safe.
class pool_core {
 public:
  using runner = std::function<void(job_ptr)>;

  explicit pool_core(std::size_t queue_limit) : limit_(queue_limit) {}

  void submit(job_ptr j) {
    runner worker;
    {
      std::lock_guard lock(mutex_);
      if (idle_.empty()) {
        if (jobs_.size() < limit_) return jobs_.push_back(std::move(j));
      } else {
        worker = std::move(idle_.front().run);
        idle_.pop_front();
      }
    }
    if (worker) return worker(std::move(j));
    j->refuse({errc::overloaded, "too many jobs wait in the worker pool"});
  }
  void join() {
    std::lock_guard lock(mutex_);
    ++workers_;
  }
  /// The worker is free: gives it a job or remembers it.
  void want(const void* who, runner run) {
    job_ptr next;
    {
      std::lock_guard lock(mutex_);
      if (jobs_.empty()) return idle_.push_back({who, std::move(run)});
      next = std::move(jobs_.front());
      jobs_.pop_front();
    }
    run(std::move(next));
  }
  /// What is queued when the last worker leaves is refused.
  void leave(const void* who) {
    std::deque<job_ptr> refused;
    std::lock_guard lock(mutex_);
    std::erase_if(idle_, [&](auto& i) { return i.who == who; });
    if (--workers_ == 0) refused.swap(jobs_);
  }
  std::size_t waiting() const {
    std::lock_guard lock(mutex_);
    return jobs_.size();
  }

 private:
  struct idle_worker {
    const void* who;
    runner run;
  };
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::deque<job_ptr> jobs_;
  std::deque<idle_worker> idle_;
  std::size_t workers_ = 0;
};

namespace {

class pool_worker {
 public:
  pool_worker(context& self, std::shared_ptr<pool_core> core)
      : core_(std::move(core)), home_(self.executor()) {
    core_->join();
  }
  pool_worker(const pool_worker&) = delete;
  pool_worker& operator=(const pool_worker&) = delete;
  ~pool_worker() { core_->leave(this); }

  void started(context&) { want(); }

 private:
  void want() {
    core_->want(this, [this, home = home_](job_ptr j) {
      home([this, j] {  // dropped, and the job refused, if this worker has ended
        j->run();
        want();
      });
    });
  }
  std::shared_ptr<pool_core> core_;
  std::function<void(std::function<void()>)> home_;
};

}  // namespace
}  // namespace detail

worker_pool::worker_pool(std::string name, std::size_t workers, std::size_t queue_limit)
    : name_(std::move(name)),
      workers_(std::max<std::size_t>(workers, 1)),
      core_(std::make_shared<detail::pool_core>(queue_limit)) {}

supervisor_spec worker_pool::spec() const {
  supervisor_spec tree{.name = name_};
  for (std::size_t i = 1; i <= workers_; ++i) {
    auto name = "worker_" + std::to_string(i);
    tree.children.push_back(
        child<protocol<>, detail::pool_worker>(name, runs_on::own_thread, core_));
  }
  return tree;
}

void worker_pool::submit(std::function<void()> job, std::function<void(error)> refused) const {
  core_->submit(std::make_shared<detail::job>(std::move(job), std::move(refused)));
}

std::size_t worker_pool::waiting() const { return core_->waiting(); }

}  // namespace tinysync::actors
