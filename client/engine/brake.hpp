#pragma once
// The mass-change brake (DESIGN §5, docs/decisions/0006): what would destroy much on the server waits
// for a person. Pure.

#include <set>

#include "client/engine/plan.hpp"

namespace tinysync::engine {

struct brake_limits {
  std::uint64_t items = 50;     ///< up to this many always pass
  std::uint64_t percent = 30;   ///< more are held back if they are more than this of a folder, or of all
  std::uint64_t most = 10'000;  ///< more than this many are held back whatever they are a part of
};

/// One operation that deletes or overwrites what the server holds.
struct destruction {
  item_id item;
  bool overwrites = false;
  std::uint64_t items = 1;     ///< a DeleteSubtree counts all it removes
  std::vector<item_id> above;  ///< folders it takes from, innermost first, the vault's root last
};

/// What of this plan deletes or overwrites.
std::vector<destruction> destructions(tree_view& trees, const plan& p);

/// Folders an item is in on the server, innermost first, the vault's root last.
std::vector<item_id> folders_above(tree_view& trees, item_id id);

/// Which items' operations must wait: those below the innermost folders that lose too much. `before`:
/// what is held back already, and what the plans since the vault was last in sync destroyed, so that a
/// mass change in small parts is one, too.
std::set<item_id> to_hold_back(tree_view& trees, const std::vector<destruction>& now,
                               const std::vector<destruction>& before, const brake_limits& limits);

/// Takes the operations of these items out of the plan, with those that come after them or share a
/// group with them. Returns the items of the latter: they wait.
std::vector<item_id> hold_back(plan& p, const std::set<item_id>& held);

}  // namespace tinysync::engine
