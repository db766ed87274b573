#pragma once
// The repository's own files, for the tests that read them.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace tinysync::style {

struct source_file {
  std::string path;  ///< relative to the repository
  std::vector<std::string> lines;
};

inline std::vector<std::string> lines_of(const std::filesystem::path& p) {
  std::ifstream in(p);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

/// Every file below these folders with one of these endings.
inline std::vector<source_file> files(const std::vector<std::string>& folders,
                                      const std::vector<std::string>& endings) {
  std::vector<source_file> out;
  const std::filesystem::path root = TINYSYNC_SOURCE_DIR;
  for (const auto& folder : folders) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (const auto& e : std::filesystem::recursive_directory_iterator(root / folder)) {
      auto name = e.path().string();
      bool wanted = false;
      for (const auto& ending : endings) wanted |= name.ends_with(ending);
      if (e.is_regular_file() && wanted)
        out.push_back({std::filesystem::relative(e.path(), root).string(), lines_of(e.path())});
    }
  }
  return out;
}

}  // namespace tinysync::style
