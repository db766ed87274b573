#pragma once
// The three trees in maps, for tests of the planner and of observation.

#include <map>
#include <set>

#include "client/engine/plan.hpp"
#include "platform/crypto/history.hpp"

namespace tinysync::engine {

class memory_trees final : public tree_view {
 public:
  std::map<item_id, item> remote_, base_;
  std::map<item_id, local_item> local_;
  std::set<item_id> in_outbox, creating;

  std::optional<item> remote(const item_id& id) override { return get(remote_, id); }
  std::optional<item> base(const item_id& id) override { return get(base_, id); }
  std::optional<local_item> local(const item_id& id) override { return get(local_, id); }
  std::optional<item_id> remote_at(const place& p) override { return at(remote_, p); }
  std::optional<item_id> local_at(const place& p) override { return at(local_, p); }
  std::vector<item_id> remote_children(const item_id& p) override { return below(remote_, p); }
  std::vector<item_id> local_children(const item_id& p) override { return below(local_, p); }
  std::vector<item_id> local_by_inode(std::uint64_t inode) override {
    std::vector<item_id> out;
    for (const auto& [id, l] : local_)
      if (l.seen.inode == inode) out.push_back(id);
    return out;
  }
  engine::busy busy(const item_id& id) override {
    return in_outbox.contains(id) ? engine::busy::answer : engine::busy::no;
  }
  bool being_created(const item_id& id) override { return creating.contains(id); }

 private:
  template <class Map>
  static auto get(const Map& m, const item_id& id) -> std::optional<typename Map::mapped_type> {
    auto i = m.find(id);
    return i == m.end() ? std::nullopt : std::optional(i->second);
  }
  template <class Map>
  static std::optional<item_id> at(const Map& m, const place& p) {
    for (const auto& [id, it] : m)
      if (it.at == p) return id;
    return std::nullopt;
  }
  template <class Map>
  static std::vector<item_id> below(const Map& m, const item_id& parent) {
    std::vector<item_id> out;
    for (const auto& [id, it] : m)
      if (it.at.parent == parent) out.push_back(id);
    return out;
  }
};

/// Names for ids: the n-th item of a test.
inline item_id nth(std::uint8_t n) {
  item_id id;
  id.bytes.fill(n);
  return id;
}
inline op_id op(std::uint8_t n) {
  op_id id;
  id.bytes.fill(n);
  return id;
}

inline item file(const item_id& id, place at, std::string_view text, op_id by = op(1)) {
  item it;
  it.id = id;
  it.at = std::move(at);
  it.kind = item_kind::file;
  it.version = 1;
  it.content_op = it.place_op = it.mode_op = by;
  it.what.hash = content_hash_of(text);
  it.what.ref = {it.what.hash.bytes};
  it.what.size = text.size();
  return it;
}
inline item folder(const item_id& id, place at, op_id by = op(1)) {
  item it;
  it.id = id;
  it.at = std::move(at);
  it.kind = item_kind::folder;
  it.version = 1;
  it.place_op = by;
  return it;
}
inline local_item on_disk(const item& it) {
  local_item l;
  l.id = it.id;
  l.at = it.at;
  l.seen.kind = it.kind;
  l.seen.inode = it.id.bytes[0];
  l.seen.birth_ns = 1000 + it.id.bytes[0];
  l.seen.size = it.what.size;
  l.seen.mode = it.kind == item_kind::folder ? 0755 : it.mode.executable ? 0755 : 0644;
  l.hash = it.what.hash;
  return l;
}

}  // namespace tinysync::engine
