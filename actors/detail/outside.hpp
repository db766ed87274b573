#pragma once
// Questions from outside the actors.

#include <string>

#include "actors/detail/answer.hpp"
#include "actors/ref.hpp"
#include "actors/time.hpp"

namespace tinysync::actors::detail {

/// Asks on behalf of no actor; the continuation runs exactly once, on any thread, maybe before this
/// returns.
void ask_from_outside(const any_ref& to, message_ptr message, duration timeout,
                      continuation on_answer, bulk attachment, std::string correlation);

}  // namespace tinysync::actors::detail
