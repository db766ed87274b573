#pragma once
// What deciding about a mutation needs to know of a vault; read under the vault's lock.

#include <optional>
#include <vector>

#include "proto/vocabulary/item.hpp"

namespace tinysync::server {

/// A vault as it stands. Implemented by the stores, and by a table in tests.
class vault_view {
 public:
  virtual ~vault_view() = default;
  /// Live items and tombstones.
  virtual std::optional<item> find(const item_id& id) = 0;
  /// Who lives at this place.
  virtual std::optional<item_id> live_at(const place& at) = 0;
  virtual std::vector<item_id> live_children(const item_id& folder) = 0;
  /// Every tombstone this op made.
  virtual std::vector<item> removed_by(const op_id& op) = 0;
  /// The state of the item that the row of this seq displaced.
  virtual std::optional<item> displaced(const item_id& id, seq_no at) = 0;
  /// Bytes of a blob received in this vault; nothing if it was not.
  virtual std::optional<std::uint64_t> blob_size(const blob_hash& ref) = 0;
};

}  // namespace tinysync::server
