#pragma once
// Small deterministic functions: the same on every platform and in every run.

#include <cstdint>
#include <string_view>

namespace tinysync::actors::detail {

inline constexpr std::uint64_t fnv_start = 1469598103934665603ull;

inline std::uint64_t fnv(std::uint64_t hash, std::uint64_t x) {
  return (hash ^ x) * 1099511628211ull;
}
inline std::uint64_t fnv(std::uint64_t hash, std::string_view text) {
  for (unsigned char c : text) hash = fnv(hash, std::uint64_t{c});
  return hash;
}

/// SplitMix64: a full-period stream from any seed.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    auto z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace tinysync::actors::detail
