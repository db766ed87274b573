#include "client/engine/brake.hpp"

#include <algorithm>
#include <map>

namespace tinysync::engine {
namespace {

constexpr int deepest = 4096;

/// Items the server has below the folder; stops counting at `enough`.
std::uint64_t count_below(tree_view& trees, const item_id& folder, std::uint64_t enough) {
  std::uint64_t n = 0;
  std::vector<item_id> open{folder};
  while (!open.empty() && n < enough) {
    auto at = open.back();
    open.pop_back();
    for (const auto& child : trees.remote_children(at)) {
      ++n;
      open.push_back(child);
    }
  }
  return n;
}

}  // namespace

std::vector<item_id> folders_above(tree_view& trees, item_id id) {
  std::vector<item_id> out;
  for (int depth = 0; depth < deepest && id != root_item; ++depth) {
    auto r = trees.remote(id);
    if (!r) break;
    id = r->at.parent;
    out.push_back(id);
  }
  if (out.empty() || out.back() != root_item) out.push_back(root_item);
  return out;
}

std::vector<destruction> destructions(tree_view& trees, const plan& p) {
  std::vector<destruction> out;
  for (const auto& m : p.mutations) {
    bool overwrites = std::holds_alternative<update_content>(m.change);
    bool subtree = std::holds_alternative<delete_subtree>(m.change);
    if (!overwrites && !subtree && !std::holds_alternative<delete_item>(m.change)) continue;
    destruction d{m.item, overwrites, 1, folders_above(trees, m.item)};
    if (subtree) {
      d.items += count_below(trees, m.item, UINT64_MAX);
      d.above.insert(d.above.begin(), m.item);
    }
    out.push_back(std::move(d));
  }
  return out;
}

namespace {

/// How much is taken from each folder; inner folders answer for their share before outer ones.
class tallies {
 public:
  tallies(tree_view& trees, const brake_limits& limits) : trees_(trees), limits_(limits) {}
  void count(const destruction& d);
  std::set<item_id> held();

 private:
  struct tally {
    std::uint64_t destroyed = 0, gone = 0;
    std::size_t depth = 0;
  };
  bool too_much(const item_id& folder, const tally& t);
  void hold_below(const item_id& folder);

  tree_view& trees_;
  const brake_limits& limits_;
  std::map<item_id, const destruction*> all_;  // an item counts once
  std::map<item_id, tally> folders_;
  std::set<item_id> held_;
};

void tallies::count(const destruction& d) { all_[d.item] = &d; }

bool tallies::too_much(const item_id& folder, const tally& t) {
  if (t.destroyed <= limits_.items) return false;
  auto harmless_from = t.destroyed * 100 / std::max<std::uint64_t>(limits_.percent, 1) + 1;
  auto holds = count_below(trees_, folder, harmless_from) + t.gone;
  return t.destroyed * 100 > holds * limits_.percent;
}

void tallies::hold_below(const item_id& folder) {
  for (const auto& [id, d] : all_) {
    bool below = std::find(d->above.begin(), d->above.end(), folder) != d->above.end();
    if (!below || !held_.insert(id).second) continue;
    for (const auto& f : d->above) folders_[f].destroyed -= d->items;
  }
}

std::set<item_id> tallies::held() {
  std::uint64_t total = 0;
  for (const auto& [id, d] : all_) {
    total += d->items;
    bool gone = !trees_.remote(id);
    for (std::size_t i = 0; i < d->above.size(); ++i) {
      auto& t = folders_[d->above[i]];
      t.destroyed += d->items;
      t.depth = d->above.size() - i;
      if (gone) t.gone += d->items;
    }
  }
  if (total <= limits_.items) return held_;
  std::vector<std::pair<std::size_t, item_id>> inner_first;
  for (const auto& [id, t] : folders_) inner_first.emplace_back(t.depth, id);
  std::sort(inner_first.rbegin(), inner_first.rend());
  for (const auto& [depth, id] : inner_first)
    if (too_much(id, folders_[id])) hold_below(id);
  if (folders_[root_item].destroyed > limits_.most) hold_below(root_item);
  return held_;
}

}  // namespace

std::set<item_id> to_hold_back(tree_view& trees, const std::vector<destruction>& now,
                               const std::vector<destruction>& before, const brake_limits& limits) {
  tallies all(trees, limits);
  for (const auto& d : before) all.count(d);
  for (const auto& d : now) all.count(d);
  auto held = all.held();
  std::set<item_id> out;
  for (const auto& d : now)
    if (held.contains(d.item)) out.insert(d.item);
  return out;
}

std::vector<item_id> hold_back(plan& p, const std::set<item_id>& held) {
  std::set<op_id> out_ops;
  std::set<batch_id> out_groups;
  auto destroys = [](const mutation& m) {
    return std::holds_alternative<update_content>(m.change) ||
           std::holds_alternative<delete_subtree>(m.change) ||
           std::holds_alternative<delete_item>(m.change);
  };
  auto goes = [&](const mutation& m) {
    bool after = std::any_of(m.after.begin(), m.after.end(),
                             [&](const op_id& op) { return out_ops.contains(op); });
    return after || (held.contains(m.item) && destroys(m)) ||
           (!m.group.none() && out_groups.contains(m.group));
  };
  for (bool more = true; more;) {
    more = false;
    for (const auto& m : p.mutations) {
      if (!goes(m) || !out_ops.insert(m.op).second) continue;
      if (!m.group.none()) out_groups.insert(m.group);
      more = true;
    }
  }
  std::vector<item_id> waiting;
  for (const auto& m : p.mutations)
    if (out_ops.contains(m.op) && !(held.contains(m.item) && destroys(m))) waiting.push_back(m.item);
  std::erase_if(p.mutations, [&](const mutation& m) { return out_ops.contains(m.op); });
  return waiting;
}

}  // namespace tinysync::engine
