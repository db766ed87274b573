#include "client/actors/credentials.hpp"

#include <google/protobuf/util/json_util.h>

#include "platform/log/log.hpp"

namespace tinysync::client {
namespace {

constexpr const char* who_file = "credentials.json";
constexpr const char* secret_file = "device.secret";

}  // namespace

credentials::credentials(actors::context&, agent_doors doors) : doors_(std::move(doors)) { load(); }

void credentials::load() {
  auto text = doors_.files.read(who_file);
  auto secret = doors_.files.read(secret_file);
  if (!text || !secret) return;
  if (!google::protobuf::util::JsonStringToMessage(*text, &who_).ok()) {
    log::error("credentials.unreadable", "file={}", who_file);
    who_.Clear();
    return;
  }
  secret_ = actors::make_bulk(*secret);
  who_.set_registered(true);
  who_.set_secret_present(true);
}

pb::Credentials credentials::handle(const pb::AskCredentials&) { return who_; }

actors::with_bulk<pb::Credentials> credentials::handle(const pb::TakeSecret&) {
  return {who_, secret_};
}

/// The secret first: a file that names a device without its secret would be of no use.
result<pb::Credentials> credentials::handle(const pb::StoreCredentials& m, actors::context& self) {
  if (!self.attachment()) return failure(errc::invalid_argument, "no secret came with it");
  pb::Credentials who;
  who.set_url(m.url());
  who.set_pin(m.pin());
  who.set_device(m.device());
  who.set_device_name(m.device_name());
  who.set_device_label(m.device_label());
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(who, &text, options).ok())
    return failure(errc::internal, "credentials");
  if (auto ok = doors_.files.write(secret_file, *self.attachment()); !ok) return failure(ok.error());
  if (auto ok = doors_.files.write(who_file, text); !ok) return failure(ok.error());
  secret_ = self.attachment();
  who_ = std::move(who);
  who_.set_registered(true);
  who_.set_secret_present(true);
  return who_;
}

}  // namespace tinysync::client
