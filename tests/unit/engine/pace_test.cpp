// How often a file that keeps changing is taken.

#include <gtest/gtest.h>

#include "client/engine/pace.hpp"
#include "tests/support/memory_trees.hpp"

namespace tinysync::engine {
namespace {

constexpr std::int64_t ms = 1'000'000, second = 1000 * ms;
constexpr std::int64_t start = 1'700'000'000 * second;
const item_id f = nth(1), g = nth(2);

/// Changes every `every` ns for `length`; how often it was taken.
int takes(std::int64_t every, std::int64_t length) {
  pace p;
  int n = 0;
  for (auto t = start; t < start + length; t += every) {
    if (p.hold_until(f, t, t)) {
      p.held(f, t);
      continue;
    }
    p.taken(f, t);
    ++n;
  }
  return n;
}

TEST(pace, a_lone_save_and_a_few_in_a_row_are_taken_at_once) {
  EXPECT_EQ(takes(60 * second, 600 * second), 10);
  EXPECT_EQ(takes(100 * ms, 300 * ms), 3);
}

TEST(pace, ten_changes_a_second_are_taken_every_ten_seconds) {
  auto n = takes(100 * ms, 600 * second);
  EXPECT_GE(n, 55);
  EXPECT_LE(n, 65);
}

TEST(pace, it_is_taken_as_soon_as_it_is_left_alone) {
  pace p;
  for (int i = 0; i < 3; ++i) p.taken(f, start);
  auto until = p.hold_until(f, start + 200 * ms, start + 200 * ms);
  ASSERT_TRUE(until);
  EXPECT_EQ(*until, start + 1200 * ms);
  EXPECT_FALSE(p.hold_until(f, start + 200 * ms, *until));
}

TEST(pace, what_changes_all_the_time_waits_no_longer_than_ten_seconds) {
  pace p;
  for (int i = 0; i < 3; ++i) p.taken(f, start);
  EXPECT_TRUE(p.hold_until(f, start + 9'900 * ms, start + 9'900 * ms));
  EXPECT_FALSE(p.hold_until(f, start + 10 * second, start + 10 * second));
}

TEST(pace, others_are_not_held_by_it) {
  pace p;
  for (int i = 0; i < 9; ++i) p.taken(f, start);
  EXPECT_FALSE(p.hold_until(g, start, start));
}

TEST(pace, a_ctime_of_the_future_and_a_clock_set_back_hold_nothing_for_long) {
  pace p;
  for (int i = 0; i < 3; ++i) p.taken(f, start);
  EXPECT_EQ(p.hold_until(f, start + 3600 * second, start + second), start + 10 * second);
  EXPECT_FALSE(p.hold_until(f, start - 3600 * second, start - 3600 * second));
}

TEST(pace, what_is_held_is_counted_until_it_is_taken_or_gone) {
  pace p;
  p.held(f, start);
  p.held(g, start);
  EXPECT_EQ(p.holding().size(), 2u);
  p.taken(f, start + second);
  p.gone(g);
  EXPECT_EQ(p.holding().size(), 0u);
}

}  // namespace
}  // namespace tinysync::engine
