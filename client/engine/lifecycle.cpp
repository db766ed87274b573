#include "client/engine/lifecycle.hpp"

namespace tinysync::engine {

std::string_view name_of(lifecycle s) {
  switch (s) {
    case lifecycle::bootstrapping: return "Bootstrapping";
    case lifecycle::online_idle: return "OnlineIdle";
    case lifecycle::online_syncing: return "OnlineSyncing";
    case lifecycle::panic_resync: return "PanicResync";
    case lifecycle::paused: return "Paused";
    case lifecycle::blocked: return "Blocked";
  }
  return "unknown";
}

std::string_view name_of(lifecycle_event e) {
  switch (e) {
    case lifecycle_event::snapshot_loaded: return "snapshot_loaded";
    case lifecycle_event::work_found: return "work_found";
    case lifecycle_event::work_done: return "work_done";
    case lifecycle_event::violation_found: return "violation_found";
    case lifecycle_event::rebuilt: return "rebuilt";
    case lifecycle_event::pause: return "pause";
    case lifecycle_event::resume: return "resume";
    case lifecycle_event::block: return "block";
    case lifecycle_event::unblock: return "unblock";
  }
  return "unknown";
}

std::string_view name_of(block_reason r) {
  switch (r) {
    case block_reason::none: return "";
    case block_reason::access_lost: return "access_lost";
    case block_reason::vault_gone: return "vault_gone";
    case block_reason::update_required: return "update_required";
    case block_reason::server_integrity: return "server_integrity";
    case block_reason::disk_full: return "disk_full";
    case block_reason::root_missing: return "root_missing";
  }
  return "unknown";
}

bool clears_itself(block_reason r) {
  return r == block_reason::disk_full || r == block_reason::root_missing;
}

std::optional<lifecycle> next(lifecycle state, lifecycle_event event) {
  using s = lifecycle;
  using e = lifecycle_event;
  switch (event) {
    case e::block: return s::blocked;
    case e::pause: return state == s::blocked ? std::optional(s::blocked) : s::paused;
    case e::violation_found: return s::panic_resync;
    case e::rebuilt:
      return state == s::panic_resync ? std::optional(s::bootstrapping) : std::nullopt;
    case e::resume:
    case e::unblock: {
      bool held = state == (event == e::resume ? s::paused : s::blocked);
      return held ? std::optional(s::bootstrapping) : std::nullopt;
    }
    case e::snapshot_loaded:
      return state == s::bootstrapping ? std::optional(s::online_syncing) : std::nullopt;
    case e::work_found:
      if (state == s::online_idle || state == s::online_syncing) return s::online_syncing;
      return std::nullopt;
    case e::work_done:
      if (state == s::online_idle || state == s::online_syncing) return s::online_idle;
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace tinysync::engine
