#pragma once
// The local trash: <root>/.tinysync/trash/<unix seconds>-<intent>/<name>, one file or link an entry.
// What was put there is the applier's business; here it is listed, put back and removed.

#include <string>
#include <vector>

#include "client/engine/trees.hpp"
#include "platform/fs/disk.hpp"

namespace tinysync::folder {

struct trash_entry {
  std::string entry;  ///< "1764000000-17"
  std::string name;   ///< what it was called
  std::int64_t trashed_ns = 0;
  engine::seen seen;
  std::string path() const;  ///< relative to the root
};

/// The entry's folder for an intent that ends at this time.
std::string trash_entry_for(std::int64_t now_ns, std::uint64_t intent);

/// Moves a file or link from elsewhere in the root into the trash; gives its path there. Durable once
/// the caller has synced the trash, the entry's folder and the one it came from.
result<std::string> put_into_trash(fs::disk& disk, const std::string& from, const std::string& name,
                                   const std::string& entry);
/// Oldest first. Folders whose names are not entries are nobody's and left out.
result<std::vector<trash_entry>> list_trash(fs::disk& disk);
/// Moves it to `wanted` (relative to the root), or beside it if that name is taken; makes the folders
/// above. Returns where it is now, durably.
result<std::string> restore_from_trash(fs::disk& disk, const trash_entry& e, const std::string& wanted);
/// Removes it for ever, if it still is what was listed: changed_meanwhile otherwise.
result<void> purge_from_trash(fs::disk& disk, const trash_entry& e);

}  // namespace tinysync::folder
