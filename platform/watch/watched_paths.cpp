#include "platform/watch/watched_paths.hpp"

#include "platform/fs/types.hpp"

namespace tinysync::watch {
namespace {

std::string aside(std::string_view path) { return std::string(1, '\0') + std::string(path); }

}  // namespace

void watched_paths::set(std::string_view path, int watch) {
  if (auto at = by_path_.find(path); at != by_path_.end()) by_watch_.erase(at->second);
  erase(watch);
  by_path_[std::string(path)] = watch;
  by_watch_[watch] = std::string(path);
}

std::optional<int> watched_paths::watch_of(std::string_view path) const {
  auto at = by_path_.find(path);
  return at == by_path_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<std::string> watched_paths::path_of(int watch) const {
  auto at = by_watch_.find(watch);
  if (at == by_watch_.end()) return std::nullopt;
  return at->second.starts_with('\0') ? at->second.substr(1) : at->second;
}

void watched_paths::erase(int watch) {
  auto at = by_watch_.find(watch);
  if (at == by_watch_.end()) return;
  by_path_.erase(at->second);
  by_watch_.erase(at);
}

std::vector<std::string> watched_paths::keys_below(std::string_view path) const {
  std::vector<std::string> keys;
  // "a" < "a!" < "a/b": what is below is not all adjacent, but all begins with the path.
  for (auto at = by_path_.lower_bound(path); at != by_path_.end() && at->first.starts_with(path);
       ++at) {
    const bool waits = at->first.starts_with('\0') && !path.starts_with('\0');
    if (!waits && fs::is_within(at->first, path)) keys.push_back(at->first);
  }
  return keys;
}

std::vector<int> watched_paths::take_below(std::string_view path) {
  std::vector<int> watches;
  for (const auto& key : keys_below(path)) {
    watches.push_back(by_path_.at(key));
    erase(watches.back());
  }
  return watches;
}

void watched_paths::set_aside(std::string_view from) {
  if (!keys_below(aside(from)).empty()) return;  // displaced by the first rename of an exchange
  for (const auto& key : keys_below(from)) set(aside(key), by_path_.at(key));
}

void watched_paths::move(std::string_view from, std::string_view to) {
  set_aside(from);
  // Taken out first: what arrives must not be displaced by its own arrival.
  std::vector<std::pair<std::string, int>> arriving;
  for (const auto& key : keys_below(aside(from))) {
    arriving.emplace_back(std::string(to) + key.substr(from.size() + 1), by_path_.at(key));
    erase(arriving.back().second);
  }
  for (const auto& key : keys_below(to)) set(aside(key), by_path_.at(key));
  for (const auto& [path, watch] : arriving) set(path, watch);
}

std::vector<int> watched_paths::take_aside(std::string_view from) {
  return take_below(aside(from));
}

}  // namespace tinysync::watch
