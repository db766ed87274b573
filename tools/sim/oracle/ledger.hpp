#pragma once
// What users did, kept by the harness alone: which contents must still be somewhere.

#include <map>
#include <set>
#include <string>
#include <vector>

namespace tinysync::oracle {

/// Contents are unique tokens. A content is let go of only when a user overwrote or removed it on a
/// device that had it on its disk at that moment (RELIABILITY I2); everything else must survive.
class ledger {
 public:
  /// A user wrote `content` on that device where `before` was (empty: nothing).
  void wrote(const std::string& content, const std::string& before, const std::string& device = {}) {
    if (!content.empty()) written_.emplace(content, device);
    if (!before.empty()) released_.insert(before);
  }
  /// A user removed content that was on that disk.
  void removed(const std::string& content) { released_.insert(content); }
  /// A power cut may take from a device what was written there and is not on its disk yet.
  void may_go(const std::string& content, const std::string& device) {
    auto by = written_.find(content);
    if (by != written_.end() && by->second == device) released_.insert(content);
  }
  /// The server was put back to what it was: what no device has was there alone, and may be gone.
  void only_these_are_left(const std::set<std::string>& on_devices) {
    for (const auto& [content, device] : written_)
      if (!on_devices.contains(content)) released_.insert(content);
  }
  /// A power cut may leave this of what a user was writing.
  void may_come(const std::string& content) { torn_.insert(content); }

  /// Somebody wrote it, or a power cut tore it out of what somebody wrote.
  bool knows(const std::string& content) const {
    return written_.contains(content) || torn_.contains(content);
  }
  bool let_go(const std::string& content) const { return released_.contains(content); }
  /// What is lost if exactly these contents exist at quiescence.
  std::vector<std::string> lost(const std::set<std::string>& existing) const {
    std::vector<std::string> out;
    for (const auto& [c, device] : written_)
      if (!released_.contains(c) && !existing.contains(c)) out.push_back(c);
    return out;
  }
  /// Contents that nobody wrote (RELIABILITY I3).
  std::vector<std::string> invented(const std::set<std::string>& existing) const {
    std::vector<std::string> out;
    for (const auto& c : existing)
      if (!knows(c)) out.push_back(c);
    return out;
  }

 private:
  std::map<std::string, std::string> written_;  // content → device
  std::set<std::string> released_, torn_;
};

}  // namespace tinysync::oracle
