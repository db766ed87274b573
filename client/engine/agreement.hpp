#pragma once
// What both sides agree about once something was done: how base moves. Pure.

#include "client/engine/plan.hpp"

namespace tinysync::engine {

/// After `op` put the server's state on the disk (creations, replace, set_mode, move). `before`: base
/// until then. Each aspect moves alone: a file put in its place says nothing about its content.
item agreed_after(const std::optional<item>& before, const disk_op& op);

/// After the server accepted `m` (no deletion) and its item is `theirs` now: agreed is what was sent,
/// so that what others changed since still differs from it.
item agreed_after(const std::optional<item>& before, const mutation& m, const item& theirs);

/// Does it make its item?
bool creates(const change& c);

}  // namespace tinysync::engine
