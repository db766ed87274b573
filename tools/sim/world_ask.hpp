#pragma once
// Inside tools/sim only: one message to an actor of the world, and its answer.

#include "tools/sim/world.hpp"

namespace tinysync::sim {

constexpr const char* invite_code = "an-invite-for-everybody";

template <class Message>
std::shared_ptr<const google::protobuf::Message> world::ask(const std::string& path, const Message& m) {
  auto answer = std::make_shared<std::optional<result<actors::message_ptr>>>();
  sim_.directory().send_any(path, std::make_shared<Message>(m), std::chrono::minutes(10),
                            [answer](result<actors::message_ptr> r) { *answer = std::move(r); });
  for (int i = 0; i < 6000 && !*answer; ++i) sim_.run_for(std::chrono::milliseconds(100));
  if (!*answer) throw std::runtime_error(path + " does not answer " + m.GetTypeName());
  if (!**answer) throw std::runtime_error(path + ": " + to_string((*answer)->error()));
  return ***answer;
}

}  // namespace tinysync::sim
