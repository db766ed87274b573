#pragma once
// Where the bytes of a blob are. Places are unique per upload and never reused.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/vocabulary/ids.hpp"

namespace tinysync::server {

/// A run of bytes in one physical file.
struct extent {
  std::uint64_t segment = 0;  ///< names the file
  std::uint64_t offset = 0, size = 0;
  bool operator==(const extent&) const = default;
};

/// A blob that is durable: its bytes are the extents, in order.
struct stored_blob {
  blob_hash hash;
  std::uint64_t size = 0;
  std::vector<extent> where;
  bool operator==(const stored_blob&) const = default;
};

/// 24 bytes for each extent, as the database keeps them.
std::string encode_place(const std::vector<extent>& where);
std::optional<std::vector<extent>> decode_place(std::string_view bytes);

}  // namespace tinysync::server
