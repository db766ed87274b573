#include "tests/support/line_of.hpp"

#include <algorithm>
#include <regex>
#include <vector>

namespace tinysync::test {

std::string line_of(const std::map<std::string, fs::tree_entry>& t) {
  static const std::regex copy(R"( \(conflict [^()/]* \d{4}-\d\d-\d\d, [0-9a-f]{8}(-\d+)?\))");
  std::vector<std::string> words;
  for (const auto& [path, e] : t) {
    auto name = std::regex_replace(path, copy, "!");
    switch (e.kind) {
      case fs::kind::folder: words.push_back(name + "/"); break;
      case fs::kind::symlink: words.push_back(name + "->" + e.content); break;
      case fs::kind::special: words.push_back(name + "|"); break;
      case fs::kind::file: words.push_back(name + (e.executable ? "*:" : ":") + e.content);
    }
  }
  std::sort(words.begin(), words.end());
  std::string out;
  for (const auto& w : words) out += (out.empty() ? "" : " ") + w;
  return out;
}

}  // namespace tinysync::test
