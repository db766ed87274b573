#include "server/actors/blob_store.hpp"

#include <map>

#include "proto/codec/messages.hpp"

namespace tinysync::server {
namespace {

std::string_view attached(actors::context& self) {
  return self.attachment() ? std::string_view(*self.attachment()) : std::string_view{};
}

template <class M>
upload_key key_of(const M& m) {
  return {id_from<device_id>(m.device()), id_from<vault_id>(m.vault()),
          id_from<blob_hash>(m.hash())};
}

/// A disk that is full or failing is waited out; the caller hears it as such.
result<pb::Progress> answer(const result<upload_progress>& p) {
  if (!p) return failure(p.error());
  pb::Progress out;
  out.set_received(p->received);
  if (p->complete) put(*p->complete, *out.mutable_complete());
  return out;
}

}  // namespace

blob_store::blob_store(actors::context&, server_doors doors) : doors_(std::move(doors)) {
  auto opened = blob_directory::open(doors_.blobs, doors_.bytes());
  if (!opened) throw std::runtime_error("the blobs: " + to_string(opened.error()));
  blobs_ = std::move(*opened);
}

result<pb::BlobsStored> blob_store::handle(const pb::StoreBlobs& m, actors::context& self) {
  auto bytes = attached(self);
  std::vector<incoming_blob> batch;
  for (int i = 0; i < m.hashes_size(); ++i) {
    auto size = std::min<std::size_t>(m.sizes(i), bytes.size());
    batch.push_back({id_from<blob_hash>(m.hashes(i)), bytes.substr(0, size)});
    bytes.remove_prefix(size);
  }
  auto stored = blobs_->store(batch);
  if (!stored) return failure(stored.error());
  pb::BlobsStored out;
  for (const auto& b : *stored) put(b, *out.add_blobs());
  return out;
}

result<actors::with_bulk<pb::BlobRead>> blob_store::handle(const pb::ReadBlob& m) {
  auto bytes = blobs_->read(from_message(m.blob()), m.offset(), m.size());
  if (!bytes) return failure(bytes.error());
  return actors::with_bulk<pb::BlobRead>{{}, actors::make_bulk(std::move(*bytes))};
}

result<actors::with_bulk<pb::BlobRead>> blob_store::handle(const pb::ReadBlobs& m) {
  std::map<std::string_view, const pb::StoredBlob*> known;
  for (const auto& b : m.blobs()) known[b.hash()] = &b;
  std::string out;
  for (const auto& hash : m.wanted()) {
    auto at = known.find(hash);
    if (at == known.end()) {
      codec::append_frame(out, id_from<blob_hash>(hash), {}, true);
      continue;
    }
    auto bytes = blobs_->read(from_message(*at->second), 0, at->second->size());
    if (!bytes) return failure(bytes.error());
    codec::append_frame(out, id_from<blob_hash>(hash), *bytes, false);
  }
  return actors::with_bulk<pb::BlobRead>{{}, actors::make_bulk(std::move(out))};
}

result<pb::Progress> blob_store::handle(const pb::AddPart& m, actors::context& self) {
  return answer(blobs_->add_part(key_of(m), m.offset(), m.total(), attached(self)));
}

result<pb::Progress> blob_store::handle(const pb::AskProgress& m) {
  return answer(blobs_->progress(key_of(m)));
}

result<pb::Dropped> blob_store::handle(const pb::DropStaleUploads& m) {
  auto n = blobs_->drop_stale(m.older_than_ns());
  if (!n) return failure(n.error());
  pb::Dropped out;
  out.set_count(*n);
  return out;
}

}  // namespace tinysync::server
