#include "platform/sqlite/files.hpp"

#include <filesystem>

#include "platform/places/files.hpp"

namespace tinysync::sqlite {
namespace {

class machine_files final : public files {
 public:
  bool exists(const std::string& path) override {
    std::error_code none;
    return std::filesystem::exists(path, none);
  }
  result<void> remove(const std::string& path) override { return places::remove_file(path); }
  result<void> move(const std::string& from, const std::string& to) override {
    return places::move_file(from, to);
  }
  result<void> copy(const std::string& from, const std::string& to) override {
    return places::copy_file(from, to);
  }
  std::vector<std::string> beginning(const std::string& path) override {
    std::filesystem::path p(path);
    auto out = places::files_beginning(p.parent_path().string(), p.filename().string());
    for (auto& name : out) name = (p.parent_path() / name).string();
    return out;
  }
};

}  // namespace

files& real_files() {
  static machine_files the;
  return the;
}

}  // namespace tinysync::sqlite
