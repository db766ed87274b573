#pragma once
// Inside platform/watch only: which folder each watch stands for, while folders move about.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinysync::watch {

/// A one-to-one map of watch numbers and paths.
class watched_paths {
 public:
  /// The watch now stands for this path, whatever it or the path stood for before.
  void set(std::string_view path, int watch);
  std::optional<int> watch_of(std::string_view path) const;
  /// Of a folder set aside, its former path.
  std::optional<std::string> path_of(int watch) const;
  void erase(int watch);
  /// Forgets the folder and everything below it; returns their watches.
  std::vector<int> take_below(std::string_view path);
  /// The first half of a rename: what is watched at `from` waits aside for the second.
  void set_aside(std::string_view from);
  /// The second half. What was watched at `to` is set aside in turn: it waits for a move of its own
  /// (an exchange is two renames) or for its end.
  void move(std::string_view from, std::string_view to);
  /// The second half never came: forgets what waits, and returns its watches.
  std::vector<int> take_aside(std::string_view from);
  std::size_t size() const { return by_watch_.size(); }

 private:
  std::vector<std::string> keys_below(std::string_view path) const;

  // Paths set aside begin with NUL, which no path contains.
  std::map<std::string, int, std::less<>> by_path_;
  std::map<int, std::string> by_watch_;
};

}  // namespace tinysync::watch
