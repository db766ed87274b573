#pragma once
// The one thing that travels through mailboxes.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "actors/detail/answer.hpp"
#include "actors/ref.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::actors::detail {

class incarnation;

/// A message with what rides beside it, or a task for the receiver itself. Never serialised in a
/// process.
struct envelope {
  message_ptr message{};
  bulk attachment{};
  std::string correlation{};
  std::shared_ptr<answer_slot> slot{};       ///< set if the sender waits for an answer
  std::function<void(incarnation&)> task{};  ///< runs in the receiver; then there is no message
  const char* label = "";                    ///< of a task, for inspectors and traces; a literal
};

/// Full type name, bytes, correlation and attachment; errc::unsupported for a task or a request,
/// which mean something in this process only.
result<std::string> encode(const envelope& e);
/// The message type must be compiled into this program: errc::malformed otherwise.
result<envelope> decode(const std::string& bytes);

}  // namespace tinysync::actors::detail
