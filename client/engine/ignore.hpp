#pragma once
// What is not synced because a rule says so (DESIGN §5 Ignore rules): gitignore syntax, pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinysync::engine {

/// The synced rules, in the root of the folder.
inline constexpr std::string_view synced_rules_file = ".tinysyncignore";
/// A file of rules is read up to this size; a longer one counts as unreadable.
inline constexpr std::size_t most_rules_bytes = 1 << 20;
inline constexpr std::size_t most_rules = 10'000, most_pattern_bytes = 4096;

/// Where a rule stands, for people.
struct ignore_rule {
  std::string source;  ///< "built in", ".tinysyncignore", "settings/ignore"
  std::size_t line = 0;
  std::string pattern;  ///< as written
};

/// Rules in order. As in gitignore the last one that fits decides, and below a folder that is ignored
/// nothing can be taken back. Only what the vault does not have yet is ever ignored: what is synced
/// stays synced.
class ignore_rules {
 public:
  /// Lock, swap and scratch files of programs, which say nothing to another device.
  static ignore_rules built_in();
  /// Adds the lines of a file; they outrank those added before. What cannot be a rule is a complaint.
  void add(std::string_view source, std::string_view text);

  /// The rule by which the entry at `path` (relative to the root) is ignored, itself or with a folder
  /// above it; none: it is synced.
  const ignore_rule* ignoring(std::string_view path, bool folder) const;
  /// The same of the entry alone, where the folders above are known not to be ignored.
  const ignore_rule* ignoring_entry(std::string_view path, bool folder) const;

  std::vector<ignore_rule> all() const;
  /// Lines that are no rule, and why.
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  struct compiled {
    ignore_rule rule;
    bool negated = false, folders_only = false, anywhere = false;  // anywhere: the last name alone counts
    std::vector<std::string> parts;
  };
  std::optional<std::string> compile(std::string_view line, compiled& out) const;

  std::vector<compiled> rules_;
  std::vector<std::string> complaints_;
};

}  // namespace tinysync::engine
