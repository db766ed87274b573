// Who may include whom, and the one home of every library (DESIGN §7).

#include <gtest/gtest.h>

#include <regex>

#include "tests/style/source_files.hpp"

namespace tinysync::style {
namespace {

const std::vector<std::string> product = {"proto", "platform", "actors", "server", "client", "tools"};

struct included {
  std::string file, header;
};

std::vector<included> includes() {
  static const std::regex pattern(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<included> out;
  for (const auto& f : files(product, {".cpp", ".hpp"}))
    for (const auto& line : f.lines)
      if (std::smatch m; std::regex_search(line, m, pattern)) out.push_back({f.path, m[1]});
  return out;
}

bool below(const std::string& path, const std::string& folder) {
  return path.starts_with(folder + "/");
}

/// A layer may include itself and what is listed.
struct layer {
  std::string folder;
  std::vector<std::string> may_include;
};

const std::vector<layer> layers = {
    {"proto/vocabulary", {}},
    {"proto/codec", {"proto/vocabulary", "proto/wire"}},
    {"platform", {"proto/vocabulary"}},
    {"actors", {"proto", "platform"}},
    {"server/core", {"proto/vocabulary", "platform/crypto"}},
    {"client/engine", {"proto/vocabulary", "platform/crypto"}},
    {"server", {"proto", "platform", "actors"}},
    {"client", {"proto", "platform", "actors"}},
    {"tools", {"proto", "platform", "actors", "server", "client"}},
    {"tools/sim/oracle", {"proto/codec", "proto/vocabulary"}},  // no mistake can be on both sides
};

const layer* layer_of(const std::string& file) {
  const layer* best = nullptr;
  for (const auto& l : layers)
    if (below(file, l.folder) && (!best || l.folder.size() > best->folder.size())) best = &l;
  return best;
}

TEST(layers, every_include_points_downwards) {
  for (const auto& [file, header] : includes()) {
    bool ours = false;
    for (const auto& top : product) ours |= below(header, top);
    if (!ours) continue;
    const auto* l = layer_of(file);
    if (!l) continue;
    bool allowed = below(header, l->folder);
    for (const auto& folder : l->may_include) allowed |= below(header, folder);
    EXPECT_TRUE(allowed) << file << " includes " << header << ", which its layer (" << l->folder
                         << ") may not know";
  }
}

/// A library's headers and the only places that may include them.
struct library {
  std::regex header;
  std::vector<std::string> homes;
};

TEST(layers, every_library_has_one_home) {
  const std::vector<library> libraries = {
      {std::regex("^caf/"), {"actors"}},
      {std::regex("^boost/"), {"platform/net", "actors"}},
      {std::regex("^sqlite3\\.h"), {"platform/sqlite"}},
      {std::regex("^pqxx/"), {"server/store"}},
      {std::regex("^openssl/"), {"platform/net", "platform/crypto", "tools/sim/oracle"}},
      {std::regex("^sodium"), {"platform/net", "platform/crypto"}},
      {std::regex("^utf8proc"), {"proto/vocabulary"}},
      {std::regex("^zstd"), {"platform"}},
      {std::regex("^spdlog/"), {"platform/log"}},
      {std::regex("^toml"), {"platform/config"}},
      {std::regex("^CLI/"), {"server/main.cpp", "client/main.cpp", "tools"}},
      {std::regex("^(google/protobuf/|.*\\.pb\\.h$)"),
       {"proto/codec", "actors", "server/actors", "client/actors", "client/ipc", "tools"}},
  };
  for (const auto& [file, header] : includes())
    for (const auto& l : libraries) {
      if (!std::regex_search(header, l.header)) continue;
      bool home = false;
      for (const auto& folder : l.homes) home |= file == folder || below(file, folder);
      EXPECT_TRUE(home) << file << " includes " << header << " outside that library's home";
    }
}

TEST(layers, locks_live_only_where_threads_meet) {
  static const std::regex lock(R"(std::(recursive_|shared_)?mutex|std::condition_variable)");
  for (const auto& f : files({"server", "client", "tools", "proto"}, {".cpp", ".hpp"}))
    for (const auto& line : f.lines)
      EXPECT_FALSE(std::regex_search(line, lock)) << f.path << ": " << line;
}

}  // namespace
}  // namespace tinysync::style
