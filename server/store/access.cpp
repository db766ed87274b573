#include "server/store/access.hpp"

#include "platform/crypto/encoding.hpp"

namespace tinysync::server {
namespace {

crypto::digest domain_hash(std::string_view domain, std::string_view secret) {
  crypto::hasher h;
  h.update(domain);
  h.update(secret);
  return h.finish();
}

constexpr std::string_view prefix = "tsdev_";
constexpr std::size_t secret_size = 6 + 32 + 1 + 43;

}  // namespace

std::string_view name_of(role r) {
  switch (r) {
    case role::none:
      return "none";
    case role::reader:
      return "reader";
    case role::writer:
      return "writer";
    case role::owner:
      return "owner";
  }
  return "none";
}

std::optional<role> role_from_name(std::string_view name) {
  for (auto r : {role::reader, role::writer, role::owner})
    if (name_of(r) == name) return r;
  return std::nullopt;
}

crypto::digest hash_of_secret(std::string_view secret) {
  return domain_hash("tinysync/device-secret/1", secret);
}
result<device_life> next_life(const device_life& last, const codec::life_claim& claim) {
  if (claim.next_mark.empty()) return last;
  const device_life next{claim.life + 1, claim.next_mark};
  if (last.count < claim.life) return next;
  if (last.count == claim.life && last.mark == claim.mark) return next;
  if (last.count == next.count && last.mark == next.mark) return last;  // the answer was lost
  return failure(errc::device_cloned);
}

crypto::digest hash_of_token(std::string_view token) {
  return domain_hash("tinysync/access-token/1", token);
}
crypto::digest hash_of_invite(std::string_view code) {
  return domain_hash("tinysync/invite/1", code);
}

std::string device_secret(const device_id& device, std::string_view thirty_two_bytes) {
  return std::string(prefix) + device.hex() + "_" + crypto::to_base64url(thirty_two_bytes);
}

std::optional<device_id> device_of_secret(std::string_view secret) {
  if (secret.size() != secret_size || !secret.starts_with(prefix) || secret[38] != '_')
    return std::nullopt;
  auto raw = from_hex(secret.substr(6, 32));
  return raw ? device_id::from(*raw) : std::nullopt;
}

}  // namespace tinysync::server
