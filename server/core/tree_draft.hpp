#pragma once
// The vault as it would be after some changes: an overlay on a view. Inside a unit two items may
// share a place for a while; only the final state is judged.

#include <map>
#include <set>

#include "server/core/vault_view.hpp"

namespace tinysync::server {

class tree_draft {
 public:
  explicit tree_draft(vault_view& below) : below_(below) {}

  std::optional<item> find(const item_id& id);
  /// Replaces the item's state, live or tombstone.
  void put(item state);
  /// Somebody else than `id` lives at this place.
  std::optional<item_id> rival_at(const place& at, const item_id& id);
  std::vector<item_id> live_children(const item_id& folder);
  /// Is `id` somewhere below `folder`, or `folder` itself? Tombstones count as steps.
  bool within(item_id id, const item_id& folder);
  /// Live descendants of the folder, parents before children.
  std::vector<item> live_below(const item_id& folder);

 private:
  vault_view& below_;
  std::map<item_id, item> changed_;
  std::map<place, std::set<item_id>> placed_;
};

}  // namespace tinysync::server
