#include "client/engine/trees.hpp"

#include "proto/vocabulary/planted.hpp"

namespace tinysync::engine {

mode_bits bits_of(std::uint32_t permissions, item_kind kind) {
  if (kind != item_kind::file) return {};
  return {(permissions & 0100) != 0, (permissions & 077) == 0};
}

bool same_identity(const seen& a, const seen& b) {
  if (planted(mistake::inode_alone_trusted)) return a.kind == b.kind && a.inode == b.inode;
  return a.kind == b.kind && a.inode == b.inode && a.birth_ns == b.birth_ns;
}

bool same_stat(const seen& a, const seen& b) {
  if (a.kind == item_kind::folder) return same_identity(a, b);
  if (planted(mistake::size_and_mtime_trusted)) return a.size == b.size && a.mtime_ns == b.mtime_ns;
  return a == b;
}

}  // namespace tinysync::engine
