#pragma once
// What a failure of the index means for the actor that owns it; inside client/actors only.

#include "actors/failures.hpp"
#include "platform/sqlite/failure.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::client {

/// The database's failures are states to be waited out, but for a damaged file.
template <class F>
auto guarded(F f) -> decltype(f()) {
  try {
    return f();
  } catch (const sqlite::failure& e) {
    if (e.why().code == errc::local_state_corrupt || e.why().code == errc::internal)
      throw actors::local_state_corrupt(to_string(e.why()));
    return failure(e.why());
  }
}

/// A broken invariant ends the actor: its supervisor answers with a resync.
template <class T>
result<T> or_violation(result<T> r) {
  if (!r && r.error().code == errc::integrity_violation)
    throw actors::integrity_violation(to_string(r.error()));
  return r;
}

}  // namespace tinysync::client
