#include "platform/crypto/history.hpp"

#include <string>

namespace tinysync {
namespace {

constexpr std::string_view chain_domain = "tinysync/chain/1";

void add_to(digest_sum& sum, const digest_sum& value) {
  unsigned carry = 0;
  for (std::size_t i = 0; i < sum.size; ++i) {
    carry += unsigned{sum.bytes[i]} + value.bytes[i];
    sum.bytes[i] = static_cast<std::uint8_t>(carry);
    carry >>= 8;
  }
}

void take_from(digest_sum& sum, const digest_sum& value) {
  int borrow = 0;
  for (std::size_t i = 0; i < sum.size; ++i) {
    int d = int{sum.bytes[i]} - value.bytes[i] - borrow;
    borrow = d < 0;
    sum.bytes[i] = static_cast<std::uint8_t>(d + (borrow ? 256 : 0));
  }
}

digest_sum hash_of(std::string_view canonical) { return {crypto::sha256(canonical)}; }

}  // namespace

chain_hash chain_after(const chain_hash& before, std::string_view row) {
  crypto::hasher h;
  h.update(chain_domain);
  h.update(before.view());
  h.update(row);
  return {h.finish()};
}

void vault_digest::add(const item_id& id, std::string_view canonical) {
  add_to(sums_[id.bytes[0]], hash_of(canonical));
}

void vault_digest::remove(const item_id& id, std::string_view canonical) {
  take_from(sums_[id.bytes[0]], hash_of(canonical));
}

digest_sum vault_digest::total() const {
  digest_sum out;
  for (const auto& s : sums_) add_to(out, s);
  return out;
}

std::string vault_digest::bytes() const {
  std::string out;
  out.reserve(sums_.size() * 32);
  for (const auto& s : sums_) out += s.view();
  return out;
}

bool vault_digest::assign(std::string_view bytes) {
  if (bytes.size() != sums_.size() * 32) return false;
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] = *digest_sum::from(bytes.substr(i * 32, 32));
  return true;
}

}  // namespace tinysync
