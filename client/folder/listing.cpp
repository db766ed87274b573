#include "client/folder/listing.hpp"

#include "client/folder/layout.hpp"
#include "platform/crypto/history.hpp"
#include "platform/crypto/sha256.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::folder {
namespace {

constexpr std::size_t read_size = 256 * 1024;

bool same_file_state(const fs::file_stat& a, const fs::file_stat& b) {
  return engine::same_stat(seen_of(a), seen_of(b));
}

std::string code_of(const error& e) { return std::string(name_of(e.code)); }

/// Another agent's, or was: what is in it is that one's business.
bool is_root(fs::disk& disk, const std::string& path, const std::vector<fs::entry>& entries) {
  for (const auto& e : entries)
    if (e.name == own_folder && e.stat.kind == fs::kind::folder)
      return disk.stat(join_path(path, marker_path)).has_value();
  return false;
}

}  // namespace

engine::listing list_folder(fs::disk& disk, const std::string& path,
                            const fs::root_identity& root, const engine::ignore_rules& rules) {
  engine::listing out;
  out.path = path;
  out.ignored = rules.ignoring(path, true) != nullptr;
  if (!path.empty()) {
    auto self = disk.stat(path);
    if (!self) {
      out.failed = code_of(self.error());
      return out;
    }
    out.self = seen_of(*self);
  }
  auto entries = disk.list(path);
  if (!entries && planted(mistake::errors_look_empty)) entries.emplace();
  if (!entries) {
    bool elsewhere = entries.error().code == errc::outside_root;
    out.failed = elsewhere ? "other_filesystem" : code_of(entries.error());
    return out;
  }
  if (!path.empty() && is_root(disk, path, *entries)) {
    out.failed = "another_root";
    return out;
  }
  out.entries.reserve(entries->size());
  for (const auto& e : *entries) {
    engine::listed_entry l;
    l.name = e.name;
    l.seen = seen_of(e.stat);
    l.special = e.stat.kind == fs::kind::special;
    bool elsewhere = e.stat.dev != root.dev ||
                     (root.mount_id != 0 && e.stat.mount_id != 0 && e.stat.mount_id != root.mount_id);
    if (elsewhere) l.unreadable = "other_filesystem";
    l.ignored = out.ignored || rules.ignoring_entry(join_path(path, e.name), e.stat.kind == fs::kind::folder);
    out.entries.push_back(std::move(l));
  }
  return out;
}

result<std::pair<content_hash, std::uint64_t>> hash_file(fs::reader& file) {
  crypto::hasher hasher;
  std::string buffer(read_size, '\0');
  std::uint64_t size = 0;
  for (;;) {
    auto n = file.read_at(size, buffer);
    if (!n) return failure(n.error());
    if (*n == 0) return std::pair{content_hash{hasher.finish()}, size};
    hasher.update(std::string_view(buffer).substr(0, *n));
    size += *n;
  }
}

engine::hashed_entry hash_entry(fs::disk& disk, const std::string& path) {
  engine::hashed_entry out;
  out.path = path;
  auto fail = [&out](const error& e) {
    out.failed = code_of(e);
    return out;
  };
  auto before = disk.stat(path);
  if (!before) return fail(before.error());
  out.seen = seen_of(*before);
  if (before->kind == fs::kind::symlink) {
    auto target = disk.read_link(path);
    if (!target) return fail(target.error());
    out.link_target = *target;
    out.hash = content_hash_of(*target);
    out.seen.size = target->size();
    return out;
  }
  if (before->kind != fs::kind::file) return fail({errc::changed_meanwhile, path});
  auto in = disk.open_read(path);
  if (!in) return fail(in.error());
  auto opened = (*in)->stat();
  if (!opened) return fail(opened.error());
  auto hashed = hash_file(**in);
  if (!hashed) return fail(hashed.error());
  auto after = (*in)->stat();
  if (!after) return fail(after.error());
  bool steady = same_file_state(*before, *opened) && same_file_state(*opened, *after) &&
                hashed->second == after->size;
  if (!steady) return fail({errc::changed_meanwhile, path});
  out.hash = hashed->first;
  return out;
}

result<std::string> read_if_unchanged(fs::disk& disk, const std::string& path,
                                      const content_hash& hash, std::size_t limit) {
  auto bytes = read_all(disk, path, limit);
  if (!bytes) return bytes;
  if (content_hash_of(*bytes) != hash) return failure(errc::changed_meanwhile, printable(path));
  return bytes;
}

}  // namespace tinysync::folder
