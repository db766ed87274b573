#include "actors/ipc_bridge.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "proto/actors/common.pb.h"
#include "proto/ipc/v1/ipc.pb.h"

namespace tinysync::actors {
namespace {

namespace pb = google::protobuf;

constexpr std::uint32_t default_timeout_ms = 60'000;
constexpr std::uint32_t longest_timeout_ms = 24 * 3600 * 1000;
// Of the 1 MiB of a frame: JSON inside JSON is escaped, up to six bytes for one.
constexpr std::size_t most_json_of_a_frame = 128u << 10;
constexpr std::size_t most_json = 12u << 20;  // of an answer: what may be on its way unread, and some
constexpr const char* packages[] = {"", "tinysync.actors.client.", "tinysync.actors.server.",
                                    "tinysync.actors.common."};

std::string frame_of(const ipc::v1::Answer& a) {
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string out;
  if (!pb::util::MessageToJsonString(a, &out, options).ok()) return "{}";
  return out;
}

std::string problem(std::uint64_t id, const error& e) {
  ipc::v1::Answer a;
  a.set_id(id);
  a.mutable_problem()->set_code(std::string(name_of(e.code)));
  a.mutable_problem()->set_text(to_string(e));
  return frame_of(a);
}

/// So many bytes of the text, or a few less: no character is cut in two.
std::size_t part_of(std::string_view text) {
  if (text.size() <= most_json_of_a_frame) return text.size();
  auto end = most_json_of_a_frame;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return end;
}

/// The frames of an answer: one, unless it is large.
std::vector<std::string> answer(std::uint64_t id, const result<message_ptr>& r) {
  if (!r) return {problem(id, r.error())};
  ipc::v1::Answer a;
  a.set_id(id);
  std::string json;
  if (*r) {
    a.set_type((*r)->GetTypeName());
    pb::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    options.always_print_primitive_fields = true;
    if (!pb::util::MessageToJsonString(**r, &json, options).ok())
      return {problem(id, {errc::internal, "the answer has no JSON form"})};
  }
  if (json.size() > most_json)
    return {problem(id, {errc::too_large, "the answer has " + std::to_string(json.size() >> 20) + " MiB"})};
  std::vector<std::string> out;
  std::string_view left = json;
  do {
    auto size = part_of(left);
    a.set_json(std::string(left.substr(0, size)));
    left.remove_prefix(size);
    a.set_more(!left.empty());
    out.push_back(frame_of(a));
  } while (!left.empty());
  return out;
}

/// What follows shows the place in the text, which one line cannot.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// Client and server have messages of one short name; the one that the actor takes is meant.
std::string type_for(const std::vector<std::string>& accepted, const std::string& name) {
  for (const auto& full : accepted)
    if (full.ends_with("." + name)) return full;
  return message_type(name);
}

result<message_ptr> message_from(const std::string& full, const std::string& type,
                                 const std::string& json) {
  if (full.empty()) return failure(errc::not_found, "message type '" + type + "'");
  auto* descriptor = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(full);
  std::shared_ptr<pb::Message> m(
      pb::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  if (!json.empty()) {
    auto status = pb::util::JsonStringToMessage(json, m.get());
    if (!status.ok())
      return failure(errc::invalid_argument, full + ": " + first_line(status.message().as_string()));
  }
  return message_ptr(std::move(m));
}

}  // namespace

std::string message_type(std::string_view name) {
  for (const char* package : packages) {
    auto full = package + std::string(name);
    auto* d = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(full);
    if (d && d->full_name().rfind("tinysync.actors.", 0) == 0) return full;
  }
  return {};
}

void answer_ipc(const directory& actors, std::string_view frame,
                std::function<void(std::string)> reply) {
  ipc::v1::Request request;
  auto status = pb::util::JsonStringToMessage(std::string(frame), &request);
  if (!status.ok())
    return reply(problem(0, {errc::malformed, "not a request: " + first_line(status.message().as_string())}));
  auto id = request.id();
  if (!actors.find_any(request.actor()))
    return reply(problem(id, {errc::not_found, "there is no actor " + request.actor()}));
  auto type = type_for(actors.accepts(request.actor()), request.type());
  auto message = message_from(type, request.type(), request.json());
  if (!message) return reply(problem(id, message.error()));
  auto timeout = request.timeout_ms() == 0 ? default_timeout_ms
                                           : std::min(request.timeout_ms(), longest_timeout_ms);
  actors.send_any(request.actor(), std::move(*message), std::chrono::milliseconds(timeout),
                  [id, reply = std::move(reply)](result<message_ptr> r) {
                    for (auto& part : answer(id, r)) reply(std::move(part));
                  });
}

void to_message(const directory& actors, const actor_view& view, common::TreeNode& out) {
  out.set_name(view.name);
  out.set_path(view.path);
  out.set_kind(view.kind);
  out.set_state(view.state);
  out.set_mailbox(view.depth);
  out.set_oldest_ms(view.oldest_ms);
  out.set_handled(view.handled);
  out.set_rate(view.rate);
  out.set_restarts(view.restarts);
  out.set_refused(view.refused);
  out.set_last_error(view.last_error);
  out.set_work(view.work);
  for (const auto& type : actors.accepts(view.path)) out.add_accepts(type);
  for (const auto& child : view.children) to_message(actors, child, *out.add_children());
}

}  // namespace tinysync::actors
