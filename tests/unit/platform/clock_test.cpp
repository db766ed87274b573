#include <gtest/gtest.h>

#include <atomic>

#include "platform/clock/clock.hpp"
#include "platform/clock/resume.hpp"

namespace tinysync::clock {
namespace {

using namespace std::chrono_literals;

TEST(clock, the_machines_steady_time_never_goes_back) {
  auto a = system_clock_door().steady_now(), b = system_clock_door().steady_now();
  EXPECT_LE(a, b);
  EXPECT_GT(system_clock_door().wall_now_ns(), 1'600'000'000'000'000'000);
}

TEST(clock, a_jump_of_the_wall_clock_leaves_steady_time_alone) {
  manual_clock c(1000);
  c.advance(5ns);
  EXPECT_EQ(c.wall_now_ns(), 1005);
  EXPECT_EQ(c.steady_now(), 5ns);
  c.jump_wall(-1h);
  EXPECT_EQ(c.wall_now_ns(), 1005 - 3'600'000'000'000);
  EXPECT_EQ(c.steady_now(), 5ns);
}

TEST(iso8601, round_trips) {
  struct row {
    std::int64_t ns;
    const char* text;
  };
  for (auto [ns, text] : {row{0, "1970-01-01T00:00:00.000Z"},
                          row{1'700'000'000'123'000'000, "2023-11-14T22:13:20.123Z"},
                          row{-1'000'000, "1969-12-31T23:59:59.999Z"},
                          row{951'782'400'000'000'000, "2000-02-29T00:00:00.000Z"}}) {
    EXPECT_EQ(to_iso8601(ns), text);
    EXPECT_EQ(from_iso8601(text).value(), ns);
  }
  EXPECT_EQ(to_iso_date(951'782'400'000'000'000), "2000-02-29");
  EXPECT_EQ(from_iso8601("1970-01-01T00:00:00.000000001Z").value(), 1);
  EXPECT_EQ(from_iso8601("1970-01-01T00:00:01Z").value(), 1'000'000'000);
}

TEST(iso8601, refuses_everything_else) {
  for (auto bad : {"", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00+00:00",
                   "1970-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "1970-01-01T24:00:00Z",
                   "1970-01-01T00:60:00Z", "1970-01-01T00:00:00.Z", "0001-01-01T00:00:00Z",
                   "1970-01-01T00:00:00.0000000001Z", "1970-01-01 00:00:00Z", "x"})
    EXPECT_FALSE(from_iso8601(bad)) << bad;
}

TEST(resume_watch, ends_with_its_handle_and_calls_nobody_who_did_not_sleep) {
  std::atomic<int> calls = 0;
  for (int i = 0; i < 20; ++i) {
    auto watch = watch_resume([&] { ++calls; });
    ASSERT_TRUE(watch) << to_string(watch.error());
  }
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace tinysync::clock
