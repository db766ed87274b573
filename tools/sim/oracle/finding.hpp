#pragma once
// A broken invariant.

#include <string>
#include <vector>

namespace tinysync::oracle {

struct finding {
  std::string rule;  ///< one or two words, the same for every case of its kind: "lost", "differs"
  std::string text;  ///< a sentence
};
using findings = std::vector<finding>;

}  // namespace tinysync::oracle
