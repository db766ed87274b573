#include "server/blobs/blob_directory.hpp"

#include <set>

#include "platform/crypto/history.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::server {
namespace {

constexpr std::string_view segments_folder = "segments";
constexpr std::string_view partial_folder = "partial";
constexpr std::uint32_t file_mode = 0600, folder_mode = 0700;
constexpr std::size_t verify_step = 1024 * 1024;

}  // namespace

blob_directory::blob_directory(std::shared_ptr<fs::disk> disk, random_source random,
                               blob_directory_options options)
    : disk_(std::move(disk)), random_(std::move(random)), options_(options) {}

result<std::unique_ptr<blob_directory>> blob_directory::open(std::shared_ptr<fs::disk> disk,
                                                             random_source random,
                                                             blob_directory_options options) {
  bool made = false;
  for (auto folder : {segments_folder, partial_folder}) {
    auto done = disk->make_folder(folder, folder_mode);
    if (!done && done.error().code != errc::exists) return failure(done.error());
    made |= done.has_value();
  }
  if (made)
    if (auto done = disk->sync_folder(""); !done) return failure(done.error());
  return std::unique_ptr<blob_directory>(
      new blob_directory(std::move(disk), std::move(random), options));
}

std::string blob_directory::path_of(std::uint64_t id) {
  std::string raw;
  for (int shift = 56; shift >= 0; shift -= 8) raw.push_back(static_cast<char>(id >> shift));
  return std::string(segments_folder) + "/" + to_hex(raw);
}

std::uint64_t blob_directory::fresh_id() {
  std::uint8_t bytes[8];
  random_(bytes, sizeof bytes);
  std::uint64_t id = 0;
  for (auto b : bytes) id = id << 8 | b;
  return id & INT64_MAX;
}

result<blob_directory::segment> blob_directory::new_segment() {
  for (;;) {
    segment s;
    s.id = fresh_id();
    auto out = disk_->create_staged(path_of(s.id), file_mode);
    if (!out && out.error().code == errc::exists) continue;
    if (!out) return failure(out.error());
    if (auto done = disk_->sync_folder(segments_folder); !done) return failure(done.error());
    s.out = std::move(*out);
    return s;
  }
}

result<void> blob_directory::append(segment& to, std::string_view bytes, bool sync) {
  if (auto done = to.out->write(bytes); !done) return done;
  to.end += bytes.size();
  return sync && !planted(mistake::blobs_not_durable) ? to.out->sync() : result<void>{};
}

result<std::vector<stored_blob>> blob_directory::store(std::span<const incoming_blob> blobs) {
  std::vector<stored_blob> out;
  std::string packed;
  std::vector<std::size_t> in_pack;
  std::set<blob_hash> seen;
  for (const auto& b : blobs) {
    if (blob_hash_of(b.bytes) != b.hash || !seen.insert(b.hash).second) continue;
    if (b.bytes.size() <= options_.packed_bytes) {
      in_pack.push_back(out.size());
      out.push_back({b.hash, b.bytes.size(), {{0, packed.size(), b.bytes.size()}}});
      packed += b.bytes;
      continue;
    }
    auto own = new_segment();
    if (!own) return failure(own.error());
    if (auto done = append(*own, b.bytes, true); !done) return failure(done.error());
    out.push_back({b.hash, b.bytes.size(), {{own->id, 0, b.bytes.size()}}});
  }
  if (in_pack.empty()) return out;
  if (!pack_ || pack_->end + packed.size() > options_.segment_bytes) {
    auto fresh = new_segment();
    if (!fresh) return failure(fresh.error());
    pack_ = std::move(*fresh);
  }
  auto begin = pack_->end;
  if (auto done = append(*pack_, packed, true); !done) {
    pack_.reset();  // what its tail holds is not known: nothing is ever placed there
    return failure(done.error());
  }
  for (auto i : in_pack) {
    out[i].where[0].segment = pack_->id;
    out[i].where[0].offset += begin;
  }
  return out;
}

result<void> blob_directory::read_extent(const extent& e, std::uint64_t from, std::span<char> out) {
  auto known = readers_.find(e.segment);
  if (known == readers_.end()) {
    auto opened = disk_->open_read(path_of(e.segment));
    if (!opened) return failure(errc::io_failed, to_string(opened.error()));
    if (readers_.size() >= options_.open_readers) readers_.erase(readers_.begin());
    known = readers_.emplace(e.segment, std::move(*opened)).first;
  }
  auto n = known->second->read_at(e.offset + from, out);
  if (!n) {
    readers_.erase(known);
    return failure(n.error());
  }
  if (*n != out.size()) return failure(errc::io_failed, "a segment is shorter than it was");
  return {};
}

result<std::string> blob_directory::read(const stored_blob& blob, std::uint64_t offset,
                                         std::uint64_t size) {
  if (offset > blob.size || size > blob.size - offset)
    return failure(errc::range_unsatisfiable,
                   "the blob has " + std::to_string(blob.size) + " bytes");
  std::string out(size, '\0');
  std::uint64_t begin = 0, done = 0;
  for (const auto& e : blob.where) {
    auto end = begin + e.size;
    auto from = std::max(begin, offset), to = std::min(end, offset + size);
    if (from < to) {
      auto piece = std::span(out).subspan(done, to - from);
      if (auto got = read_extent(e, from - begin, piece); !got) return failure(got.error());
      done += to - from;
    }
    begin = end;
  }
  if (done != size) return failure(errc::io_failed, "the extents do not add up");
  return out;
}

result<void> blob_directory::verify(const stored_blob& blob) {
  crypto::hasher h;
  for (std::uint64_t at = 0; at < blob.size; at += verify_step) {
    auto piece = read(blob, at, std::min<std::uint64_t>(verify_step, blob.size - at));
    if (!piece) return failure(piece.error());
    h.update(*piece);
  }
  if (blob_hash{h.finish()} != blob.hash) return failure(errc::hash_mismatch, blob.hash.hex());
  return {};
}

/// A segment of its own, hashed while it is written.
class blob_directory::stream final : public blob_stream {
 public:
  stream(blob_directory& home, segment s) : home_(home), s_(std::move(s)) {}

  result<void> write(std::string_view bytes) override {
    hash_.update(bytes);
    return home_.append(s_, bytes, false);
  }

  result<stored_blob> finish() override {
    if (auto done = planted(mistake::blobs_not_durable) ? result<void>{} : s_.out->sync(); !done) return failure(done.error());
    return stored_blob{blob_hash{hash_.finish()}, s_.end, {{s_.id, 0, s_.end}}};
  }

 private:
  blob_directory& home_;
  segment s_;
  crypto::hasher hash_;
};

result<std::unique_ptr<blob_stream>> blob_directory::begin_stream() {
  auto s = new_segment();
  if (!s) return failure(s.error());
  return std::make_unique<stream>(*this, std::move(*s));
}

}  // namespace tinysync::server
