#include <gtest/gtest.h>

#include "actors/credit.hpp"
#include "actors/restart_policy.hpp"

namespace tinysync::actors {
namespace {

using namespace std::chrono_literals;

TEST(restart_policy, plans_follow_the_strategy) {
  struct row {
    strategy how;
    errc why;
    std::size_t from, to;
    bool resync;
  };
  for (auto& r : std::vector<row>{
           {strategy::one_for_one, errc::crashed, 1, 2, false},
           {strategy::one_for_one, errc::integrity_violation, 1, 2, false},
           {strategy::rest_for_one, errc::crashed, 1, 4, false},
           {strategy::one_for_all, errc::crashed, 0, 4, false},
           {strategy::resync, errc::crashed, 1, 2, false},
           {strategy::resync, errc::escalated, 1, 2, false},
           {strategy::resync, errc::integrity_violation, 0, 4, true},
           {strategy::resync, errc::local_state_corrupt, 0, 4, true},
       }) {
    auto plan = plan_restart(r.how, 4, 1, r.why);
    EXPECT_EQ(plan.from, r.from);
    EXPECT_EQ(plan.to, r.to);
    EXPECT_EQ(plan.resync, r.resync);
  }
}

TEST(restart_policy, the_backoff_doubles_up_to_its_limit_with_at_most_a_quarter_of_jitter) {
  budget limits{.backoff = 10ms, .backoff_max = 100ms};
  duration base = 10ms;
  for (std::uint32_t failures = 1; failures < 100; ++failures) {
    for (std::uint64_t random : {0ull, 1ull, 999999937ull, ~0ull}) {
      auto wait = backoff_for(limits, failures, random);
      EXPECT_GE(wait, base);
      EXPECT_LE(wait, base + base / 4);
    }
    base = std::min<duration>(base * 2, 100ms);
  }
  EXPECT_EQ(backoff_for({.backoff = 0ms}, 3, 12345), 0ms);
}

TEST(restart_policy, the_window_forgets_old_failures) {
  budget limits{.max_restarts = 2, .window = 10s};
  failure_window w;
  time_point t{1h};
  EXPECT_FALSE(w.exceeds(limits, t));
  EXPECT_FALSE(w.exceeds(limits, t + 1s));
  EXPECT_FALSE(w.exceeds(limits, t + 12s));  // the first two are forgotten
  EXPECT_FALSE(w.exceeds(limits, t + 13s));
  EXPECT_TRUE(w.exceeds(limits, t + 14s));
}

TEST(credit, the_consumer_grants_again_at_half_a_window) {
  credit_window w(10);
  EXPECT_EQ(w.open(), 10u);
  EXPECT_EQ(w.open(), 0u);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(w.consumed(), 0u);
  EXPECT_EQ(w.consumed(), 5u);
  EXPECT_EQ(w.consumed(7), 7u);
  w.reset();
  EXPECT_EQ(w.open(), 10u);
}

TEST(credit, a_producer_never_has_more_than_the_window_under_way) {
  for (std::uint32_t size : {1u, 2u, 3u, 7u, 64u}) {
    credit_window consumer(size);
    credit producer;
    producer.grant(consumer.open());
    std::uint32_t under_way = 0;
    std::uint32_t handled = 0;
    while (handled < 1000) {
      while (producer.spend()) ++under_way;
      ASSERT_LE(under_way, size);
      ASSERT_GT(under_way, 0u);  // never stuck
      --under_way;
      ++handled;
      producer.grant(consumer.consumed());
    }
  }
}

}  // namespace
}  // namespace tinysync::actors
