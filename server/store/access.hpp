#pragma once
// Who may do what (DESIGN §4 Access): devices are in groups, vaults belong to groups.

#include <optional>
#include <string>
#include <string_view>

#include "platform/crypto/sha256.hpp"
#include "proto/codec/messages.hpp"
#include "proto/vocabulary/ids.hpp"

namespace tinysync::server {

/// What a device may do in a vault: the best its groups give, each at most what the device is
/// there.
enum class role : std::uint8_t { none = 0, reader = 1, writer = 2, owner = 3 };
std::string_view name_of(role r);
/// Nothing for other words and for "none".
std::optional<role> role_from_name(std::string_view name);

/// The group of an installation's first device.
inline constexpr std::string_view first_group = "owners";

struct new_invite {
  crypto::digest code_hash;
  std::string group{first_group};
  server::role role = role::writer;
  std::uint32_t uses = 1;
  std::int64_t created_ns = 0, expires_ns = 0;
};

struct registration {
  crypto::digest code_hash;
  device_id device;
  crypto::digest secret_hash;
  std::string name, label;  ///< the label is made unique by a suffix
  std::int64_t now_ns = 0;
};
struct registered_device {
  device_id device;
  std::string label;
};

struct session_request {
  device_id device;
  crypto::digest secret_hash;
  crypto::digest token_hash;
  std::int64_t now_ns = 0, expires_ns = 0;
  codec::life_claim claim;
};

/// What the server knows of the lives of a device.
struct device_life {
  std::uint64_t count = 0;
  std::string mark;  ///< of the last one
};
/// The life that begins by this claim; device_cloned if another agent has begun one that this agent knows
/// nothing of. A server put back from a backup believes the device.
result<device_life> next_life(const device_life& last, const codec::life_claim& claim);

struct grant {
  device_id device;
  server::role role = role::none;
};

/// How secrets are kept: SHA-256 with a domain of each kind's own.
crypto::digest hash_of_secret(std::string_view secret);
crypto::digest hash_of_token(std::string_view token);
crypto::digest hash_of_invite(std::string_view code);

/// "tsdev_<device id 32 hex>_<43 characters base64url>".
std::string device_secret(const device_id& device, std::string_view thirty_two_bytes);
/// The device a secret names; nothing unless it has that form.
std::optional<device_id> device_of_secret(std::string_view secret);

}  // namespace tinysync::server
