#pragma once
// Decides about mutations: what happens, or why not. Pure (DESIGN §4 Mutations).

#include <optional>
#include <span>
#include <vector>

#include "proto/vocabulary/log_row.hpp"
#include "proto/vocabulary/mutation.hpp"
#include "server/core/vault_view.hpp"

namespace tinysync::server {

/// Unknown fields kept of an item: an item stays small enough for one record of a snapshot.
inline constexpr std::size_t most_extra_bytes = 16 * 1024;

/// One mutation to be judged.
struct proposal {
  const mutation* what = nullptr;
  std::string like_extra;  ///< the unknown fields of its `like`, kept in what it creates
};

/// What else counts besides the tree.
struct terms {
  seq_no next{1};                           ///< of the first row
  bool may_write = true;                    ///< the device's role, read in this transaction
  std::optional<std::uint64_t> bytes_left;  ///< of the vault's quota; nothing: unlimited
};

/// What becomes of one mutation; store and wire add op ids, positions and canonical bytes.
struct decision {
  verdict kind = verdict::rejected;
  reason why = reason::none;
  std::optional<item> theirs;  ///< the server's item: applied, agreed, conflict
  op_id skipped_for;
};

/// One row of the log to be. Every item named here changes with it.
struct row_draft {
  std::size_t mutation = 0;  ///< index in the unit
  log_kind kind = log_kind::create;
  item state;                 ///< post-state
  std::vector<item> also;     ///< live again with a restored folder
  std::vector<item> removed;  ///< tombstones of what was below a deleted folder
};

struct judgement {
  std::vector<decision> decisions;  ///< one each, in order
  std::vector<row_draft> rows;      ///< dense from terms::next; none if the unit was refused
};

/// Judges a unit: a lone mutation, or all mutations of a group on their joint final state, which
/// are applied all or none (the culprit names its reason, the others are skipped for it).
judgement judge(vault_view& vault, std::span<const proposal> unit, const terms& on);

/// conflict for reasons that lie in the server's state, rejected for those of the request.
verdict verdict_of(reason why);

}  // namespace tinysync::server
