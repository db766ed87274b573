#pragma once
// Fixed-size byte values that cannot be mixed up: each meaning is a type of its own.

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace tinysync {

/// Lower-case hexadecimal of any bytes.
std::string to_hex(std::string_view bytes);
/// Strict: even length, lower- or upper-case digits only.
std::optional<std::string> from_hex(std::string_view text);

/// N bytes with a meaning. Zero-initialised; all zero means "none".
template <class Tag, std::size_t N>
struct fixed_bytes {
  std::array<std::uint8_t, N> bytes{};

  static constexpr std::size_t size = N;
  /// Empty if `raw` does not have exactly N bytes.
  static std::optional<fixed_bytes> from(std::string_view raw) {
    if (raw.size() != N) return std::nullopt;
    fixed_bytes out;
    std::memcpy(out.bytes.data(), raw.data(), N);
    return out;
  }
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), N}; }
  std::string str() const { return std::string(view()); }
  std::string hex() const { return to_hex(view()); }
  bool none() const {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
  }
  explicit operator bool() const { return !none(); }
  auto operator<=>(const fixed_bytes&) const = default;
};

/// For unordered containers; the values are random or hashes already.
struct fixed_bytes_hash {
  template <class T, std::size_t N>
  std::size_t operator()(const fixed_bytes<T, N>& v) const {
    std::uint64_t h = 0;
    std::memcpy(&h, v.bytes.data(), std::min<std::size_t>(N, 8));
    return h;
  }
};

}  // namespace tinysync
