// What STYLE.md asks of every file: sizes, names, folders that explain themselves.

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/style/source_files.hpp"

namespace tinysync::style {
namespace {

const std::vector<std::string> code = {"proto", "platform", "actors", "server", "client", "tools", "tests"};

constexpr std::size_t longest_file = 400;
constexpr std::size_t longest_function = 60;
constexpr std::size_t longest_readme = 10;

/// Files that are longer for a reason, with the reason.
const std::map<std::string, std::string> long_files = {
    {"proto/actors/client.proto", "every message of the agent's actors on one page"},
};

TEST(tidiness, no_file_is_longer_than_it_may_be) {
  for (const auto& f : files(code, {".cpp", ".hpp", ".proto", ".sh", ".py"})) {
    if (long_files.contains(f.path)) continue;
    EXPECT_LE(f.lines.size(), longest_file) << f.path;
  }
}

/// A function's body starts with a line that ends in '{' at column 0 or inside a class, and ends with
/// its closing brace at the same indentation; good enough for formatted code.
TEST(tidiness, no_function_is_longer_than_it_may_be) {
  static const std::regex opens(R"(^( {0,2})[A-Za-z_:~].*\).*\{$)");
  static const std::regex no_function(R"(^\s*(namespace|class|struct|enum|union|extern)\b)");
  for (const auto& f : files({"proto", "platform", "actors", "server", "client", "tools"}, {".cpp", ".hpp"})) {
    for (std::size_t i = 0; i < f.lines.size(); ++i) {
      std::smatch m;
      if (!std::regex_search(f.lines[i], m, opens) || std::regex_search(f.lines[i], no_function))
        continue;
      auto end = m[1].str() + "}";
      std::size_t j = i + 1;
      while (j < f.lines.size() && !f.lines[j].starts_with(end)) ++j;
      EXPECT_LE(j - i - 1, longest_function) << f.path << ":" << i + 1 << " " << f.lines[i];
    }
  }
}

TEST(tidiness, headers_guard_themselves) {
  for (const auto& f : files({"proto", "platform", "actors", "server", "client", "tools"}, {".hpp"})) {
    ASSERT_FALSE(f.lines.empty()) << f.path;
    EXPECT_EQ(f.lines.front(), "#pragma once") << f.path;
  }
}

TEST(tidiness, no_name_says_nothing) {
  static const std::regex empty_word(
      R"(\b(class|struct)\s+\w*(Manager|Helper|Util|Common|Impl|_manager|_helper|_util|_impl)\b)");
  for (const auto& f : files({"proto", "platform", "actors", "server", "client", "tools"}, {".hpp", ".cpp"}))
    for (const auto& line : f.lines)
      EXPECT_FALSE(std::regex_search(line, empty_word)) << f.path << ": " << line;
}

TEST(tidiness, nothing_is_left_for_later_in_a_comment) {
  // As words: the X's of a mktemp template are none. In pieces, so as not to find itself.
  static const std::regex left_over("\\b(TO" "DO|FIX" "ME|XX" "X)\\b");
  for (const auto& f : files(code, {".cpp", ".hpp", ".proto", ".sh", ".sql"}))
    for (const auto& line : f.lines)
      EXPECT_FALSE(std::regex_search(line, left_over)) << f.path << ": " << line;
}

TEST(tidiness, every_folder_with_code_says_what_it_is_for) {
  const std::filesystem::path root = TINYSYNC_SOURCE_DIR;
  std::set<std::string> folders;
  for (const auto& f : files(code, {".cpp", ".hpp", ".proto", ".sql", ".sh"}))
    folders.insert(std::filesystem::path(f.path).parent_path().string());
  for (const auto& folder : folders) {
    auto readme = root / folder / "README.md";
    EXPECT_TRUE(std::filesystem::exists(readme)) << folder << " has no README.md";
    EXPECT_LE(lines_of(readme).size(), longest_readme) << readme;
  }
}

TEST(tidiness, decisions_are_short_and_say_what_would_reopen_them) {
  for (const auto& f : files({"docs/decisions"}, {".md"})) {
    if (f.path.ends_with("README.md")) continue;
    EXPECT_LE(f.lines.size(), 40u) << f.path;
    std::set<std::string> headings;
    for (const auto& line : f.lines)
      if (line.starts_with("## ")) headings.insert(line.substr(3));
    for (const char* wanted : {"Context", "Decision", "Consequences", "What would reopen it"})
      EXPECT_TRUE(headings.contains(wanted)) << f.path << " lacks: " << wanted;
  }
}

}  // namespace
}  // namespace tinysync::style
