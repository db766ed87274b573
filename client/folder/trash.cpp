#include "client/folder/trash.hpp"

#include <algorithm>
#include <charconv>

#include "client/folder/layout.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::folder {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr int most_names = 100;

std::string folder_of(const std::string& entry) {
  return std::string(trash_folder) + "/" + entry;
}

/// Seconds of "1764000000-17"; nothing for any other name.
std::optional<std::int64_t> seconds_of(std::string_view entry) {
  std::int64_t seconds = 0;
  std::uint64_t intent = 0;
  auto dash = entry.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  auto number = [](std::string_view text, auto& out) {
    auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
    return wrong == std::errc{} && end == text.data() + text.size();
  };
  if (!number(entry.substr(0, dash), seconds) || !number(entry.substr(dash + 1), intent))
    return std::nullopt;
  return seconds;
}

result<void> make_folders(fs::disk& disk, const std::string& path) {
  if (path.empty()) return {};
  auto now = disk.stat(path);
  if (now && now->kind == fs::kind::folder) return {};
  if (auto above = make_folders(disk, std::string(fs::parent_of(path))); !above) return above;
  auto made = disk.make_folder(path, 0755);
  if (!made && made.error().code == errc::exists)
    return failure(errc::exists, printable(path) + " is in the way: it is not a folder");
  if (made) return disk.sync_folder(fs::parent_of(path));
  return made;
}

/// "a/b.txt" → "a/b (restored).txt", "a/b (restored 2).txt", …
std::string beside(const std::string& wanted, int attempt) {
  auto name = std::string(fs::name_of(wanted));
  auto dot = name.rfind('.');
  auto stem = dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
  auto extension = name.substr(stem.size());
  auto label = attempt == 1 ? std::string(" (restored)") : " (restored " + std::to_string(attempt) + ")";
  auto room = 255 - std::min<std::size_t>(255, label.size() + extension.size());
  return join_path(std::string(fs::parent_of(wanted)), stem.substr(0, room) + label + extension);
}

}  // namespace

std::string trash_entry::path() const {
  return join_path(folder_of(entry), name);
}

std::string trash_entry_for(std::int64_t now_ns, std::uint64_t intent) {
  return std::to_string(now_ns / second_ns) + "-" + std::to_string(intent);
}

result<std::string> put_into_trash(fs::disk& disk, const std::string& from, const std::string& name,
                                   const std::string& entry) {
  auto made = disk.make_folder(folder_of(entry), 0700);
  if (!made && made.error().code != errc::exists) return failure(made.error());
  auto path = join_path(folder_of(entry), name);
  if (auto moved = disk.rename_noreplace(from, path); !moved) return failure(moved.error());
  return path;
}

result<std::vector<trash_entry>> list_trash(fs::disk& disk) {
  auto folders = disk.list(trash_folder);
  if (!folders) return failure(folders.error());
  std::vector<trash_entry> out;
  for (const auto& f : *folders) {
    auto seconds = seconds_of(f.name);
    if (!seconds || f.stat.kind != fs::kind::folder) continue;
    auto inside = disk.list(folder_of(f.name));
    if (!inside) continue;  // emptied meanwhile
    for (const auto& e : *inside)
      if (e.stat.kind == fs::kind::file || e.stat.kind == fs::kind::symlink)
        out.push_back({f.name, e.name, *seconds * second_ns, seen_of(e.stat)});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.trashed_ns < b.trashed_ns; });
  return out;
}

result<std::string> restore_from_trash(fs::disk& disk, const trash_entry& e,
                                       const std::string& wanted) {
  auto folder = std::string(fs::parent_of(wanted));
  if (auto ok = make_folders(disk, folder); !ok) return failure(ok.error());
  for (int attempt = 0; attempt <= most_names; ++attempt) {
    auto path = attempt == 0 ? wanted : beside(wanted, attempt);
    auto moved = disk.rename_noreplace(e.path(), path);
    if (!moved && moved.error().code == errc::exists) continue;
    if (!moved) return failure(moved.error());
    if (auto ok = disk.sync_folder(folder); !ok) return failure(ok.error());
    static_cast<void>(disk.rmdir(folder_of(e.entry)));
    return path;
  }
  return failure(errc::exists, printable(wanted));
}

result<void> purge_from_trash(fs::disk& disk, const trash_entry& e) {
  auto now = disk.stat(e.path());
  if (!now) return failure(now.error());
  if (!engine::same_stat(seen_of(*now), e.seen))
    return failure(errc::changed_meanwhile, printable(e.path()));
  if (auto ok = disk.unlink(e.path()); !ok) return ok;
  static_cast<void>(disk.rmdir(folder_of(e.entry)));
  return {};
}

}  // namespace tinysync::folder
