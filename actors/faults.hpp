#pragma once
// Crash: every actor takes it, and dies of it as of a bug of its own, so that people and tests see what
// its supervisor makes of that.

#include <cstdint>

namespace tinysync::actors {

/// What becomes of a Crash: whoever asks gets errc::development_only, or the actor dies.
enum class crash_requests : std::uint8_t { refused, obeyed };

/// By the build type: what users run (Release) refuses.
crash_requests crash_requests_of_this_build();

}  // namespace tinysync::actors
