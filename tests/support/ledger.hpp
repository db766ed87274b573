#pragma once
// What users did, kept by the harness alone: which contents must still be somewhere.

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tinysync::test {

/// Contents are unique tokens. A content is let go of only when a user overwrote or removed it on a
/// device that had it on its disk at that moment (RELIABILITY I2); everything else must survive.
class ledger {
 public:
  /// A user wrote `content` where `before` was (empty: nothing).
  void wrote(const std::string& content, const std::string& before) {
    if (!content.empty()) written_.insert(content);
    if (!before.empty()) released_.insert(before);
  }
  /// A user removed content that was on that disk.
  void removed(const std::string& content) { released_.insert(content); }

  /// What is lost if exactly these contents exist at quiescence.
  std::vector<std::string> lost(const std::set<std::string>& existing) const {
    std::vector<std::string> out;
    for (const auto& c : written_)
      if (!released_.contains(c) && !existing.contains(c)) out.push_back(c);
    return out;
  }
  /// Contents that nobody wrote (RELIABILITY I3).
  std::vector<std::string> invented(const std::set<std::string>& existing) const {
    std::vector<std::string> out;
    for (const auto& c : existing)
      if (!written_.contains(c)) out.push_back(c);
    return out;
  }

 private:
  std::set<std::string> written_, released_;
};

}  // namespace tinysync::test
