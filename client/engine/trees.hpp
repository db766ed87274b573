#pragma once
// The three trees of observations (DESIGN §3 Client state), as the planner sees them.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proto/vocabulary/item.hpp"

namespace tinysync::engine {

/// One observation of one entry of the disk.
struct seen {
  item_kind kind = item_kind::file;
  std::uint64_t inode = 0;
  std::int64_t birth_ns = 0;  ///< 0: the file system keeps none
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0, ctime_ns = 0;
  std::uint32_t mode = 0;     ///< permission bits
  auto operator<=>(const seen&) const = default;
};

/// The mode bits a permission word stands for. Folders and links have none.
mode_bits bits_of(std::uint32_t permissions, item_kind kind);
/// Same file as before, as far as numbers can tell: inode and birth time.
bool same_identity(const seen& a, const seen& b);
/// Nothing changed since, as far as a stat can tell.
bool same_stat(const seen& a, const seen& b);

/// Where files are put that wait for their name to become free: <root>/.tinysync/parked.
inline const item_id parked_folder = [] {
  item_id id;
  id.bytes.fill(0xff);
  return id;
}();

/// The disk as last observed.
struct local_item {
  item_id id;
  place at;
  engine::seen seen;
  content_hash hash;        ///< zero for folders, and for files not hashed yet
  std::string link_target;  ///< symlinks
  bool suspect = false;     ///< observed too soon after it changed to be sure
  bool local_only = false;  ///< a folder that stays here although the server deleted it

  item_kind kind() const { return seen.kind; }
  mode_bits mode() const { return bits_of(seen.mode, seen.kind); }
  bool hashed() const { return seen.kind == item_kind::folder || !hash.none(); }
};

enum class busy : std::uint8_t {
  no,
  answer,  ///< an operation of it is in the outbox
  disk,    ///< an intent of it is being carried out
};

/// Read access to the trees of one vault. All lookups are by index; listing is by parent.
class tree_view {
 public:
  virtual ~tree_view() = default;
  virtual std::optional<item> remote(const item_id& id) = 0;  ///< live items only
  virtual std::optional<item> base(const item_id& id) = 0;
  virtual std::optional<local_item> local(const item_id& id) = 0;
  virtual std::optional<item_id> remote_at(const place& p) = 0;
  virtual std::optional<item_id> local_at(const place& p) = 0;
  virtual std::vector<item_id> remote_children(const item_id& parent) = 0;
  virtual std::vector<item_id> local_children(const item_id& parent) = 0;
  virtual engine::busy busy(const item_id& id) = 0;
  /// All entries last observed with this inode number; more than one with hard links.
  virtual std::vector<item_id> local_by_inode(std::uint64_t inode) = 0;
  /// An operation that creates this item has been recorded and not been refused.
  virtual bool being_created(const item_id& id) = 0;
};

}  // namespace tinysync::engine
