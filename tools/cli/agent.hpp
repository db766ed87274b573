#pragma once
// Talking to a running agent (or a server's inspector): one message out, one answer back.

#include <google/protobuf/message.h>

#include <chrono>
#include <memory>
#include <string>

#include "platform/net/ipc.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::cli {

inline constexpr std::chrono::milliseconds usual_timeout{60'000};

class agent {
 public:
  /// agent_not_running if nobody listens on the socket; timeout if who listens does not answer.
  static result<agent> connect(const std::string& socket);

  /// Sends the message to the actor of that path; the answer, or its error.
  template <class Answer>
  result<Answer> ask(const std::string& actor, const google::protobuf::Message& message,
                     std::chrono::milliseconds timeout = usual_timeout) {
    Answer out;
    auto ok = exchange(actor, message, &out, timeout);
    if (!ok) return tinysync::failure(ok.error());
    return out;
  }
  /// Fire and forget; an error only if it could not be delivered.
  result<void> tell(const std::string& actor, const google::protobuf::Message& message) {
    return exchange(actor, message, nullptr, usual_timeout);
  }

  struct raw_answer {
    std::string type, json;
  };
  /// Any message by type name and JSON. invalid_argument if one of them is not valid UTF-8.
  result<raw_answer> send(const std::string& actor, const std::string& type,
                          const std::string& json, std::chrono::milliseconds timeout);

 private:
  result<void> knock();
  explicit agent(net::ipc_client client) : client_(std::move(client)) {}
  result<void> exchange(const std::string& actor, const google::protobuf::Message& message,
                        google::protobuf::Message* answer, std::chrono::milliseconds timeout);

  net::ipc_client client_;
  std::uint64_t last_ = 0;
};

}  // namespace tinysync::cli
