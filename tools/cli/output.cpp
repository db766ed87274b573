#include "tools/cli/output.hpp"

#include <cstdio>

#include "platform/clock/clock.hpp"
#include "platform/crypto/encoding.hpp"
#include "proto/vocabulary/ids.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::cli {

namespace {

std::string base64(const std::string& bytes) {
  auto text = crypto::to_base64url(bytes);
  for (auto& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  return text;
}

}  // namespace

void put_bytes(json& to, const std::string& key, const std::string& bytes) {
  to[key] = printable(bytes);
  if (!valid_utf8(bytes)) to[key + "_bytes"] = base64(bytes);
}

json time_of(std::int64_t ns) { return ns == 0 ? json(nullptr) : json(clock::to_iso8601(ns)); }

std::string id_text(const std::string& raw) { return raw.size() == 16 ? uuid_text(raw) : ""; }

bool print(const std::string& line) {
  return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
         std::fputc('\n', stdout) != EOF && std::fflush(stdout) == 0;
}

bool print(const json& j) {
  return print(j.dump(-1, ' ', false, json::error_handler_t::replace));
}

int complain(const error& e, bool as_json) {
  if (as_json) {
    json j;
    j["error"] = {{"code", std::string(name_of(e.code))}, {"text", to_string(e)}};
    print(j);
  } else {
    std::fprintf(stderr, "tinysync: %s\n", printable(to_string(e)).c_str());
  }
  return static_cast<int>(exit_code_of(e.code));
}

std::string size_text(std::uint64_t bytes) {
  const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  while (value >= 1024 && unit < 4) value /= 1024, ++unit;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line += std::string(widths[i] - row[i].size() + 2, ' ');
    }
    out += (out.empty() ? "" : "\n") + line;
  }
  return out;
}

}  // namespace tinysync::cli
