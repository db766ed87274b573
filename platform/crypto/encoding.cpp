#include "platform/crypto/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace tinysync::crypto {
namespace {

constexpr std::string_view url_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> values_of(std::string_view digits) {
  std::array<std::int8_t, 256> t{};
  for (auto& v : t) v = -1;
  for (std::size_t i = 0; i < digits.size(); ++i)
    t[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
  return t;
}

constexpr auto url_values = values_of(url_digits);

}  // namespace

std::string to_hex(const digest& d) { return tinysync::to_hex(bytes_of(d)); }

result<digest> digest_from_bytes(std::string_view bytes) {
  digest d;
  if (bytes.size() != d.size()) return failure(errc::malformed, "a hash has 32 bytes");
  std::copy(bytes.begin(), bytes.end(), d.begin());
  return d;
}

result<digest> digest_from_hex(std::string_view text) {
  auto bytes = text.size() == 64 ? from_hex(text) : std::nullopt;
  if (!bytes || tinysync::to_hex(*bytes) != text)
    return failure(errc::malformed, "a hash has 64 lower-case hexadecimal digits");
  return digest_from_bytes(*bytes);
}

std::string to_base64url(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int have = 0;
  for (unsigned char c : bytes) {
    bits = bits << 8 | c;
    for (have += 8; have >= 6; have -= 6) out += url_digits[bits >> (have - 6) & 63];
  }
  if (have) out += url_digits[bits << (6 - have) & 63];
  return out;
}

result<std::string> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return failure(errc::malformed, "impossible length of base64url");
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int have = 0;
  for (unsigned char c : text) {
    int v = url_values[c];
    if (v < 0) return failure(errc::malformed, "not a base64url digit");
    bits = bits << 6 | static_cast<std::uint32_t>(v);
    have += 6;
    if (have >= 8) {
      have -= 8;
      out += static_cast<char>(bits >> have & 255);
    }
  }
  if (bits & ((1u << have) - 1)) return failure(errc::malformed, "spare bits of base64url are set");
  return out;
}

}  // namespace tinysync::crypto
