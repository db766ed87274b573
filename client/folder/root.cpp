#include "client/folder/root.hpp"

#include <sstream>

#include "client/folder/layout.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::folder {
namespace {

constexpr std::size_t largest_lives = 1024;

}  // namespace

result<root_found> find_root(fs::disk& disk, const vault_id& vault, const std::string& path) {
  auto now = disk.identity();
  if (!now) return failure(now.error());
  auto marker = read_marker(disk);
  if (!marker) return failure(marker.error());
  if (!*marker)
    return failure(errc::wrong_root, "no marker " + std::string(marker_path) + " in " + printable(path) +
                                         " (an empty mount point, another folder?)");
  if ((*marker)->vault != vault)
    return failure(errc::wrong_root, printable(path) + " is the root of another vault by now");
  return root_found{{now->inode, now->birth_ns, now->filesystem_id, (*marker)->mark}, *now};
}

result<root_found> find_same_root(fs::disk& disk, const vault_id& vault, const std::string& path,
                                  const root_seen& recorded) {
  auto now = find_root(disk, vault, path);
  if (!now && now.error().code == errc::wrong_root && planted(mistake::root_not_checked)) return root_found{recorded, {}};
  if (!now || recorded.inode == 0 || now->seen == recorded) return now;
  return failure(errc::wrong_root,
                 "another folder is at " + printable(path) + " than the one that was attached (" +
                     (now->seen.filesystem_id != recorded.filesystem_id ? "on another file system"
                                                                        : "replaced or restored") +
                     "). Put the former one back; or detach it and attach this one, which merges both");
}

result<std::unique_ptr<fs::holder>> hold_root(fs::disk& disk, const std::string& path) {
  auto held = disk.hold(lock_path);
  if (!held && held.error().code == errc::unsupported) return std::unique_ptr<fs::holder>{};
  if (held || held.error().code != errc::busy) return held;
  return failure(errc::root_in_use, "another agent is running that keeps " + printable(path) +
                                        " in sync; end it, or detach the folder there");
}

result<std::vector<std::string>> index_lives(fs::disk& disk) {
  auto text = read_all(disk, lives_path, largest_lives);
  if (!text && text.error().code == errc::missing) return std::vector<std::string>{};
  if (!text && text.error().code == errc::too_large) return std::vector<std::string>{"not a token"};
  if (!text) return failure(text.error());
  std::vector<std::string> out;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) out.push_back(line);
  return out;
}

result<void> put_index_lives(fs::disk& disk, const std::vector<std::string>& lives) {
  std::string text;
  for (const auto& life : lives) text += life + "\n";
  if (auto ok = write_small(disk, lives_path, text); !ok) return ok;
  return disk.sync_folder(own_folder);
}

}  // namespace tinysync::folder
