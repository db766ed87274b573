#include "server/core/tree_draft.hpp"

namespace tinysync::server {

std::optional<item> tree_draft::find(const item_id& id) {
  auto i = changed_.find(id);
  return i == changed_.end() ? below_.find(id) : i->second;
}

void tree_draft::put(item state) {
  auto id = state.id;
  if (auto i = changed_.find(id); i != changed_.end()) placed_[i->second.at].erase(id);
  if (!state.deleted) placed_[state.at].insert(id);
  changed_.insert_or_assign(id, std::move(state));
}

std::optional<item_id> tree_draft::rival_at(const place& at, const item_id& id) {
  if (auto i = placed_.find(at); i != placed_.end())
    for (const auto& other : i->second)
      if (other != id) return other;
  auto there = below_.live_at(at);
  if (!there || *there == id || changed_.contains(*there)) return std::nullopt;
  return there;
}

std::vector<item_id> tree_draft::live_children(const item_id& folder) {
  std::vector<item_id> out;
  for (const auto& id : below_.live_children(folder))
    if (!changed_.contains(id)) out.push_back(id);
  for (const auto& [id, state] : changed_)
    if (!state.deleted && state.at.parent == folder) out.push_back(id);
  return out;
}

bool tree_draft::within(item_id id, const item_id& folder) {
  std::set<item_id> seen;
  while (id != folder) {
    auto it = id == root_item || !seen.insert(id).second ? std::nullopt : find(id);
    if (!it) return false;
    id = it->at.parent;
  }
  return true;
}

std::vector<item> tree_draft::live_below(const item_id& folder) {
  std::vector<item> out;
  std::vector<item_id> todo = live_children(folder);
  std::set<item_id> seen{folder};
  while (!todo.empty()) {
    auto id = todo.back();
    todo.pop_back();
    auto it = seen.insert(id).second ? find(id) : std::nullopt;
    if (!it) continue;
    if (it->kind == item_kind::folder)
      for (const auto& child : live_children(id)) todo.push_back(child);
    out.push_back(std::move(*it));
  }
  return out;
}

}  // namespace tinysync::server
