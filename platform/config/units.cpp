// Durations and sizes as people write them.
#include <array>
#include <charconv>

#include "platform/config/document.hpp"

namespace tinysync::config {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array duration_units = {unit{"ms", 1},         unit{"s", 1000},
                                       unit{"m", 60'000},     unit{"h", 3'600'000},
                                       unit{"d", 86'400'000}, unit{"w", 604'800'000}};
constexpr std::array size_units = {unit{"", 1},
                                   unit{"B", 1},
                                   unit{"kB", 1000},
                                   unit{"MB", 1'000'000},
                                   unit{"GB", 1'000'000'000},
                                   unit{"KiB", 1ull << 10},
                                   unit{"MiB", 1ull << 20},
                                   unit{"GiB", 1ull << 30},
                                   unit{"TiB", 1ull << 40}};

constexpr std::uint64_t century_ms = 36'525ull * 86'400'000;

// Number and unit, both without sign or blanks; at most `most`.
template <std::size_t N>
result<std::uint64_t> parse(std::string_view text, const std::array<unit, N>& units,
                            std::uint64_t most, std::string_view example) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  auto [rest, wrong] = std::from_chars(text.data(), end, number);
  if (wrong == std::errc()) {
    std::string_view name(rest, static_cast<std::size_t>(end - rest));
    for (const auto& u : units)
      if (u.name == name && number <= most / u.factor) return number * u.factor;
  }
  return failure(errc::malformed,
                 "'" + std::string(text.substr(0, 40)) + "' is not like " + std::string(example));
}

}  // namespace

result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  auto ms = parse(text, duration_units, century_ms, "\"90s\", \"15m\" or \"90d\"");
  if (!ms) return failure(ms.error());
  return std::chrono::milliseconds(static_cast<std::int64_t>(*ms));
}

result<std::uint64_t> parse_size(std::string_view text) {
  return parse(text, size_units, 1ull << 62, "\"64KiB\", \"32MiB\" or \"1GB\"");
}

}  // namespace tinysync::config
