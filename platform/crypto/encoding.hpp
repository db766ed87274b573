#pragma once
// Digests as hexadecimal, bytes as base64url. Decoding is strict: one byte string has one text.

#include <string>
#include <string_view>

#include "platform/crypto/sha256.hpp"
#include "proto/vocabulary/bytes.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::crypto {

using tinysync::to_hex;
/// 64 lower-case hexadecimal digits.
std::string to_hex(const digest& d);
/// malformed unless exactly 64 lower-case hexadecimal digits.
result<digest> digest_from_hex(std::string_view text);
/// malformed unless exactly 32 bytes.
result<digest> digest_from_bytes(std::string_view bytes);

/// RFC 4648 §5 without padding.
std::string to_base64url(std::string_view bytes);
/// malformed on padding, foreign characters, impossible lengths and non-zero spare bits.
result<std::string> from_base64url(std::string_view text);

}  // namespace tinysync::crypto
