// Uploads in parts. Every part is a file, durable before it is acknowledged; the last one turns
// them into segments without copying. What a crash leaves is a prefix, or nothing.

#include <algorithm>
#include <charconv>

#include "platform/crypto/history.hpp"
#include "server/blobs/blob_directory.hpp"

namespace tinysync::server {
namespace {

constexpr std::uint32_t file_mode = 0600, folder_mode = 0700;
constexpr std::size_t read_step = 1024 * 1024;
constexpr std::size_t most_hashing = 1024;  // beyond: uploads are read again when they are whole

std::string folder_of(const upload_key& k) {
  return "partial/" + k.device.hex() + "-" + k.vault.hex() + "-" + k.hash.hex();
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t v = 0;
  auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return v;
}

}  // namespace

/// Parts that follow each other from the start; others (left by a crash) are ignored.
result<std::vector<blob_directory::part>> blob_directory::parts_of(const std::string& folder) {
  auto listed = disk_->list(folder);
  if (!listed && listed.error().code == errc::missing) return std::vector<part>{};
  if (!listed) return failure(listed.error());
  std::vector<part> found, out;
  for (const auto& e : *listed) {
    auto dash = e.name.find('-');
    if (dash == std::string::npos) continue;
    auto offset = number(std::string_view(e.name).substr(0, dash));
    auto size = number(std::string_view(e.name).substr(dash + 1));
    if (offset && size && e.stat.size == *size && *size > 0)
      found.push_back({*offset, *size, e.name});
  }
  std::sort(found.begin(), found.end(),
            [](const part& a, const part& b) { return a.offset < b.offset; });
  std::uint64_t end = 0;
  for (auto& p : found) {
    if (p.offset != end) continue;
    end += p.size;
    out.push_back(std::move(p));
  }
  return out;
}

result<void> blob_directory::drop_folder(const std::string& folder) {
  auto listed = disk_->list(folder);
  if (!listed)
    return listed.error().code == errc::missing ? result<void>{} : failure(listed.error());
  for (const auto& e : *listed)
    if (auto done = disk_->unlink(folder + "/" + e.name); !done) return done;
  return disk_->rmdir(folder);
}

result<upload_progress> blob_directory::progress(const upload_key& key) {
  auto parts = parts_of(folder_of(key));
  if (!parts) return failure(parts.error());
  upload_progress out;
  for (const auto& p : *parts) out.received += p.size;
  return out;
}

result<upload_progress> blob_directory::add_part(const upload_key& key, std::uint64_t offset,
                                                 std::uint64_t total, std::string_view bytes) {
  auto folder = folder_of(key);
  auto before = progress(key);
  if (!before) return before;
  if (offset != before->received || bytes.empty() || bytes.size() > total - std::min(total, offset))
    return failure(errc::range_unsatisfiable,
                   "the upload goes on at " + std::to_string(before->received));
  auto made = disk_->make_folder(folder, folder_mode);
  if (!made && made.error().code != errc::exists) return failure(made.error());
  if (made)
    if (auto done = disk_->sync_folder("partial"); !done) return failure(done.error());
  auto path = folder + "/" + std::to_string(offset) + "-" + std::to_string(bytes.size());
  (void)disk_->unlink(path);  // a torn one of an earlier life
  auto out = disk_->create_staged(path, file_mode);
  if (!out) return failure(out.error());
  if (auto done = (*out)->write(bytes); !done) return failure(done.error());
  if (auto done = (*out)->sync(); !done) return failure(done.error());
  if (auto done = disk_->sync_folder(folder); !done) return failure(done.error());
  if (hashing_.size() > most_hashing && !hashing_.contains(key)) hashing_.clear();
  auto& [hashed, hasher] = hashing_[key];
  if (hashed == offset) {
    hasher.update(bytes);
    hashed += bytes.size();
  }
  if (offset + bytes.size() < total) return upload_progress{offset + bytes.size(), {}};
  auto parts = parts_of(folder);
  if (!parts) return failure(parts.error());
  return complete(key, folder, *parts);
}

result<upload_progress> blob_directory::complete(const upload_key& key, const std::string& folder,
                                                 const std::vector<part>& parts) {
  stored_blob blob{key.hash, 0, {}};
  for (const auto& p : parts) blob.size += p.size;
  auto known = hashing_.extract(key);
  crypto::hasher h;
  if (!known.empty() && known.mapped().first == blob.size) {
    h = std::move(known.mapped().second);
  } else {
    for (const auto& p : parts) {
      auto in = disk_->open_read(folder + "/" + p.name);
      std::string step(read_step, '\0');
      for (std::uint64_t at = 0; in && at < p.size;) {
        auto n = (*in)->read_at(at, step);
        if (!n || *n == 0) return failure(errc::io_failed, "a part of an upload cannot be read");
        h.update(std::string_view(step).substr(0, *n));
        at += *n;
      }
      if (!in) return failure(in.error());
    }
  }
  if (blob_hash{h.finish()} != key.hash) {
    (void)drop_folder(folder);
    return failure(errc::hash_mismatch, key.hash.hex());
  }
  for (const auto& p : parts) {
    auto id = fresh_id();
    if (auto done = disk_->rename_noreplace(folder + "/" + p.name, path_of(id)); !done)
      return failure(done.error());
    blob.where.push_back({id, 0, p.size});
  }
  if (auto done = disk_->sync_folder("segments"); !done) return failure(done.error());
  (void)drop_folder(folder);
  auto size = blob.size;
  return upload_progress{size, std::move(blob)};
}

result<std::uint64_t> blob_directory::drop_stale(std::int64_t older_than_ns) {
  auto folders = disk_->list("partial");
  if (!folders) return failure(folders.error());
  std::uint64_t dropped = 0;
  for (const auto& f : *folders) {
    if (f.stat.kind != fs::kind::folder || f.stat.mtime_ns >= older_than_ns) continue;
    if (drop_folder("partial/" + f.name)) ++dropped;
  }
  return dropped;
}

}  // namespace tinysync::server
