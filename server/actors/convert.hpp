#pragma once
// Between actor messages and values; inside server/actors only.

#include "actors/faces/server.hpp"
#include "platform/crypto/encoding.hpp"
#include "proto/vocabulary/result.hpp"
#include "server/blobs/blob_storage.hpp"
#include "server/store/access.hpp"

namespace tinysync::server {

namespace pb = server_faces::pb;
namespace faces = server_faces;

/// Zero if the bytes have another length.
template <class Id>
Id id_from(std::string_view raw) {
  auto id = Id::from(raw);
  return id ? *id : Id{};
}

inline crypto::digest digest_from(std::string_view raw) {
  auto d = crypto::digest_from_bytes(raw);
  return d ? *d : crypto::digest{};
}

inline std::string bytes_of(const crypto::digest& d) { return std::string(crypto::bytes_of(d)); }

inline void put(const stored_blob& b, pb::StoredBlob& out) {
  out.set_hash(b.hash.str());
  out.set_size(b.size);
  for (const auto& e : b.where) {
    auto& m = *out.add_where();
    m.set_segment(e.segment);
    m.set_offset(e.offset);
    m.set_size(e.size);
  }
}

inline stored_blob from_message(const pb::StoredBlob& m) {
  stored_blob b{id_from<blob_hash>(m.hash()), m.size(), {}};
  for (const auto& e : m.where()) b.where.push_back({e.segment(), e.offset(), e.size()});
  return b;
}

template <class Repeated>
std::vector<stored_blob> from_messages(const Repeated& all) {
  std::vector<stored_blob> out;
  for (const auto& m : all) out.push_back(from_message(m));
  return out;
}

template <class Id, class Repeated>
std::vector<Id> ids_from(const Repeated& all) {
  std::vector<Id> out;
  for (const auto& raw : all) out.push_back(id_from<Id>(raw));
  return out;
}

}  // namespace tinysync::server
