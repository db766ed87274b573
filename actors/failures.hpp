#pragma once
// How a handler says that its actor cannot go on. Any other exception is a bug: errc::crashed.

#include <stdexcept>

namespace tinysync::actors {

/// A broken invariant between server and device: the actor dies with errc::integrity_violation.
struct integrity_violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The actor's durable state is damaged: it dies with errc::local_state_corrupt.
struct local_state_corrupt : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace tinysync::actors
