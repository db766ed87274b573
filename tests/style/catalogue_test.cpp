// tests/CATALOGUE.md: every case of groups A and B is listed once, and what it names exists.

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>

#include "tests/style/source_files.hpp"

namespace tinysync::style {
namespace {

struct row {
  std::string id, words, tests, state;
};

std::string trimmed(const std::string& s) {
  auto from = s.find_first_not_of(' ');
  return from == std::string::npos ? "" : s.substr(from, s.find_last_not_of(' ') - from + 1);
}

std::vector<row> catalogue() {
  static const std::regex line_of_table(R"(^\| ([AB]\d\d) \|([^|]*)\|([^|]*)\|([^|]*)\|$)");
  std::vector<row> out;
  for (const auto& line : lines_of(std::filesystem::path(TINYSYNC_SOURCE_DIR) / "tests/CATALOGUE.md"))
    if (std::smatch m; std::regex_match(line, m, line_of_table))
      out.push_back({m[1], trimmed(m[2]), trimmed(m[3]), trimmed(m[4])});
  return out;
}

std::vector<std::string> ids(char group, int last) {
  std::vector<std::string> out;
  for (int i = 1; i <= last; ++i)
    out.push_back(std::string(1, group) + (i < 10 ? "0" : "") + std::to_string(i));
  return out;
}

TEST(catalogue, lists_every_case_once_in_its_order) {
  auto wanted = ids('A', 88);
  for (auto& id : ids('B', 50)) wanted.push_back(id);
  std::vector<std::string> listed;
  for (const auto& r : catalogue()) listed.push_back(r.id);
  EXPECT_EQ(listed, wanted);
}

/// folder of a test binary → its name, as CMakeLists.txt has it.
std::map<std::string, std::string> binaries() {
  static const std::regex rule(R"(test_binary\((\w+) ([\w/]+))");
  std::map<std::string, std::string> out;
  for (const auto& line : lines_of(std::filesystem::path(TINYSYNC_SOURCE_DIR) / "CMakeLists.txt"))
    if (std::smatch m; std::regex_search(line, m, rule)) out[m[2]] = m[1];
  return out;
}

/// What the runs of the real programs are made of, as system.run.function.
std::set<std::string> parts_of_system_runs() {
  static const std::regex head(R"(^(\w+)\(\) \{$)");
  std::set<std::string> out;
  for (const auto& f : files({"tests/system"}, {".sh"}))
    for (const auto& line : f.lines)
      if (std::smatch m; std::regex_match(line, m, head))
        out.insert("system." + std::filesystem::path(f.path).stem().string() + "." + m[1].str());
  return out;
}

/// All tests of the sources as binary.suite.name, and the parts of the system runs.
std::set<std::string> existing_tests() {
  static const std::regex head(R"(^(?:TYPED_)?TEST(?:_F|_P)?\((\w+), (\w+)\))");
  auto folders = binaries();
  auto out = parts_of_system_runs();
  for (const auto& f : files({"tests"}, {".cpp"}))
    for (const auto& line : f.lines) {
      std::smatch m;
      auto binary = folders.find(std::filesystem::path(f.path).parent_path().string());
      if (binary == folders.end() || !std::regex_search(line, m, head)) continue;
      out.insert(binary->second + "." + m[1].str() + "." + m[2].str());
    }
  return out;
}

std::vector<std::string> named_in(const std::string& cell) {
  static const std::regex name(R"(\w+\.\w+\.\w+)");
  return {std::sregex_token_iterator(cell.begin(), cell.end(), name), {}};
}

TEST(catalogue, names_only_tests_that_exist) {
  auto existing = existing_tests();
  EXPECT_GT(existing.size(), 300u);
  for (const auto& r : catalogue())
    for (const auto& test : named_in(r.tests))
      EXPECT_TRUE(existing.contains(test)) << r.id << " names " << test;
}

TEST(catalogue, what_passes_names_its_test_and_what_does_not_says_why) {
  for (const auto& r : catalogue()) {
    bool passes = r.state == "passes" || r.state.starts_with("passes; ");
    bool open = r.state.starts_with("not yet: ");
    bool outside = r.state.starts_with("does not apply: ");
    EXPECT_TRUE(passes || open || outside) << r.id << ": " << r.state;
    EXPECT_FALSE(r.words.empty()) << r.id;
    if (passes) {
      EXPECT_FALSE(named_in(r.tests).empty()) << r.id << " passes by no test";
    }
  }
}

}  // namespace
}  // namespace tinysync::style
