#pragma once
// Column by column between the database and values; inside server/store only.

#include "platform/crypto/sha256.hpp"
#include "platform/sqlite/database.hpp"
#include "proto/codec/messages.hpp"

namespace tinysync::server {

inline sqlite::blob raw(std::string_view bytes) { return sqlite::blob(bytes); }

template <class Tag, std::size_t N>
sqlite::blob raw(const fixed_bytes<Tag, N>& id) {
  return sqlite::blob(id.view());
}

inline sqlite::blob raw(const crypto::digest& d) { return sqlite::blob(crypto::bytes_of(d)); }

/// NULL for "none".
template <class Id>
std::optional<sqlite::blob> raw_or_null(const Id& id) {
  return id.none() ? std::nullopt : std::optional(sqlite::blob(id.view()));
}

/// Throws (as sqlite::failure) what a damaged database is.
[[noreturn]] inline void damaged(std::string what) {
  throw sqlite::failure(error{errc::local_state_corrupt, std::move(what)});
}

template <class Id>
Id id_at(const sqlite::rows& r, int column) {
  auto id = Id::from(r.bytes(column));
  if (!id) damaged("an id of the wrong size");
  return *id;
}

inline item item_of(std::string_view canonical) {
  auto it = codec::decode_item(canonical);
  if (!it) damaged(to_string(it.error()));
  return std::move(*it);
}

inline std::int64_t as_i64(std::uint64_t v) { return static_cast<std::int64_t>(v); }
inline std::uint64_t as_u64(std::int64_t v) { return static_cast<std::uint64_t>(v); }

}  // namespace tinysync::server
