#pragma once
// Inside platform/net only: the frame's length, 4 bytes big-endian.

#include <array>
#include <cstddef>

namespace tinysync::net {

inline std::array<unsigned char, 4> length_prefix(std::size_t size) {
  return {static_cast<unsigned char>(size >> 24), static_cast<unsigned char>(size >> 16),
          static_cast<unsigned char>(size >> 8), static_cast<unsigned char>(size)};
}

inline std::size_t length_of(const std::array<unsigned char, 4>& b) {
  return std::size_t{b[0]} << 24 | std::size_t{b[1]} << 16 | std::size_t{b[2]} << 8 | b[3];
}

}  // namespace tinysync::net
