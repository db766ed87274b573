#pragma once
// SIGTERM and SIGINT as something main() waits for.

#include <chrono>
#include <optional>

namespace tinysync::net {

/// Blocks SIGTERM, SIGINT, SIGHUP and ignores SIGPIPE. Call first in main(), before any thread.
void block_signals();
/// Waits for one of the blocked signals and returns its number.
int wait_for_signal();
/// As above, for at most this long.
std::optional<int> wait_for_signal(std::chrono::milliseconds limit);

}  // namespace tinysync::net
