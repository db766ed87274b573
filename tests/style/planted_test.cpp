// tests/sim/PLANTED.md: every known mistake is listed once, in its order, and was found within the budget; a test
// that found one exists. `./dev planted` makes the table anew.

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "proto/vocabulary/planted.hpp"
#include "tests/style/source_files.hpp"

namespace tinysync::style {
namespace {

constexpr unsigned long budget = 1000;  // seeds; as PLANTED.md says

struct row {
  std::string name, wrong, rule, where;
};

std::vector<row> table() {
  static const std::regex line_of_table(R"(^\| ([a-z_]+) \| (.*) \| (.*) \| (.*) \| \d+ \|$)");
  std::vector<row> out;
  for (const auto& line : lines_of(std::filesystem::path(TINYSYNC_SOURCE_DIR) / "tests/sim/PLANTED.md"))
    if (std::smatch m; std::regex_match(line, m, line_of_table)) out.push_back({m[1], m[2], m[3], m[4]});
  return out;
}

TEST(planted, lists_every_mistake_in_its_order) {
  auto rows = table();
  ASSERT_EQ(rows.size(), mistakes.size());
  EXPECT_GE(rows.size(), 30u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].name, mistakes[i].name);
    EXPECT_EQ(rows[i].wrong, mistakes[i].wrong);
  }
}

TEST(planted, every_mistake_was_found_within_the_budget) {
  std::string tests;
  for (const auto& f : files({"tests"}, {".cpp"}))
    for (const auto& line : f.lines) tests += line + "\n";
  static const std::regex seed(R"(\d+)"), test(R"(\w+\.(\w+)\.(\w+))");
  for (const auto& r : table()) {
    std::smatch m;
    if (std::regex_match(r.where, seed)) EXPECT_LE(std::stoul(r.where), budget) << r.name;
    else if (std::regex_match(r.where, m, test))
      EXPECT_NE(tests.find(std::string(m[1]) + ", " + std::string(m[2]) + ")"), std::string::npos) << r.where;
    else ADD_FAILURE() << r.name << " was not found";
  }
}

}  // namespace
}  // namespace tinysync::style
