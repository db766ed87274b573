#include "proto/codec/fields.hpp"
#include "proto/codec/messages.hpp"
#include "proto/codec/to_wire.hpp"

namespace tinysync::codec {
namespace {

template <class Repeated>
result<std::vector<blob_hash>> read_hashes(const Repeated& from) {
  if (from.size() > static_cast<int>(most_hashes)) return bad("more than 10,000 hashes");
  std::vector<blob_hash> out;
  out.reserve(static_cast<std::size_t>(from.size()));
  for (const auto& raw : from) {
    blob_hash h;
    if (!read(h, raw)) return bad("a malformed hash");
    out.push_back(h);
  }
  return out;
}

std::uint32_t big_endian(std::string_view four) {
  std::uint32_t n = 0;
  for (unsigned char c : four.substr(0, 4)) n = n << 8 | c;
  return n;
}

}  // namespace

std::string encode(const std::vector<blob_hash>& hashes) {
  wire::v1::BlobList w;
  for (const auto& h : hashes) w.add_hashes(h.str());
  return serialized(w);
}

result<std::vector<blob_hash>> decode_hashes(std::string_view body) {
  auto w = parsed<wire::v1::BlobList>(body);
  if (!w) return failure(w.error());
  return read_hashes(w->hashes());
}

void append_frame(std::string& out, const blob_hash& hash, std::string_view content, bool missing) {
  wire::v1::BlobFrame w;
  w.set_hash(hash.str());
  w.set_content(std::string(content));
  w.set_missing(missing);
  auto size = static_cast<std::uint32_t>(w.ByteSizeLong());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(size >> shift));
  w.AppendToString(&out);
}

result<std::vector<blob_frame>> decode_frames(std::string_view body) {
  std::vector<blob_frame> out;
  while (!body.empty()) {
    if (body.size() < 4) return bad("a blob frame cut short");
    auto size = big_endian(body);
    body.remove_prefix(4);
    if (size > body.size()) return bad("a blob frame cut short");
    auto w = parsed<wire::v1::BlobFrame>(body.substr(0, size));
    if (!w) return failure(w.error());
    body.remove_prefix(size);
    blob_frame f;
    if (!read(f.hash, w->hash())) return bad("a blob frame without a hash");
    f.content = std::move(*w->mutable_content());
    f.missing = w->missing();
    out.push_back(std::move(f));
    if (out.size() > most_hashes) return bad("more than 10,000 blobs");
  }
  return out;
}

std::string encode(const blob_upload_answer& a) {
  wire::v1::BlobUploaded w;
  for (const auto& h : a.stored) w.add_hashes(h.str());
  for (const auto& h : a.refused) w.add_refused(h.str());
  return serialized(w);
}

result<blob_upload_answer> decode_blob_upload_answer(std::string_view body) {
  auto w = parsed<wire::v1::BlobUploaded>(body);
  if (!w) return failure(w.error());
  auto stored = read_hashes(w->hashes());
  auto refused = read_hashes(w->refused());
  if (!stored || !refused) return bad("a malformed upload answer");
  return blob_upload_answer{std::move(*stored), std::move(*refused)};
}

std::string encode(const blob_progress& p) {
  wire::v1::BlobProgress w;
  w.set_received(p.received);
  w.set_complete(p.complete);
  return serialized(w);
}

result<blob_progress> decode_blob_progress(std::string_view body) {
  auto w = parsed<wire::v1::BlobProgress>(body);
  if (!w) return failure(w.error());
  return blob_progress{w->received(), w->complete()};
}

}  // namespace tinysync::codec
