#include "client/actors/settings.hpp"

#include <google/protobuf/util/json_util.h>

#include <set>
#include <stdexcept>

namespace tinysync::client {
namespace {

constexpr const char* file = "attachments.json";

/// Empty if nothing is.
std::string what_is_wrong_with(const pb::Attachment& a) {
  if (a.vault().size() != 16) return "a vault's id has " + std::to_string(a.vault().size()) + " bytes, not 16";
  if (!a.root().starts_with('/')) return "the root '" + a.root() + "' is no absolute path";
  if (a.index().empty() || a.index().find('/') != std::string::npos)
    return "the index of " + a.root() + " is no file name";
  return "";
}

}  // namespace

result<pb::Attachments> read_attachments(const file_cabinet& files) {
  pb::Attachments out;
  auto text = files.read(file);
  if (!text && text.error().code == errc::missing) return out;
  if (!text) return failure(text.error());
  auto damaged = [](const std::string& why) {
    return failure(errc::local_state_corrupt,
                   std::string(file) + " (which folder belongs to which vault) is damaged: " + why +
                       ". Bring it back from a backup; or move it away and attach the folders again");
  };
  if (!google::protobuf::util::JsonStringToMessage(*text, &out).ok()) return damaged("it is no JSON of ours");
  std::set<std::string> vaults;
  for (const auto& a : out.attachments())
    if (auto wrong = what_is_wrong_with(a); !wrong.empty()) return damaged(wrong);
    else if (!vaults.insert(a.vault()).second) return damaged("a vault is in it twice");
  return out;
}

settings::settings(actors::context&, agent_doors doors) : doors_(std::move(doors)) {
  auto known = read_attachments(doors_.files);
  if (!known) throw std::runtime_error(to_string(known.error()));
  known_ = std::move(*known);
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
  if (auto wrong = what_is_wrong_with(m.attachment()); !wrong.empty())
    return failure(errc::invalid_argument, wrong);
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
