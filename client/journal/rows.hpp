#pragma once
// Column by column between the index and values; inside client/journal only.

#include "client/engine/trees.hpp"
#include "platform/sqlite/database.hpp"

namespace tinysync::journal {

inline sqlite::blob raw(std::string_view bytes) { return sqlite::blob(bytes); }

template <class Tag, std::size_t N>
sqlite::blob raw(const fixed_bytes<Tag, N>& id) { return sqlite::blob(id.view()); }

/// Throws local_state_corrupt (as sqlite::failure) if a column has the wrong size.
template <class Id>
Id id_at(const sqlite::rows& r, int column) {
  auto id = Id::from(r.bytes(column));
  if (!id) throw sqlite::failure(error{errc::local_state_corrupt, "an id of the wrong size"});
  return *id;
}

inline std::int64_t as_i64(std::uint64_t v) { return static_cast<std::int64_t>(v); }
inline std::uint64_t as_u64(std::int64_t v) { return static_cast<std::uint64_t>(v); }

/// The item that this entry would be, had it been agreed upon as it is.
item as_agreed(const engine::local_item& l);
/// A value of engine_state as stored; local_state_corrupt if it is not what was put there.
result<std::string> unsealed_state(std::string_view key, std::string_view stored);

}  // namespace tinysync::journal
