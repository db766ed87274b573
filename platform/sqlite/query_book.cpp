#include "platform/sqlite/query_book.hpp"

#include <algorithm>

namespace tinysync::sqlite {
namespace {

constexpr std::string_view marker = "-- name:";

std::string_view trimmed(std::string_view s) {
  const auto blank = " \t\r\n";
  auto from = s.find_first_not_of(blank);
  if (from == s.npos) return {};
  return s.substr(from, s.find_last_not_of(blank) - from + 1);
}

bool good_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

tl::unexpected<error> wrong(int line, std::string what) {
  return failure(errc::malformed, "SQL line " + std::to_string(line) + ": " + std::move(what));
}

}  // namespace

result<query_book> query_book::parse(std::string_view text) {
  query_book book;
  if (auto added = book.add(text); !added) return failure(added.error());
  return book;
}

result<void> query_book::add(std::string_view text) {
  std::string* current = nullptr;
  std::string_view current_name;
  int number = 0, named_at = 0;
  auto complete = [&] { return !current || !trimmed(*current).empty(); };
  while (!text.empty()) {
    ++number;
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    auto content = trimmed(line);
    if (content.starts_with(marker)) {
      if (!complete()) return wrong(named_at, "no SQL for " + std::string(current_name));
      auto name = trimmed(content.substr(marker.size()));
      if (!good_name(name)) return wrong(number, "bad query name '" + std::string(name) + "'");
      auto [at, fresh] = queries_.try_emplace(std::string(name));
      if (!fresh) return wrong(number, "query " + std::string(name) + " is there twice");
      current = &at->second;
      current_name = name;
      named_at = number;
    } else if (!content.empty() && !content.starts_with("--")) {
      if (!current) return wrong(number, "SQL before the first '-- name:'");
      current->append(line).push_back('\n');
    }
  }
  if (!complete()) return wrong(named_at, "no SQL for " + std::string(current_name));
  return {};
}

const std::string* query_book::find(std::string_view name) const {
  auto at = queries_.find(name);
  return at == queries_.end() ? nullptr : &at->second;
}

}  // namespace tinysync::sqlite
