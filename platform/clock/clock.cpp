#include "platform/clock/clock.hpp"

#include <array>
#include <cstdio>
#include <limits>

namespace tinysync::clock {
namespace {

namespace ch = std::chrono;

constexpr std::int64_t ns_per_s = 1'000'000'000;

struct utc {
  ch::year_month_day date;
  ch::hh_mm_ss<ch::nanoseconds> time;
};

utc split(std::int64_t unix_ns) {
  ch::sys_time<ch::nanoseconds> t{ch::nanoseconds(unix_ns)};
  auto day = ch::floor<ch::days>(t);
  return {ch::year_month_day(day), ch::hh_mm_ss<ch::nanoseconds>(t - day)};
}

// Reads exactly `width` digits and the separator after them (0: none).
bool take_number(std::string_view& text, std::size_t width, char separator, int& value) {
  if (text.size() < width + (separator ? 1 : 0)) return false;
  value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  if (separator && text[width] != separator) return false;
  text.remove_prefix(width + (separator ? 1 : 0));
  return true;
}

// ".123" -> 123'000'000; an empty text is 0.
bool take_fraction(std::string_view& text, std::int64_t& ns) {
  ns = 0;
  if (text.empty() || text[0] != '.') return true;
  text.remove_prefix(1);
  std::int64_t unit = ns_per_s;
  while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    if ((unit /= 10) == 0) return false;
    ns += unit * (text[0] - '0');
    text.remove_prefix(1);
  }
  return unit != ns_per_s;
}

}  // namespace

clock& system_clock_door() {
  struct machine_clock final : clock {
    std::int64_t wall_now_ns() override {
      return ch::duration_cast<ch::nanoseconds>(ch::system_clock::now().time_since_epoch()).count();
    }
    ch::nanoseconds steady_now() override {
      return ch::duration_cast<ch::nanoseconds>(ch::steady_clock::now().time_since_epoch());
    }
  };
  static machine_clock c;
  return c;
}

std::string to_iso8601(std::int64_t unix_ns) {
  auto [date, time] = split(unix_ns);
  std::array<char, 48> out;
  int n = std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                        static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                        static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                        static_cast<int>(time.minutes().count()),
                        static_cast<int>(time.seconds().count()),
                        static_cast<int>(time.subseconds().count() / 1'000'000));
  return {out.data(), static_cast<std::size_t>(n)};
}

std::string to_iso_date(std::int64_t unix_ns) { return to_iso8601(unix_ns).substr(0, 10); }

result<std::int64_t> from_iso8601(std::string_view text) {
  const auto wrong = [whole = std::string(text.substr(0, 40))] {
    return failure(errc::malformed, "not an ISO 8601 UTC time: " + whole);
  };
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::int64_t ns = 0;
  bool ok = take_number(text, 4, '-', year) && take_number(text, 2, '-', month) &&
            take_number(text, 2, 'T', day) && take_number(text, 2, ':', hour) &&
            take_number(text, 2, ':', minute) && take_number(text, 2, 0, second) &&
            take_fraction(text, ns) && text == "Z";
  ch::year_month_day date{ch::year(year), ch::month(static_cast<unsigned>(month)),
                          ch::day(static_cast<unsigned>(day))};
  // int64 nanoseconds reach from 1677-09-21 to 2262-04-11.
  if (!ok || !date.ok() || year < 1678 || year > 2261 || hour > 23 || minute > 59 || second > 59)
    return wrong();
  std::int64_t s =
      ch::sys_days(date).time_since_epoch().count() * 86400ll + hour * 3600 + minute * 60 + second;
  return s * ns_per_s + ns;
}

}  // namespace tinysync::clock
