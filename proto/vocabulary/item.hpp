#pragma once
// The item: a file, folder or symlink of a vault (DESIGN §3).

#include <cstdint>
#include <string>

#include "proto/vocabulary/ids.hpp"

namespace tinysync {

enum class item_kind : std::uint8_t { folder = 1, file = 2, symlink = 3 };
std::string_view name_of(item_kind kind);

struct mode_bits {
  bool executable = false;  ///< the owner may execute
  bool private_ = false;    ///< no group or other bits
  auto operator<=>(const mode_bits&) const = default;
};

/// Where an item is: its parent and its name there.
struct place {
  item_id parent;
  std::string name;
  auto operator<=>(const place&) const = default;
};

/// What an item contains. A folder's is all zero. A symlink's hash is SHA-256(target), no ref.
struct content {
  content_hash hash;
  blob_hash ref;             ///< zero: nothing stored (folder, symlink, empty file)
  std::uint64_t size = 0;    ///< bytes
  std::int64_t mtime_ns = 0; ///< travels with content, never orders anything
  std::string link_target;   ///< symlink only
};

/// One state of an item, as the server keeps it.
struct item {
  item_id id;
  place at;
  item_kind kind = item_kind::file;
  std::uint64_t version = 0;
  op_id content_op, place_op, mode_op;  ///< who last set content, place, mode: the preconditions
  seq_no content_seq, place_seq, mode_seq;
  tinysync::content what;
  mode_bits mode;
  bool deleted = false;
  op_id deleted_op;
  seq_no deleted_seq;
  std::string extra;  ///< fields of later versions, kept as they came
};

/// Equal as far as a user can tell: place, kind, content, mode bits.
bool same_state(const item& a, const item& b);
bool same_content(const content& a, const content& b);  ///< hash (and target); not the mtime

/// The newest seq that changed anything of it.
seq_no newest_seq(const item& it);

inline constexpr std::size_t longest_link_target = 4095;
inline constexpr std::uint64_t largest_file = std::uint64_t{1} << 50;

}  // namespace tinysync
