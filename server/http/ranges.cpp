#include <charconv>
#include <optional>

#include "server/http/answers.hpp"

namespace tinysync::http {
namespace {

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t v = 0;
  auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (text.empty() || bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return v;
}

}  // namespace

result<std::optional<byte_range>> range_of(std::string_view header, std::uint64_t total) {
  using nothing = std::optional<byte_range>;
  constexpr std::string_view unit = "bytes=";
  auto dash = header.find('-');
  if (!header.starts_with(unit) || dash == header.npos || header.find(',') != header.npos)
    return nothing{};
  auto outside =
      failure(errc::range_unsatisfiable, "the content has " + std::to_string(total) + " bytes");
  auto first = header.substr(unit.size(), dash - unit.size()), last = header.substr(dash + 1);
  if (first.empty()) {
    auto n = number(last);
    if (!n) return nothing{};
    if (*n == 0 || total == 0) return outside;
    auto size = std::min(*n, total);
    return nothing(byte_range{total - size, size});
  }
  auto a = number(first);
  auto b = last.empty() ? std::optional(UINT64_MAX) : number(last);
  if (!a || !b || *b < *a) return nothing{};
  if (*a >= total) return outside;
  return nothing(byte_range{*a, std::min(*b, total - 1) - *a + 1});
}

result<std::optional<part_range>> content_range_of(std::string_view header) {
  if (header.empty()) return std::optional<part_range>{};
  auto bad = failure(errc::malformed, "Content-Range must be 'bytes first-last/total'");
  constexpr std::string_view unit = "bytes ";
  auto dash = header.find('-'), slash = header.find('/');
  if (!header.starts_with(unit) || dash == header.npos || slash == header.npos || slash < dash)
    return bad;
  auto a = number(header.substr(unit.size(), dash - unit.size()));
  auto b = number(header.substr(dash + 1, slash - dash - 1));
  auto total = number(header.substr(slash + 1));
  if (!a || !b || !total || *b < *a || *b >= *total) return bad;
  return std::optional(part_range{*a, *b - *a + 1, *total});
}

}  // namespace tinysync::http
