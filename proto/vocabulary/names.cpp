#include "proto/vocabulary/names.hpp"

#include <utf8proc.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace tinysync {
namespace {

constexpr std::size_t longest_name = 255;

struct civil_date {
  std::int64_t year;
  unsigned month, day;
};

/// Gregorian date of a day count since 1970-01-01; the era arithmetic holds for negative days.
civil_date date_of_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto doe = static_cast<unsigned>(days - era * 146097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned month = mp < 10 ? mp + 3 : mp - 9;
  return {static_cast<std::int64_t>(yoe) + era * 400 + (month <= 2), month,
          doy - (153 * mp + 2) / 5 + 1};
}

std::string date_text(std::int64_t mtime_ns) {
  constexpr std::int64_t day = 86'400'000'000'000;
  auto d = date_of_days(mtime_ns >= 0 ? mtime_ns / day : -((-mtime_ns + day - 1) / day));
  char buf[32];
  std::snprintf(buf, sizeof buf, "%04lld-%02u-%02u", static_cast<long long>(d.year), d.month, d.day);
  return buf;
}

/// Longest prefix of at most `limit` bytes that does not cut a UTF-8 sequence.
std::string_view cut_at(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  bool utf8 = valid_utf8(text);
  while (utf8 && limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  return text.substr(0, limit);
}

}  // namespace

bool valid_name(std::string_view raw) {
  return !raw.empty() && raw.size() <= longest_name && raw != "." && raw != ".." &&
         raw.find('/') == std::string_view::npos && raw.find('\0') == std::string_view::npos;
}

std::optional<item_name> item_name::from(std::string_view raw) {
  if (!valid_name(raw)) return std::nullopt;
  return item_name(std::string(raw));
}

bool valid_utf8(std::string_view raw) {
  auto p = reinterpret_cast<const utf8proc_uint8_t*>(raw.data());
  auto left = static_cast<utf8proc_ssize_t>(raw.size());
  while (left > 0) {
    utf8proc_int32_t cp;
    auto n = utf8proc_iterate(p, left, &cp);
    if (n <= 0) return false;
    p += n;
    left -= n;
  }
  return true;
}

std::string name_key(std::string_view raw) {
  utf8proc_uint8_t* out = nullptr;
  auto n = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(raw.data()),
                        static_cast<utf8proc_ssize_t>(raw.size()), &out,
                        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                                       UTF8PROC_CASEFOLD));
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(out, &std::free);
  if (n < 0) return std::string(raw);
  return {reinterpret_cast<const char*>(owned.get()), static_cast<std::size_t>(n)};
}

std::string printable(std::string_view raw) {
  std::string out;
  auto escape = [&out](unsigned char c) {
    char buf[8];
    std::snprintf(buf, sizeof buf, "\\x%02X", c);
    out += buf;
  };
  while (!raw.empty()) {
    utf8proc_int32_t cp;
    auto n = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(raw.data()),
                              static_cast<utf8proc_ssize_t>(raw.size()), &cp);
    bool control = n > 0 && (cp < 0x20 || cp == 0x7f || (cp >= 0x80 && cp < 0xa0));
    if (n <= 0 || control) {
      std::size_t bad = n > 0 ? static_cast<std::size_t>(n) : 1;
      for (std::size_t i = 0; i < bad; ++i) escape(static_cast<unsigned char>(raw[i]));
      raw.remove_prefix(bad);
    } else {
      out.append(raw.substr(0, static_cast<std::size_t>(n)));
      raw.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  return out;
}

std::vector<std::string> split_path(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    auto slash = path.find('/');
    auto part = path.substr(0, slash);
    if (!part.empty()) parts.emplace_back(part);
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  return parts;
}

std::string join_path(std::string_view parent, std::string_view name) {
  if (parent.empty()) return std::string(name);
  std::string out(parent);
  out += '/';
  out += name;
  return out;
}

std::string conflict_name(std::string_view name, const conflict_label& label, int attempt) {
  auto dot = name.rfind('.');
  bool has_extension = dot != std::string_view::npos && dot != 0 && name.size() - dot <= 32;
  auto stem = has_extension ? name.substr(0, dot) : name;
  auto extension = has_extension ? name.substr(dot) : std::string_view{};
  std::string mark = " (conflict " + std::string(label.device) + " " + date_text(label.mtime_ns) +
                     ", " + std::string(label.eight_hex);
  if (attempt > 1) mark += "-" + std::to_string(attempt);
  mark += ")";
  auto room = longest_name - mark.size() - extension.size();
  return std::string(cut_at(stem, room)) + mark + std::string(extension);
}

std::string device_label(std::string_view name) {
  std::string out;
  for (char c : std::string(valid_utf8(name) ? name : std::string_view{})) {
    auto u = static_cast<unsigned char>(c);
    bool keep = u >= 0x80 || std::isalnum(u) || c == '-' || c == '_' || c == '.' || c == ' ';
    out.push_back(keep ? c : '-');
  }
  out = std::string(cut_at(out, 32));
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out.empty() ? "device" : out;
}

}  // namespace tinysync
