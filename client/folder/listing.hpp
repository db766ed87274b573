#pragma once
// Observing the disk: listings and hashes for engine::scan_batch.

#include <functional>

#include "client/engine/ignore.hpp"
#include "client/engine/observe.hpp"
#include "platform/fs/disk.hpp"

namespace tinysync::folder {

/// One folder, completely or with the reason why not. Entries on another device or mount than
/// the root are marked `other_filesystem` and never entered, a root of its own is `another_root`; what a rule names is marked ignored.
engine::listing list_folder(fs::disk& disk, const std::string& path, const fs::root_identity& root,
                            const engine::ignore_rules& rules);

/// The content of a file or link, read between two equal stats; else failed=changed_meanwhile.
engine::hashed_entry hash_entry(fs::disk& disk, const std::string& path);

/// SHA-256 of an open file; also its size as read.
result<std::pair<content_hash, std::uint64_t>> hash_file(fs::reader& file);

/// Reads a whole file if it still is what was hashed: same stat before and after, same hash.
/// changed_meanwhile otherwise; too_large past `limit`.
result<std::string> read_if_unchanged(fs::disk& disk, const std::string& path,
                                      const content_hash& hash, std::size_t limit);

}  // namespace tinysync::folder
