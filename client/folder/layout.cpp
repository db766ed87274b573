#include "client/folder/layout.hpp"

#include <charconv>
#include <sstream>

#include "proto/vocabulary/names.hpp"

namespace tinysync::folder {
namespace {

constexpr std::string_view staged_suffix = ".staged";
constexpr std::size_t largest_marker = 4096;

result<void> ensure_folder(fs::disk& disk, std::string_view path) {
  auto made = disk.make_folder(path, 0700);
  if (!made && made.error().code != errc::exists) return made;
  auto now = disk.stat(path);
  if (!now) return failure(now.error());
  if (now->kind != fs::kind::folder)
    return failure(errc::already_exists, std::string(path) + " in the root is not a folder");
  return {};
}

result<void> make_own(fs::disk& disk, const marker& m) {
  for (auto path : {own_folder, staging_folder, parked_path, trash_folder})
    if (auto ok = ensure_folder(disk, path); !ok) return ok;
  auto known = read_marker(disk);
  if (known && *known && (*known)->vault == m.vault && (*known)->mark == m.mark) return {};
  if (auto ok = write_small(disk, marker_path, to_string(m.vault) + "\n" + m.mark + "\n"); !ok)
    return ok;
  return disk.sync_folder("");
}

}  // namespace

std::string staged_path(std::uint64_t intent) {
  return std::string(staging_folder) + "/" + std::to_string(intent) + std::string(staged_suffix);
}

std::optional<std::uint64_t> intent_of(std::string_view name) {
  if (!name.ends_with(staged_suffix)) return std::nullopt;
  name.remove_suffix(staged_suffix.size());
  std::uint64_t id = 0;
  auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (ec != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return id;
}

engine::seen seen_of(const fs::file_stat& s) {
  engine::seen out;
  out.kind = s.kind == fs::kind::folder    ? item_kind::folder
             : s.kind == fs::kind::symlink ? item_kind::symlink
                                           : item_kind::file;
  out.inode = s.inode;
  out.birth_ns = s.birth_ns;
  out.size = s.size;
  out.mtime_ns = s.mtime_ns;
  out.ctime_ns = s.ctime_ns;
  out.mode = s.mode;
  return out;
}

result<std::string> read_all(fs::disk& disk, std::string_view path, std::size_t limit) {
  auto in = disk.open_read(path);
  if (!in) return failure(in.error());
  std::string out;
  std::string buffer(64 * 1024, '\0');
  for (;;) {
    auto n = (*in)->read_at(out.size(), buffer);
    if (!n) return failure(n.error());
    if (*n == 0) return out;
    out.append(buffer, 0, *n);
    if (out.size() > limit) return failure(errc::too_large, printable(path));
  }
}

result<void> write_small(fs::disk& disk, std::string_view path, std::string_view bytes) {
  auto temporary = std::string(path) + ".new";
  static_cast<void>(disk.unlink(temporary));
  auto out = disk.create_staged(temporary, 0600);
  if (!out) return failure(out.error());
  if (auto ok = (*out)->write(bytes); !ok) return ok;
  if (auto ok = (*out)->sync(); !ok) return ok;
  if (auto ok = (*out)->close(); !ok) return ok;
  static_cast<void>(disk.unlink(path));
  if (auto ok = disk.rename_noreplace(temporary, path); !ok) return ok;
  return disk.sync_folder(fs::parent_of(path));
}

result<std::optional<marker>> read_marker(fs::disk& disk) {
  auto text = read_all(disk, marker_path, largest_marker);
  if (!text) {
    if (text.error().code == errc::missing) return std::optional<marker>{};
    if (text.error().code == errc::too_large)
      return failure(errc::local_state_corrupt, "the marker " + std::string(marker_path));
    return failure(text.error());
  }
  std::istringstream lines(*text);
  std::string vault, mark;
  std::getline(lines, vault);
  std::getline(lines, mark);
  auto id = id_from_text<vault_id>(vault);
  if (!id || mark.empty())
    return failure(errc::local_state_corrupt, "the marker " + std::string(marker_path));
  return std::optional<marker>(marker{*id, mark});
}

result<void> prepare(fs::disk& disk, const marker& m) {
  bool fresh = !disk.stat(own_folder);
  auto made = make_own(disk, m);
  if (!made && fresh) static_cast<void>(remove_own(disk));
  return made;
}

result<void> remove_own(fs::disk& disk) {
  for (auto path : {marker_path, echo_path, lives_path, lock_path}) {
    static_cast<void>(disk.unlink(std::string(path) + ".new"));
    static_cast<void>(disk.unlink(path));
  }
  for (auto path : {staging_folder, parked_path, trash_folder, own_folder}) {
    auto gone = disk.rmdir(path);
    if (!gone && gone.error().code != errc::missing) return gone;
  }
  return disk.sync_folder("");
}

}  // namespace tinysync::folder
