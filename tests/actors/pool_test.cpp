#include "actors/worker_pool.hpp"

#include "tests/actors/kit.hpp"

namespace tinysync::actors {
namespace {

/// Int64: the square, computed on the pool. String: fails in the way it says.
class client_actor {
 public:
  explicit client_actor(worker_pool pool) : pool_(std::move(pool)) {}
  later<Int64Value> handle(const Int64Value& n, context& self) {
    later<Int64Value> answer(self);
    auto job = [x = n.value()] { return x * x; };
    self.run_blocking(pool_, job,
                      [answer](std::int64_t square) { answer.deliver(number(square)); });
    return answer;
  }
  later<StringValue> handle(const StringValue& w, context& self) {
    later<StringValue> answer(self);
    auto failing = [how = w.value()]() -> int { throw integrity_violation(how); };
    if (w.value() == "rethrown") {
      self.run_blocking(pool_, failing, [answer](int) {});
    } else if (w.value() == "result") {
      self.run_blocking(pool_, failing, [answer](result<int> r) { answer.fail(r.error()); });
    } else if (w.value() == "own result") {
      auto job = []() -> result<int> { return failure(errc::disk_full); };
      self.run_blocking(pool_, job, [answer](result<int> r) { answer.fail(r.error()); });
    } else {
      self.run_blocking(
          pool_, [] {}, [answer, &self] { answer.deliver(word(std::string(self.correlation()))); });
    }
    return answer;
  }

 private:
  worker_pool pool_;
};
using client_face = protocol<asks<Int64Value, Int64Value>, asks<StringValue, StringValue>>;

struct pools : stage {
  void start_with(worker_pool pool) {
    start({.children = {pool.spec(),
                        child<client_face, client_actor>("c", runs_on::scheduler, pool)}});
    c = at<client_face>("c");
  }
  ref<client_face> c;
};

TEST_F(pools, run_jobs_and_bring_the_result_home) {
  start_with(worker_pool("hashing", 3));
  int right = 0;
  for (int i = 0; i < 100; ++i) {
    outside.ask(c, number(i), 1min, [&, i](result<Int64Value> r) { right += r->value() == i * i; });
  }
  sim.settle();
  EXPECT_EQ(right, 100);
  EXPECT_EQ(sim.inspect("/root/hashing").children.size(), 3u);
}

TEST_F(pools, keep_the_correlation) {
  start_with(worker_pool("hashing"));
  std::string got;
  outside.ask(
      c, word("x"), 1min, [&](result<StringValue> r) { got = r->value(); }, {}, "id-1");
  sim.settle();
  EXPECT_EQ(got, "id-1");
}

TEST_F(pools, a_job_that_throws_is_an_error_or_the_callers_own_failure) {
  start_with(worker_pool("hashing"));
  EXPECT_EQ(code_of(ask(c, word("result"))), errc::crashed);
  EXPECT_EQ(code_of(ask(c, word("own result"))), errc::disk_full);
  EXPECT_EQ(sim.inspect("/root/c").restarts, 0u);
  EXPECT_EQ(code_of(ask(c, word("rethrown"))), errc::crashed);
  EXPECT_EQ(sim.inspect("/root/c").last_error.substr(0, 8), "rethrown");
  EXPECT_EQ(ask(c, number(3))->value(), 9);
  EXPECT_EQ(sim.inspect("/root/c").restarts, 1u);
}

TEST_F(pools, refuse_what_exceeds_their_queue) {
  worker_pool pool("hashing", 1, 5);
  int ran = 0;
  std::vector<errc> refused;
  for (int i = 0; i < 7; ++i) {
    pool.submit([&] { ++ran; }, [&](error e) { refused.push_back(e.code); });
  }
  EXPECT_EQ(pool.waiting(), 5u);
  EXPECT_EQ(refused, std::vector<errc>(2, errc::overloaded));
  start_with(pool);  // jobs given before the workers started waited for them
  EXPECT_EQ(ran, 5);
}

TEST_F(pools, refuse_what_waits_when_they_end) {
  worker_pool pool("hashing", 1);
  std::vector<errc> refused;
  start_with(pool);
  for (int i = 0; i < 3; ++i) pool.submit([] {}, [&](error e) { refused.push_back(e.code); });
  sim.kill("root");
  sim.settle();
  EXPECT_EQ(refused, std::vector<errc>(3, errc::unreachable));
}

}  // namespace
}  // namespace tinysync::actors
