#include "client/actors/credentials.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "platform/log/log.hpp"

namespace tinysync::client {
namespace {

constexpr const char* who_file = "credentials.json";
constexpr const char* secret_file = "device.secret";
constexpr const char* life_file = "device.life";
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
  auto life = doors_.files.read(life_file);
  if (life && !google::protobuf::util::JsonStringToMessage(*life, &life_).ok()) life_.Clear();
}

bool credentials::keep_life() {
  std::string text;
  static_cast<void>(google::protobuf::util::MessageToJsonString(life_, &text));
  return doors_.files.write(life_file, text).has_value();
}

/// Durable before the server hears of it: an agent that knows less than the server is taken for a copy.
pb::Life credentials::handle(const pb::BeginLife&) {
  if (!life_.next_mark().empty()) return life_;
  life_.set_next_mark(doors_.random->bytes(16));
  if (keep_life()) return life_;
  life_.clear_next_mark();
  log::warn("credentials.life_not_kept", "file={}", life_file);
  return life_;
}

void credentials::handle(const pb::LifeBegun&) {
  if (life_.next_mark().empty()) return;
  life_.set_life(life_.life() + 1);
  life_.set_mark(life_.next_mark());
  life_.clear_next_mark();
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
  life_.Clear();
  if (!keep_life()) return failure(errc::io_failed, life_file);
  if (auto ok = doors_.files.write(who_file, text); !ok) return failure(ok.error());
  secret_ = self.attachment();
  who_ = std::move(who);
  who_.set_registered(true);
  who_.set_secret_present(true);
  return who_;
}

}  // namespace tinysync::client
