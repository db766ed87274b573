#pragma once
// SHA-256 and HMAC-SHA-256 over OpenSSL's EVP; nothing here reads a clock, a file or randomness.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace tinysync::crypto {

/// 32 bytes, most significant first, as every hash of the product is stored and sent.
using digest = std::array<std::uint8_t, 32>;

/// The raw 32 bytes of a digest, valid as long as the digest.
inline std::string_view bytes_of(const digest& d) {
  return {reinterpret_cast<const char*>(d.data()), d.size()};
}

/// SHA-256 of the bytes. Thread-safe.
digest sha256(std::string_view bytes);

/// SHA-256 of a stream. One thread at a time; reusable after finish().
class hasher {
 public:
  hasher();
  ~hasher();
  hasher(hasher&&) noexcept;
  hasher& operator=(hasher&&) noexcept;

  void update(std::string_view bytes);
  void update(std::span<const std::uint8_t> bytes);
  /// The digest of everything since construction or the last finish(); the hasher starts afresh.
  digest finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// RFC 2104 with SHA-256; any key length.
digest hmac_sha256(std::string_view key, std::string_view data);

/// Equal bytes? Takes the same time wherever they differ; false at once on different lengths.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace tinysync::crypto
