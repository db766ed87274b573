#pragma once
// The life of one vault on one device (DESIGN §5 Lifecycle), as a pure state machine.

#include <cstdint>
#include <optional>
#include <string_view>

namespace tinysync::engine {

enum class lifecycle : std::uint8_t {
  bootstrapping,   ///< the first snapshot is not here yet
  online_idle,
  online_syncing,
  panic_resync,    ///< a new index is being built beside the old
  paused,
  blocked,         ///< only a person, or the end of the reason, can go on
};
std::string_view name_of(lifecycle s);

enum class lifecycle_event : std::uint8_t {
  snapshot_loaded, work_found, work_done, violation_found, rebuilt, pause, resume,
  block,    ///< access_lost, vault_gone, update_required, server_integrity, disk_full, root_missing
  unblock,
};
std::string_view name_of(lifecycle_event e);

/// Why a vault is blocked. The names are the contract of `status`.
enum class block_reason : std::uint8_t {
  none, access_lost, vault_gone, update_required, server_integrity, disk_full, root_missing,
};
std::string_view name_of(block_reason r);
/// Goes away by itself when its cause does, and is tried again from time to time.
bool clears_itself(block_reason r);

/// The state after the event; nothing if the event is illegal there (a bug, to be logged).
std::optional<lifecycle> next(lifecycle state, lifecycle_event event);

}  // namespace tinysync::engine
