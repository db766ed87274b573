#pragma once
// A folder that is gone after the test.

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace tinysync {

class temporary_folder {
 public:
  temporary_folder() {
    // mkdtemp(3) replaces the six letters.
    auto pattern = (std::filesystem::temp_directory_path() / "tinysync-").string();
    pattern.append(6, 'X');
    path_ = ::mkdtemp(pattern.data());
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + '/' + name; }

 private:
  std::string path_;
};

}  // namespace tinysync
