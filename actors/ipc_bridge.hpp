#pragma once
// From the local socket to any actor and back: frames of proto/ipc in, one answer each.

#include <functional>
#include <string>
#include <string_view>

#include "actors/directory.hpp"

namespace tinysync::actors::common {
class TreeNode;
}

namespace tinysync::actors {

/// Sends the request's message (JSON of a type of proto/actors, by full or short name) to the actor
/// it names and gives the frames of the answer, in order, on some thread: one, unless it is large (then
/// all but the last say `more`). Whatever the frame is, it is answered: malformed frames with id 0,
/// unknown actors and types with a row of the page of errors, an answer over 12 MiB with too_large.
void answer_ipc(const directory& actors, std::string_view frame,
                std::function<void(std::string)> reply);

/// The view as a message, with what each actor accepts.
void to_message(const directory& actors, const actor_view& view, common::TreeNode& out);

/// Full name of the message type of proto/actors, from its full or short name; empty if unknown.
std::string message_type(std::string_view name);

}  // namespace tinysync::actors
