#pragma once
// Inside server/core only: one mutation on a draft of the tree, placement not yet judged.

#include "server/core/judge.hpp"
#include "server/core/tree_draft.hpp"

namespace tinysync::server {

/// What one mutation would do.
struct step {
  reason why = reason::none;     ///< refused
  std::optional<item> theirs;    ///< the server's item, if there is one
  std::optional<row_draft> row;  ///< it changes something
  bool agreed() const { return why == reason::none && !row; }
};

/// Applies the mutation to the draft unless a precondition fails.
step take_step(tree_draft& tree, vault_view& vault, const proposal& p, seq_no at);

}  // namespace tinysync::server
