#include <google/protobuf/util/json_util.h>

#include "proto/codec/fields.hpp"
#include "proto/codec/messages.hpp"
#include "proto/codec/to_wire.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::codec {
namespace {

constexpr std::size_t longest_label = 64;

bool valid_text(const std::string& s, std::size_t least, std::size_t most) {
  return s.size() >= least && s.size() <= most && valid_utf8(s);
}

void to_wire(const vault_info& v, wire::v1::Vault& out) {
  out.set_id(v.id.str());
  out.set_name(v.name);
  out.set_role(v.role);
  codec::to_wire(v.head, *out.mutable_head());
  for (const auto& f : v.required_features) out.add_required_features(f);
  out.set_created_ns(v.created_ns);
  out.set_live_items(v.live_items);
  out.set_live_bytes(v.live_bytes);
}

result<vault_info> from_wire(const wire::v1::Vault& w) {
  vault_info v;
  auto head = from_wire_optional(w.has_head(), w.head());
  if (!read(v.id, w.id()) || !head) return bad("a malformed vault");
  v.name = w.name();
  v.role = w.role();
  v.head = *head;
  v.required_features.assign(w.required_features().begin(), w.required_features().end());
  v.created_ns = w.created_ns();
  v.live_items = w.live_items();
  v.live_bytes = w.live_bytes();
  return v;
}

}  // namespace

std::string encode(const error_body& e) {
  wire::v1::Error w;
  w.set_code(std::string(name_of(e.what.code)));
  w.set_text(e.what.text);
  w.set_correlation(e.correlation);
  w.set_retry_after_s(static_cast<std::uint32_t>(e.what.retry_after_s.value_or(0)));
  return serialized(w);
}

result<error_body> decode_error(std::string_view body) {
  auto w = parsed<wire::v1::Error>(body);
  if (!w) return failure(w.error());
  auto code = errc_from_name(w->code());
  if (!code) return bad("an error of unknown code '" + printable(w->code()) + "'");
  error_body out{{*code, w->text()}, w->correlation()};
  if (w->retry_after_s() > 0) out.what.retry_after_s = static_cast<int>(w->retry_after_s());
  return out;
}

std::string encode(const register_device& r) {
  wire::v1::RegisterDevice w;
  w.set_invite_code(r.invite_code);
  w.set_name(r.name);
  w.set_protocol(r.protocol);
  w.set_client_version(r.client_version);
  return serialized(w);
}

result<register_device> decode_register_device(std::string_view body) {
  auto w = parsed<wire::v1::RegisterDevice>(body);
  if (!w) return failure(w.error());
  if (!valid_text(w->name(), 1, longest_label))
    return failure(errc::invalid_argument, "a device name takes 1 to 64 bytes of UTF-8");
  if (!valid_text(w->invite_code(), 1, 128)) return bad("an invite code takes 1 to 128 bytes");
  return register_device{w->invite_code(), w->name(), w->protocol(), w->client_version()};
}

std::string encode(const registered& r) {
  wire::v1::Registered w;
  w.set_device(r.device.str());
  w.set_secret(r.secret);
  w.set_device_label(r.label);
  return serialized(w);
}

result<registered> decode_registered(std::string_view body) {
  auto w = parsed<wire::v1::Registered>(body);
  if (!w) return failure(w.error());
  registered out;
  if (!read(out.device, w->device()) || w->secret().empty()) return bad("a malformed registration");
  out.secret = w->secret();
  out.label = device_label(w->device_label());
  return out;
}

std::string encode(const std::vector<device_info>& devices) {
  wire::v1::DeviceList w;
  for (const auto& d : devices) {
    auto& m = *w.add_devices();
    m.set_id(d.id.str());
    m.set_name(d.name);
    m.set_label(d.label);
    m.set_created_ns(d.created_ns);
    m.set_last_seen_ns(d.last_seen_ns);
    m.set_revoked(d.revoked);
    m.set_self(d.self);
  }
  return serialized(w);
}

result<std::vector<device_info>> decode_devices(std::string_view body) {
  auto w = parsed<wire::v1::DeviceList>(body);
  if (!w) return failure(w.error());
  std::vector<device_info> out;
  for (const auto& m : w->devices()) {
    device_info d;
    if (!read(d.id, m.id())) return bad("a malformed device");
    d.name = m.name();
    d.label = m.label();
    d.created_ns = m.created_ns();
    d.last_seen_ns = m.last_seen_ns();
    d.revoked = m.revoked();
    d.self = m.self();
    out.push_back(std::move(d));
  }
  return out;
}

std::string encode(const token_request& r) {
  wire::v1::TokenRequest w;
  w.set_secret(r.secret);
  w.set_life(r.claim.life);
  w.set_mark(r.claim.mark);
  w.set_next_mark(r.claim.next_mark);
  return serialized(w);
}

result<token_request> decode_token_request(std::string_view body) {
  constexpr std::size_t mark_size = 16;
  auto w = parsed<wire::v1::TokenRequest>(body);
  if (!w) return failure(w.error());
  if (w->secret().empty() || w->secret().size() > 256) return bad("a malformed device secret");
  for (const auto& mark : {w->mark(), w->next_mark()})
    if (!mark.empty() && mark.size() != mark_size) return bad("a malformed mark of a life");
  return token_request{w->secret(), {w->life(), w->mark(), w->next_mark()}};
}

std::string encode(const access_token& t) {
  wire::v1::Token w;
  w.set_access_token(t.token);
  w.set_expires_in_s(t.expires_in_s);
  w.set_device(t.device.str());
  return serialized(w);
}

result<access_token> decode_access_token(std::string_view body) {
  auto w = parsed<wire::v1::Token>(body);
  if (!w) return failure(w.error());
  access_token t{w->access_token(), w->expires_in_s(), {}};
  if (t.token.empty() || !read(t.device, w->device())) return bad("a malformed token");
  return t;
}

std::string encode_vault_name(std::string_view name) {
  wire::v1::CreateVault w;
  w.set_name(std::string(name));
  return serialized(w);
}

result<std::string> decode_vault_name(std::string_view body) {
  auto w = parsed<wire::v1::CreateVault>(body);
  if (!w) return failure(w.error());
  if (!valid_text(w->name(), 1, longest_label) || w->name().find('/') != std::string::npos ||
      w->name().find(':') != std::string::npos || printable(w->name()) != w->name())
    return failure(errc::invalid_argument,
                   "a vault name takes 1 to 64 bytes of UTF-8 without '/', ':' or control bytes");
  return w->name();
}

std::string encode(const vault_info& v) {
  wire::v1::Vault w;
  to_wire(v, w);
  return serialized(w);
}

result<vault_info> decode_vault(std::string_view body) {
  auto w = parsed<wire::v1::Vault>(body);
  if (!w) return failure(w.error());
  return from_wire(*w);
}

std::string encode(const std::vector<vault_info>& vaults) {
  wire::v1::VaultList w;
  for (const auto& v : vaults) to_wire(v, *w.add_vaults());
  return serialized(w);
}

result<std::vector<vault_info>> decode_vaults(std::string_view body) {
  auto w = parsed<wire::v1::VaultList>(body);
  if (!w) return failure(w.error());
  std::vector<vault_info> out;
  for (const auto& m : w->vaults()) {
    auto v = from_wire(m);
    if (!v) return failure(v.error());
    out.push_back(std::move(*v));
  }
  return out;
}

std::string encode(const wake& w) {
  wire::v1::Wake m;
  m.set_vault(w.vault.str());
  codec::to_wire(w.at, *m.mutable_position());
  return serialized(m);
}

result<wake> decode_wake(std::string_view body) {
  auto m = parsed<wire::v1::Wake>(body);
  if (!m) return failure(m.error());
  wake w;
  auto at = codec::from_wire(m->position());
  if (!read(w.vault, m->vault()) || !at) return bad("a malformed wake");
  w.at = *at;
  return w;
}

namespace {

std::unique_ptr<google::protobuf::Message> message_named(std::string_view type) {
  auto* d = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      "tinysync.wire.v1." + std::string(type));
  if (d == nullptr) return nullptr;
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(d)->New());
}

}  // namespace

result<std::string> to_json(std::string_view type, std::string_view body) {
  auto m = message_named(type);
  if (!m || !m->ParseFromArray(body.data(), static_cast<int>(body.size())))
    return bad("not a " + std::string(type));
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string out;
  if (!google::protobuf::util::MessageToJsonString(*m, &out, options).ok())
    return failure(errc::internal, "a message that has no JSON form");
  return out;
}

result<std::string> from_json(std::string_view type, std::string_view json) {
  auto m = message_named(type);
  if (!m) return failure(errc::internal, "no message " + std::string(type));
  auto status = google::protobuf::util::JsonStringToMessage(std::string(json), m.get());
  if (!status.ok()) return bad("not the JSON of a " + std::string(type));
  return serialized(*m);
}

}  // namespace tinysync::codec
