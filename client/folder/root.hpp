#pragma once
// Is this still the folder that was attached? (DESIGN §5 Absence is never evidence)

#include <string>
#include <vector>

#include "platform/fs/disk.hpp"
#include "proto/vocabulary/ids.hpp"

namespace tinysync::folder {

/// What stays the same for as long as it is that folder.
struct root_seen {
  std::uint64_t inode = 0;
  std::int64_t birth_ns = 0;
  std::string filesystem_id, mark;
  friend bool operator==(const root_seen&, const root_seen&) = default;
};

struct root_found {
  root_seen seen;
  fs::root_identity identity;
};

/// Looks the root up by its path. Errors for people: missing (no folder), wrong_root (no marker, or that
/// of another vault).
result<root_found> find_root(fs::disk& disk, const vault_id& vault, const std::string& path);
/// As find_root, and it must be what was recorded; wrong_root otherwise. An empty record
/// (inode 0) accepts any.
result<root_found> find_same_root(fs::disk& disk, const vault_id& vault, const std::string& path,
                                  const root_seen& recorded);

/// Nobody else syncs this root as long as the result lives; root_in_use if somebody does. Null where files
/// cannot be locked: then nobody is kept away.
result<std::unique_ptr<fs::holder>> hold_root(fs::disk& disk, const std::string& path);

/// At each start the index gets a new random token, and the root is told it first. An index that was
/// put back from a backup, or belongs to another root, has none of the root's tokens.
/// Empty: no index has been here.
result<std::vector<std::string>> index_lives(fs::disk& disk);
/// The token of now and the one to come: durable before the index has it.
result<void> put_index_lives(fs::disk& disk, const std::vector<std::string>& lives);

}  // namespace tinysync::folder
