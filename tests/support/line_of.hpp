#pragma once
// A tree as one line of text, for expectations that show all of it.

#include <map>
#include <string>

#include "platform/fs/fake_disk.hpp"

namespace tinysync::test {

/// Sorted words: `d/ d/f:text tool*:text link->target pipe|`; `f!` is a conflict copy of `f`.
std::string line_of(const std::map<std::string, fs::tree_entry>& t);

}  // namespace tinysync::test
