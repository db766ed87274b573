#include "tools/cli/agent.hpp"

#include <google/protobuf/util/json_util.h>

#include "proto/ipc/v1/ipc.pb.h"
#include "proto/vocabulary/names.hpp"

namespace tinysync::cli {
namespace {

using google::protobuf::util::JsonStringToMessage;
using google::protobuf::util::MessageToJsonString;
constexpr std::chrono::milliseconds connect_within{2'000};
constexpr std::chrono::milliseconds answers_within{10'000};  // at all
constexpr std::chrono::milliseconds margin{2'000};  // the agent's own timeout comes first

tl::unexpected<error> not_utf8(const std::string& text) {
  return failure(errc::invalid_argument,
                 "'" + printable(text) + "' is not valid UTF-8, which names, ids and messages must be");
}

/// Texts travel as UTF-8: what is not would arrive shortened.
result<void> sendable(const google::protobuf::Message& m) {
  using field = google::protobuf::FieldDescriptor;
  std::vector<const field*> set;
  m.GetReflection()->ListFields(m, &set);
  for (const auto* f : set) {
    if (f->type() != field::TYPE_STRING || f->is_repeated()) continue;
    if (auto text = m.GetReflection()->GetString(m, f); !valid_utf8(text)) return not_utf8(text);
  }
  return {};
}

}  // namespace

result<agent> agent::connect(const std::string& socket) {
  auto client = net::ipc_client::connect(socket, connect_within);
  if (!client) return failure(client.error());
  agent a(std::move(*client));
  if (auto alive = a.knock(); !alive)
    return failure(alive.error().code, "process behind " + socket + ": " + alive.error().text +
                                           " (is it stopped? see its log)");
  return a;
}

/// A question to nobody: whoever lives answers it at once, whatever its actors are busy with.
result<void> agent::knock() {
  if (auto ok = client_.send("{}"); !ok) return ok;
  auto answer = client_.receive(answers_within);
  if (!answer) return failure(answer.error());
  return {};
}

result<agent::raw_answer> agent::send(const std::string& actor, const std::string& type,
                                      const std::string& json, std::chrono::milliseconds timeout) {
  for (const auto& text : {actor, type, json})
    if (!valid_utf8(text)) return not_utf8(text);
  ipc::v1::Request request;
  request.set_id(++last_);
  request.set_actor(actor);
  request.set_type(type);
  request.set_json(json);
  request.set_timeout_ms(static_cast<std::uint32_t>(timeout.count()));
  std::string frame;
  if (!MessageToJsonString(request, &frame).ok()) return failure(errc::internal, "the request");
  if (auto ok = client_.send(frame); !ok) return failure(ok.error());
  ipc::v1::Answer answer;
  std::string whole;
  do {
    auto reply = client_.receive(timeout + margin);
    if (!reply) return failure(reply.error());
    answer.Clear();
    if (!JsonStringToMessage(*reply, &answer).ok())
      return failure(errc::malformed, "what came back is not an answer");
    whole += answer.json();
  } while (answer.more());
  if (answer.has_problem()) {
    auto code = errc_from_name(answer.problem().code()).value_or(errc::internal);
    auto text = answer.problem().text();
    // The agent's text ends in the row's sentence already.
    auto sentence = std::string(sentence_of(code));
    if (text.ends_with(": " + sentence)) text.resize(text.size() - sentence.size() - 2);
    if (text == sentence) text.clear();
    return failure(code, text);
  }
  return raw_answer{answer.type(), std::move(whole)};
}

result<void> agent::exchange(const std::string& actor, const google::protobuf::Message& message,
                             google::protobuf::Message* answer, std::chrono::milliseconds timeout) {
  if (auto ok = sendable(message); !ok) return ok;
  std::string json;
  if (!MessageToJsonString(message, &json).ok()) return failure(errc::internal, "the message");
  auto reply = send(actor, message.GetTypeName(), json, timeout);
  if (!reply) return failure(reply.error());
  if (answer && !JsonStringToMessage(reply->json, answer).ok())
    return failure(errc::malformed, "an answer of type " + reply->type);
  return {};
}

}  // namespace tinysync::cli
