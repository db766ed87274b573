#include "platform/crypto/randomness.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace tinysync::crypto {

std::string randomness::bytes(std::size_t n) {
  std::string out(n, '\0');
  fill({reinterpret_cast<std::uint8_t*>(out.data()), n});
  return out;
}

std::uint64_t randomness::next_u64() {
  std::uint8_t b[8];
  fill(b);
  std::uint64_t v = 0;
  for (auto x : b) v = v << 8 | x;
  return v;
}

std::uint64_t randomness::below(std::uint64_t bound) {
  // Values past the last whole multiple of bound would favour small results.
  const std::uint64_t limit = ~0ull - ~0ull % bound;
  std::uint64_t v = next_u64();
  while (v >= limit) v = next_u64();
  return v % bound;
}

randomness& system_randomness() {
  struct openssl_randomness final : randomness {
    void fill(std::span<std::uint8_t> out) override {
      while (!out.empty()) {
        auto n = std::min<std::size_t>(out.size(), 1u << 20);
        if (RAND_bytes(out.data(), static_cast<int>(n)) != 1)
          throw std::runtime_error("the system gives no random bytes");
        out = out.subspan(n);
      }
    }
  };
  static openssl_randomness source;
  return source;
}

std::string random_bytes(std::size_t n) { return system_randomness().bytes(n); }

seeded_randomness::seeded_randomness(std::uint64_t seed) {
  // splitmix64 spreads the seed, as xoshiro's authors advise: its state must not be all zero.
  for (auto& word : s_) {
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
}

std::uint64_t seeded_randomness::step() {
  const std::uint64_t out = std::rotl(s_[1] * 5, 7) * 9;
  const std::uint64_t t = s_[1] << 17;
  s_[2] ^= s_[0];
  s_[3] ^= s_[1];
  s_[1] ^= s_[2];
  s_[0] ^= s_[3];
  s_[2] ^= t;
  s_[3] = std::rotl(s_[3], 45);
  return out;
}

void seeded_randomness::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    std::uint64_t v = step();
    auto n = std::min<std::size_t>(out.size(), sizeof v);
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(v >> (8 * i));
    out = out.subspan(n);
  }
}

}  // namespace tinysync::crypto
