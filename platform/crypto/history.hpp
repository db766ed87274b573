#pragma once
// The two proofs over a vault's history (DESIGN §3): the chain over log rows and the digest over
// live items. Pure; server and agent compute the same.

#include <array>
#include <string_view>

#include "platform/crypto/sha256.hpp"
#include "proto/vocabulary/ids.hpp"

namespace tinysync {

/// chain(n) = SHA-256("tinysync/chain/1" || chain(n-1) || row).
chain_hash chain_after(const chain_hash& before, std::string_view row);

inline content_hash content_hash_of(std::string_view bytes) { return {crypto::sha256(bytes)}; }
inline blob_hash blob_hash_of(std::string_view bytes) { return {crypto::sha256(bytes)}; }

/// Sum modulo 2^256 of SHA-256 over the canonical bytes of live items, kept as 256 partial sums by
/// the first byte of the item id. Order does not matter; removing undoes adding.
class vault_digest {
 public:
  void add(const item_id& id, std::string_view canonical);
  void remove(const item_id& id, std::string_view canonical);
  /// The sum of all partial sums.
  digest_sum total() const;
  const std::array<digest_sum, 256>& sums() const { return sums_; }
  /// 8,192 bytes, and back; false if the size is not that.
  std::string bytes() const;
  bool assign(std::string_view bytes);
  bool operator==(const vault_digest&) const = default;

 private:
  std::array<digest_sum, 256> sums_{};
};

}  // namespace tinysync
