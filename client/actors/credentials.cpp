#include "client/actors/credentials.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "platform/log/log.hpp"

namespace tinysync::client {
namespace {

constexpr const char* who_file = "credentials.json";
constexpr const char* secret_file = "device.secret";
constexpr const char* trial_file = "credentials.trial";
constexpr std::size_t trial_bytes = 16 * 1024;  // more than both files need

}  // namespace

credentials::credentials(actors::context&, agent_doors doors) : doors_(std::move(doors)) { load(); }

/// What cannot be used is left as it is: it may be repaired, and a new registration would not be the
/// same device.
void credentials::load() {
  who_.Clear();
  auto text = doors_.files.read(who_file);
  auto secret = doors_.files.read(secret_file);
  auto damaged = [&](const std::string& why) {
    who_.Clear();
    who_.set_damaged("the credentials are damaged: " + why + ". Bring " + who_file + " and " + secret_file +
                     " back from a backup and start the agent again; or move both away and register anew");
    log::error("credentials.damaged", "why={}", why);
  };
  if (!text && text.error().code == errc::missing) return;  // a secret alone: not registered to the end
  if (!text) return damaged(to_string(text.error()));
  if (!secret) return damaged(to_string(secret.error()));
  if (secret->empty()) return damaged(std::string(secret_file) + " is empty");
  if (!std::all_of(secret->begin(), secret->end(), [](unsigned char c) { return c > ' ' && c < 127; }))
    return damaged(std::string(secret_file) + " holds no secret");
  if (!google::protobuf::util::JsonStringToMessage(*text, &who_).ok() || who_.url().empty() ||
      who_.pin().size() != 32 || who_.device().size() != 16)
    return damaged(std::string(who_file) + " does not say who this device is");
  secret_ = actors::make_bulk(*secret);
  who_.set_registered(true);
  who_.set_secret_present(true);
}

result<pb::Done> credentials::handle(const pb::ProveStorable&) {
  if (!who_.damaged().empty()) load();
  if (!who_.damaged().empty()) return failure(errc::unauthenticated, who_.damaged());
  if (auto ok = doors_.files.write(trial_file, std::string(trial_bytes, '\0')); !ok)
    return failure(ok.error().code, "the credentials could not be kept: " + ok.error().text);
  static_cast<void>(doors_.files.remove(trial_file));
  return pb::Done{};
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
