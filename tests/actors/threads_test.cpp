// The real scheduler, real threads, real time. To be run under TSan too (tsan.supp).
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "actors/system.hpp"
#include "actors/worker_pool.hpp"
#include "tests/actors/kit.hpp"

namespace tinysync::actors {
namespace {

/// A program's I/O thread: runs what is posted, in order.
class loop {
 public:
  loop() : thread_([this] { run(); }) {}
  ~loop() {
    post(nullptr);
    thread_.join();
  }
  void post(std::function<void()> f) {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(f));
    wake_.notify_one();
  }

 private:
  void run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return !jobs_.empty(); });
      auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      if (!job) return;
      job();
    }
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> jobs_;
  std::thread thread_;
};

/// Counts down from any thread.
class latch {
 public:
  explicit latch(int n) : left_(n) {}
  void done() {
    std::lock_guard lock(mutex_);
    if (--left_ <= 0) all_.notify_all();
  }
  bool wait(std::chrono::seconds limit = 120s) {
    std::unique_lock lock(mutex_);
    return all_.wait_for(lock, limit, [&] { return left_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_;
  int left_;
};

supervisor_spec probes(int n, std::uint32_t max_restarts = 1000000) {
  supervisor_spec tree{
      .name = "root", .budget = {.max_restarts = max_restarts, .backoff = 1ms, .backoff_max = 5ms}};
  for (int i = 0; i < n; ++i) {
    auto where = i % 2 ? runs_on::own_thread : runs_on::scheduler;
    tree.children.push_back(child<probe_face, probe>("p" + std::to_string(i), where, nullptr));
  }
  return tree;
}

TEST(threads, four_clients_and_injected_crashes_leave_no_request_unanswered) {
  constexpr int clients = 4;
  constexpr int requests = 5000;
  system s;
  s.start(probes(4));
  std::atomic<int> answered{0};
  std::atomic<int> failed{0};
  latch all(clients * requests);
  {
    std::vector<std::thread> threads;
    for (int c = 0; c < clients; ++c) {
      threads.emplace_back([&, c] {
        loop io;
        gateway g([&io](auto f) { io.post(std::move(f)); });
        latch mine(requests);
        auto note = [&](auto& r) {
          r ? ++answered : ++failed;
          mine.done();
          all.done();
        };
        for (int i = 0; i < requests; ++i) {
          auto to = s.directory().find<probe_face>("/root/p" + std::to_string((c + i) % 4));
          if (i % 100 == 50) {
            g.ask(to, word("boom " + std::to_string(c * requests + i)), 60s,
                  [&](result<StringValue> r) { note(r); });
          } else {
            g.ask(to, number(1), 60s, [&](result<Int64Value> r) { note(r); });
          }
          if (i % 7 == 0) to.tell(number(1));
        }
        EXPECT_TRUE(mine.wait());
      });
    }
    for (auto& t : threads) t.join();
  }
  EXPECT_TRUE(all.wait());
  EXPECT_EQ(answered + failed, clients * requests);
  EXPECT_GT(answered, 0);
  EXPECT_GE(failed, clients * requests / 100);
  EXPECT_TRUE(s.stop());
}

TEST(threads, a_gateway_may_close_while_answers_are_on_their_way) {
  system s;
  s.start(probes(2));
  auto p = s.directory().find<probe_face>("/root/p0");
  for (int round = 0; round < 50; ++round) {
    loop io;
    auto g = std::make_unique<gateway>([&io](auto f) { io.post(std::move(f)); });
    for (int i = 0; i < 50; ++i) g->ask(p, number(1), 1s, [](result<Int64Value>) {});
    latch closed(1);
    io.post([&] {
      g->close();
      closed.done();
    });
    EXPECT_TRUE(closed.wait());
    // What was posting already still needs the loop: an answer of the same actor comes after it.
    latch fence(1);
    gateway other([](auto f) { f(); });
    other.ask(p, number(1), 1min, [&](result<Int64Value>) { fence.done(); });
    EXPECT_TRUE(fence.wait());
  }
}

TEST(threads, timeouts_come_in_real_time) {
  struct deaf {
    later<Int64Value> handle(const Int64Value&, context& self) {
      return kept = later<Int64Value>(self);
    }
    later<Int64Value> kept;
  };
  using deaf_face = protocol<asks<Int64Value, Int64Value>>;
  system s;
  s.start({.name = "root", .children = {child<deaf_face, deaf>("d", runs_on::scheduler)}});
  latch done(1);
  auto code = errc::internal;
  gateway g([](auto f) { f(); });
  g.ask(s.directory().find<deaf_face>("/root/d"), number(1), 20ms, [&](result<Int64Value> r) {
    code = code_of(r);
    done.done();
  });
  EXPECT_TRUE(done.wait());
  EXPECT_EQ(code, errc::timeout);
}

TEST(threads, the_root_failure_is_reported) {
  latch failed(1);
  error why;
  system s({.on_root_failure = [&](const error& e) {
    why = e;
    failed.done();
  }});
  s.start(probes(2, 0));
  s.directory().find<probe_face>("/root/p1").tell(word("boom"));
  EXPECT_TRUE(failed.wait());
  EXPECT_EQ(why.code, errc::escalated);
  EXPECT_TRUE(s.stop());
}

TEST(threads, a_pool_does_blocking_work_beside_the_scheduler) {
  struct caller {
    explicit caller(worker_pool p) : pool(std::move(p)) {}
    later<Int64Value> handle(const Int64Value& n, context& self) {
      later<Int64Value> answer(self);
      self.run_blocking(
          pool, [x = n.value()] { return x + 1; },
          [answer](std::int64_t r) { answer.deliver(number(r)); });
      return answer;
    }
    worker_pool pool;
  };
  using caller_face = protocol<asks<Int64Value, Int64Value>>;
  worker_pool pool("pool", 3);
  system s;
  s.start({.name = "root",
           .children = {pool.spec(), child<caller_face, caller>("c", runs_on::scheduler, pool)}});
  auto c = s.directory().find<caller_face>("/root/c");
  gateway g([](auto f) { f(); });
  latch up(1);
  g.ask(c, number(0), 1min, [&](result<Int64Value>) { up.done(); });
  EXPECT_TRUE(up.wait());  // before, at most 1024 would be held
  latch all(2000);
  std::atomic<int> right{0};
  for (int i = 0; i < 2000; ++i) {
    g.ask(c, number(i), 1min, [&, i](result<Int64Value> r) {
      right += r && r->value() == i + 1;
      all.done();
    });
  }
  EXPECT_TRUE(all.wait());
  EXPECT_EQ(right, 2000);
}

TEST(threads, a_stop_that_waits_for_a_stuck_handler_says_so_and_ends_with_it) {
  struct gate {
    std::mutex mutex;
    std::condition_variable open;
    bool is_open = false;
    latch entered{1};
  };
  struct stuck {
    explicit stuck(gate* g) : g(g) {}
    void handle(const Empty&) {
      g->entered.done();
      std::unique_lock lock(g->mutex);
      g->open.wait(lock, [&] { return g->is_open; });
    }
    gate* g;
  };
  gate g;
  system s;
  s.start({.name = "root",
           .children = {child<protocol<tells<Empty>>, stuck>("s", runs_on::own_thread, &g)}});
  s.directory().find<protocol<tells<Empty>>>("/root/s").tell(Empty{});
  EXPECT_TRUE(g.entered.wait());
  EXPECT_FALSE(s.stop(50ms));
  {
    std::lock_guard lock(g.mutex);
    g.is_open = true;
    g.open.notify_all();
  }
  EXPECT_TRUE(s.stop());
  EXPECT_EQ(s.inspect().state, "stopped");
}

TEST(threads, inspection_is_safe_while_everything_moves) {
  system s;
  s.start(probes(4));
  std::atomic<bool> stop{false};
  std::thread inspector([&] {
    while (!stop) EXPECT_EQ(s.inspect().name, "root");
  });
  gateway g([](auto f) { f(); });
  latch all(4000);
  for (int i = 0; i < 4000; ++i) {
    auto to = s.directory().find<probe_face>("/root/p" + std::to_string(i % 4));
    auto done = [&](const auto&) { all.done(); };
    if (i % 200 == 0) {
      g.ask(to, word("boom " + std::to_string(i)), 1min, [=](result<StringValue> r) { done(r); });
    } else {
      g.ask(to, number(1), 1min, [=](result<Int64Value> r) { done(r); });
    }
  }
  EXPECT_TRUE(all.wait());
  stop = true;
  inspector.join();
}

TEST(threads, systems_come_and_go) {
  for (int i = 0; i < 20; ++i) {
    system s;
    s.start(probes(4));
    s.directory().find<probe_face>("/root/p1").tell(number(1));
  }
}

}  // namespace
}  // namespace tinysync::actors
