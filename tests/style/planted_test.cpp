// tests/sim/PLANTED.md: every known mistake is listed once, in its order, with what found it within the budget; a test
// or story that did exists. `./dev planted` makes the table anew.

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "proto/vocabulary/planted.hpp"
#include "tests/style/source_files.hpp"

namespace tinysync::style {
namespace {

constexpr unsigned long budget = 2000;  // seeds; as PLANTED.md says

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

TEST(planted, what_found_a_mistake_exists) {
  const std::filesystem::path root = TINYSYNC_SOURCE_DIR;
  std::string tests;
  for (const auto& f : files({"tests"}, {".cpp"}))
    for (const auto& line : f.lines) tests += line + "\n";
  static const std::regex seed(R"(\d+)"), story(R"(simulated\..*/(\w+))"), test(R"(\w+\.(\w+)\.(\w+))");
  int found = 0;
  for (const auto& r : table()) {
    std::smatch m;
    if (r.where == "-") {
      EXPECT_EQ(r.rule, "not found yet") << r.name;
      continue;
    }
    ++found;
    if (std::regex_match(r.where, seed)) EXPECT_LE(std::stoul(r.where), budget) << r.name;
    else if (std::regex_match(r.where, m, story))
      EXPECT_TRUE(std::filesystem::exists(root / "tests/sim/regressions" / (std::string(m[1]) + ".story"))) << r.where;
    else if (std::regex_match(r.where, m, test))
      EXPECT_NE(tests.find(std::string(m[1]) + ", " + std::string(m[2]) + ")"), std::string::npos) << r.where;
    else ADD_FAILURE() << r.name << ": neither a seed nor a test: " << r.where;
  }
  EXPECT_GE(found, 30);
}

}  // namespace
}  // namespace tinysync::style
