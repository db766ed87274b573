#include "platform/crypto/sha256.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace tinysync::crypto {
namespace {

// Fetching costs more than hashing a small message: once per process, freed by OpenSSL at exit.
const EVP_MD* algorithm() {
  static EVP_MD* md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  if (!md) throw std::runtime_error("OpenSSL offers no SHA-256");
  return md;
}

void must(int ok) {
  if (ok != 1) throw std::runtime_error("SHA-256 failed");
}

}  // namespace

struct hasher::state {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  state() { restart(); }
  ~state() { EVP_MD_CTX_free(context); }
  void restart() { must(EVP_DigestInit_ex2(context, algorithm(), nullptr)); }
};

hasher::hasher() : state_(std::make_unique<state>()) {}
hasher::~hasher() = default;
hasher::hasher(hasher&&) noexcept = default;
hasher& hasher::operator=(hasher&&) noexcept = default;

void hasher::update(std::string_view bytes) {
  must(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
}

void hasher::update(std::span<const std::uint8_t> bytes) {
  must(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()));
}

digest hasher::finish() {
  digest d;
  must(EVP_DigestFinal_ex(state_->context, d.data(), nullptr));
  state_->restart();
  return d;
}

digest sha256(std::string_view bytes) {
  static thread_local hasher h;
  h.update(bytes);
  return h.finish();
}

digest hmac_sha256(std::string_view key, std::string_view data) {
  std::array<std::uint8_t, 64> block{};
  if (key.size() > block.size()) {
    digest d = sha256(key);
    std::copy(d.begin(), d.end(), block.begin());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  auto padded = [&block](std::uint8_t pad) {
    auto p = block;
    for (auto& b : p) b ^= pad;
    return p;
  };
  hasher inner, outer;
  inner.update(padded(0x36));
  inner.update(data);
  outer.update(padded(0x5c));
  outer.update(inner.finish());
  return outer.finish();
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tinysync::crypto
