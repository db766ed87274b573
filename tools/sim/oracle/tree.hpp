#pragma once
// What a user sees below a root, and what the server says is there, in the same words.

#include <map>
#include <string>

namespace tinysync::oracle {

enum class kind : unsigned char { folder, file, link };

struct entry {
  oracle::kind kind = kind::file;
  std::string content;  ///< a file's bytes or its SHA-256 (32 bytes), a link's target
  bool executable = false, only_mine = false;
  friend bool operator==(const entry&, const entry&) = default;
};
using tree = std::map<std::string, entry>;  ///< by path

}  // namespace tinysync::oracle
