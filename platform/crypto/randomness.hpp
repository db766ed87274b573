#pragma once
// The door to randomness: real for programs, seeded for the simulator.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace tinysync::crypto {

/// A source of uniformly distributed bytes.
class randomness {
 public:
  virtual ~randomness() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  /// n fresh bytes.
  std::string bytes(std::size_t n);
  /// 64 uniformly distributed bits.
  std::uint64_t next_u64();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
};

/// The operating system's cryptographic source. Thread-safe, never null, lives for ever.
randomness& system_randomness();

/// n bytes of system_randomness().
std::string random_bytes(std::size_t n);

/// Deterministic bytes from a seed (xoshiro256**): for simulation and tests, never for secrets.
/// One thread at a time.
class seeded_randomness final : public randomness {
 public:
  explicit seeded_randomness(std::uint64_t seed);
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t step();
  std::uint64_t s_[4];
};

}  // namespace tinysync::crypto
