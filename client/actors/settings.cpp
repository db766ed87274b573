#include "client/actors/settings.hpp"

#include <google/protobuf/util/json_util.h>

#include <stdexcept>

namespace tinysync::client {
namespace {

constexpr const char* file = "attachments.json";

}  // namespace

settings::settings(actors::context&, agent_doors doors) : doors_(std::move(doors)) {
  auto text = doors_.files.read(file);
  if (!text) {
    if (text.error().code == errc::missing) return;
    throw std::runtime_error("reading " + std::string(file) + ": " + to_string(text.error()));
  }
  if (!google::protobuf::util::JsonStringToMessage(*text, &known_).ok())
    throw std::runtime_error(std::string(file) + " is damaged; repair it or move it aside");
}

pb::Attachments settings::handle(const pb::AskAttachments&) { return known_; }

result<pb::Attachments> settings::store(pb::Attachments next) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(next, &text, options).ok())
    return failure(errc::internal, "attachments");
  if (auto ok = doors_.files.write(file, text); !ok) return failure(ok.error());
  known_ = std::move(next);
  return known_;
}

result<pb::Attachments> settings::handle(const pb::PutAttachment& m) {
  auto next = known_;
  for (auto& a : *next.mutable_attachments()) {
    if (a.vault() != m.attachment().vault()) continue;
    a = m.attachment();
    return store(std::move(next));
  }
  *next.add_attachments() = m.attachment();
  return store(std::move(next));
}

result<pb::Attachments> settings::handle(const pb::DropAttachment& m) {
  pb::Attachments next;
  for (const auto& a : known_.attachments())
    if (a.vault() != m.vault()) *next.add_attachments() = a;
  return store(std::move(next));
}

}  // namespace tinysync::client
