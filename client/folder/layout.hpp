#pragma once
// What the agent keeps inside a synced root: <root>/.tinysync and nothing else.

#include <optional>
#include <string>

#include "client/engine/trees.hpp"
#include "platform/fs/disk.hpp"

namespace tinysync::folder {

inline constexpr std::string_view own_folder = ".tinysync";
inline constexpr std::string_view staging_folder = ".tinysync/staging";
inline constexpr std::string_view parked_path = ".tinysync/parked";
inline constexpr std::string_view trash_folder = ".tinysync/trash";
inline constexpr std::string_view marker_path = ".tinysync/marker";
inline constexpr std::string_view lives_path = ".tinysync/index";  ///< see root.hpp
inline constexpr std::string_view lock_path = ".tinysync/lock";  ///< held by the agent that syncs this root
inline constexpr std::string_view echo_path = ".tinysync/echo";  ///< see watcher Flush

/// A download under way; renamed to the staged path when it is whole, verified and durable.
inline constexpr std::string_view part_suffix = ".part";

/// Where the content of an intent is staged.
std::string staged_path(std::uint64_t intent);
/// The intent a staged file belongs to.
std::optional<std::uint64_t> intent_of(std::string_view staged_name);

engine::seen seen_of(const fs::file_stat& s);

/// Says whose root this is: vault and a random mark, one line each.
struct marker {
  vault_id vault;
  std::string mark;  ///< 32 hex digits, minted at attach
};
/// Nothing if there is none; local_state_corrupt if what is there is no marker.
result<std::optional<marker>> read_marker(fs::disk& disk);
/// Creates the own folders (0700) and the marker, durably; an equal marker is left alone. On an error
/// no own folder is left that was not there before.
result<void> prepare(fs::disk& disk, const marker& m);
/// Removes own folders that are empty, then the marker; what is left over is reported, not removed.
result<void> remove_own(fs::disk& disk);

/// Reads a small file whole; too_large past `limit` bytes.
result<std::string> read_all(fs::disk& disk, std::string_view path, std::size_t limit);
/// Writes a small file durably under a temporary name, then renames it into place.
result<void> write_small(fs::disk& disk, std::string_view path, std::string_view bytes);

}  // namespace tinysync::folder
