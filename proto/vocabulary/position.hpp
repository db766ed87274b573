#pragma once
// Where a reader stands in a vault's history.

#include "proto/vocabulary/ids.hpp"

namespace tinysync {

struct position {
  epoch_id epoch;
  seq_no seq;
  chain_hash chain;
  std::string seal;  ///< the server's MAC over it; empty inside the server
  bool same_place(const position& o) const {
    return epoch == o.epoch && seq == o.seq && chain == o.chain;
  }
};

inline constexpr std::uint32_t protocol_version = 1;
inline constexpr std::string_view program_version = "0.1.0";
inline constexpr std::size_t most_mutations = 1000;  ///< of one request, and of one group
inline constexpr std::size_t most_inline_bytes = 64 * 1024;   ///< inline_content of one mutation
inline constexpr std::size_t most_request_bytes = 24 * 1024 * 1024;
inline constexpr std::size_t most_hashes = 10'000;  ///< of one :missing or :download
inline constexpr std::uint64_t part_bytes = 8 * 1024 * 1024;  ///< of one ranged upload or download

}  // namespace tinysync
