#pragma once
// What every actor takes beside its face.

#include <stdexcept>
#include <string>

#include "proto/vocabulary/errors.hpp"

namespace tinysync::actors::detail {

struct table_entry;

/// Leaves a handler that was asked to die; known to `incarnation` alone.
struct asked_to_crash : std::runtime_error {
  explicit asked_to_crash(errc as) : std::runtime_error("asked to crash"), code(as) {}
  errc code;
};

/// The row of Crash, which is in every actor's table, supervisors' included.
table_entry crash_entry();

}  // namespace tinysync::actors::detail
