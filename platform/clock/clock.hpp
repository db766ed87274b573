#pragma once
// The door to time, and times as text.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "proto/vocabulary/result.hpp"

namespace tinysync::clock {

/// Two clocks: one that people read and may jump, one that only grows.
class clock {
 public:
  virtual ~clock() = default;
  /// UTC nanoseconds since 1970; may jump either way.
  virtual std::int64_t wall_now_ns() = 0;
  /// Since an arbitrary origin; never goes back.
  virtual std::chrono::nanoseconds steady_now() = 0;
};

/// The machine's clocks. Thread-safe, lives for ever.
clock& system_clock_door();

/// A clock that moves only when told. Thread-safe.
class manual_clock final : public clock {
 public:
  explicit manual_clock(std::int64_t wall_ns = 1'700'000'000'000'000'000) : wall_(wall_ns) {}
  std::int64_t wall_now_ns() override { return wall_; }
  std::chrono::nanoseconds steady_now() override { return std::chrono::nanoseconds(steady_); }

  /// Time passes: both clocks move. d >= 0.
  void advance(std::chrono::nanoseconds d) { wall_ += d.count(), steady_ += d.count(); }
  /// Somebody sets the wall clock, either way; steady time does not notice.
  void jump_wall(std::chrono::nanoseconds d) { wall_ += d.count(); }

 private:
  std::atomic<std::int64_t> wall_;
  std::atomic<std::int64_t> steady_{0};
};

/// "2026-03-01T12:00:00.123Z": UTC, always three decimals (rounded down).
std::string to_iso8601(std::int64_t unix_ns);
/// "2026-03-01" in UTC.
std::string to_iso_date(std::int64_t unix_ns);
/// Inverse of to_iso8601, with 0 to 9 decimals; malformed otherwise. Years 1678..2261.
result<std::int64_t> from_iso8601(std::string_view text);

}  // namespace tinysync::clock
