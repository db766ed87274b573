#pragma once
// Identities. UUIDv4 everywhere, minted from a randomness the caller provides.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "proto/vocabulary/bytes.hpp"

namespace tinysync {

template <class Tag>
using uuid = fixed_bytes<Tag, 16>;

using item_id = uuid<struct item_tag>;
using vault_id = uuid<struct vault_tag>;
using device_id = uuid<struct device_tag>;
using op_id = uuid<struct op_tag>;
using batch_id = uuid<struct batch_tag>;  ///< `group` of a mutation
using epoch_id = uuid<struct epoch_tag>;
using access_group_id = uuid<struct access_group_tag>;

using content_hash = fixed_bytes<struct content_tag, 32>;  ///< SHA-256 of a whole content
using blob_hash = fixed_bytes<struct blob_tag, 32>;        ///< SHA-256 of stored bytes
using chain_hash = fixed_bytes<struct chain_tag, 32>;
using digest_sum = fixed_bytes<struct digest_tag, 32>;     ///< 256-bit little-endian number

/// The parent of top-level items.
inline constexpr item_id root_item{};

/// "8-4-4-4-12" lower-case hexadecimal.
std::string uuid_text(std::string_view sixteen_bytes);
/// Accepts exactly that form; empty otherwise.
std::optional<std::string> uuid_bytes(std::string_view text);

template <class Tag>
std::string to_string(const uuid<Tag>& id) { return uuid_text(id.view()); }

template <class Id>
std::optional<Id> id_from_text(std::string_view text) {
  auto raw = uuid_bytes(text);
  return raw ? Id::from(*raw) : std::nullopt;
}

/// Fills a buffer with randomness (platform/crypto, or a seed's stream in the simulation).
using random_source = std::function<void(std::uint8_t*, std::size_t)>;

/// A fresh version-4 UUID.
template <class Id>
Id mint(const random_source& random) {
  Id id;
  random(id.bytes.data(), id.bytes.size());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

/// Sequence number in a vault's log: dense from 1; 0 is "before the first row".
struct seq_no {
  std::uint64_t value = 0;
  auto operator<=>(const seq_no&) const = default;
};

}  // namespace tinysync
