#pragma once
// The invite: what a device needs to find, trust and join a server, as one line of text.

#include <string>
#include <string_view>

#include "proto/vocabulary/bytes.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync {

using public_key_pin = fixed_bytes<struct pin_tag, 32>;  ///< SHA-256 of the CA's public key

struct invite {
  std::string url;      ///< "https://host:port"
  public_key_pin pin;
  std::string code;     ///< single-use secret, base64url
};

/// "https://host:port/invite#<pin as 64 hex digits>.<code>": the part behind '#' is never sent.
std::string to_string(const invite& i);
/// invalid_argument with what is wrong about it.
result<invite> parse_invite(std::string_view text);

}  // namespace tinysync
