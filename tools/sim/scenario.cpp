#include "tools/sim/scenario.hpp"

#include <charconv>

namespace tinysync::sim {
namespace {

constexpr std::string_view hex = "0123456789abcdef";

std::string quoted(const std::string& raw) {
  std::string out;
  for (unsigned char c : raw)
    if (c > ' ' && c < 0x7f && c != '\\') out += static_cast<char>(c);
    else out += {'\\', 'x', hex[c >> 4], hex[c & 15]};
  return out.empty() ? "\\" : out;
}

result<std::string> unquoted(std::string_view text) {
  std::string out;
  if (text == "\\") return out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    auto high = i + 3 < text.size() ? hex.find(text[i + 2]) : hex.npos;
    auto low = i + 3 < text.size() ? hex.find(text[i + 3]) : hex.npos;
    if (high == hex.npos || low == hex.npos || text[i + 1] != 'x')
      return failure(errc::malformed, "not \\xNN: " + std::string(text));
    out += static_cast<char>(high * 16 + low);
    i += 3;
  }
  return out;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> out;
  while (!line.empty()) {
    auto end = line.find(' ');
    if (end != 0) out.push_back(line.substr(0, end));
    line.remove_prefix(end == line.npos ? line.size() : end + 1);
  }
  return out;
}

result<std::uint64_t> number(std::string_view text) {
  std::uint64_t n = 0;
  auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (wrong != std::errc() || end != text.data() + text.size())
    return failure(errc::malformed, "not a number: " + std::string(text));
  return n;
}

result<step> parse_step(const std::vector<std::string_view>& words) {
  if (words.size() < 3 || words[0][0] != '+') return failure(errc::malformed, "wanted: +PAUSE WHO VERB …");
  auto pause = number(words[0].substr(1));
  if (!pause) return failure(pause.error());
  step s{std::chrono::milliseconds(*pause), std::string(words[1]), std::string(words[2]), {}};
  for (std::size_t i = 3; i < words.size(); ++i) {
    auto arg = unquoted(words[i]);
    if (!arg) return failure(arg.error());
    s.args.push_back(*arg);
  }
  return s;
}

result<void> parse_line(const std::vector<std::string_view>& words, scenario& into) {
  if (words[0] == "seed" && words.size() == 2) {
    auto n = number(words[1]);
    if (!n) return failure(n.error());
    into.seed = *n;
  } else if (words[0] == "devices") {
    into.devices.assign(words.begin() + 1, words.end());
  } else if (words[0] == "disk") {
    for (auto w : words) {
      into.coarse_times |= w == "coarse-times";
      into.reused_inodes |= w == "reused-inodes";
    }
  } else {
    auto s = parse_step(words);
    if (!s) return failure(s.error());
    into.steps.push_back(std::move(*s));
  }
  return {};
}

}  // namespace

std::string to_string(const step& s) {
  auto out = "+" + std::to_string(s.pause.count()) + " " + s.who + " " + s.verb;
  for (const auto& a : s.args) out += " " + quoted(a);
  return out;
}

std::string to_string(const scenario& s) {
  auto out = "seed " + std::to_string(s.seed) + "\ndevices";
  for (const auto& d : s.devices) out += " " + d;
  if (s.coarse_times || s.reused_inodes)
    out += std::string("\ndisk") + (s.coarse_times ? " coarse-times" : "") + (s.reused_inodes ? " reused-inodes" : "");
  out += "\n";
  for (const auto& one : s.steps) out += to_string(one) + "\n";
  return out;
}

result<scenario> parse_scenario(std::string_view text) {
  scenario out;
  for (int line = 1; !text.empty(); ++line) {
    auto end = text.find('\n');
    auto words = words_of(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (words.empty() || words[0][0] == '#') continue;
    if (auto ok = parse_line(words, out); !ok)
      return failure(errc::malformed, "line " + std::to_string(line) + ": " + ok.error().text);
  }
  if (out.devices.empty()) return failure(errc::malformed, "no devices");
  return out;
}

}  // namespace tinysync::sim
