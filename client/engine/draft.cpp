#include "client/engine/draft.hpp"

#include <utility>

#include "platform/crypto/sha256.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::engine {

std::string_view name_of(cause c) {
  switch (c) {
    case cause::new_here: return "new_here";
    case cause::new_there: return "new_there";
    case cause::edited_here: return "edited_here";
    case cause::edited_there: return "edited_there";
    case cause::moved_here: return "moved_here";
    case cause::moved_there: return "moved_there";
    case cause::deleted_here: return "deleted_here";
    case cause::deleted_there: return "deleted_there";
    case cause::mode_here: return "mode_here";
    case cause::mode_there: return "mode_there";
    case cause::same_on_both: return "same_on_both";
    case cause::conflicting_edit: return "conflicting_edit";
    case cause::conflicting_move: return "conflicting_move";
    case cause::name_taken: return "name_taken";
    case cause::delete_lost: return "delete_lost";
    case cause::edit_beats_delete: return "edit_beats_delete";
    case cause::rescued_folder: return "rescued_folder";
    case cause::makes_way: return "makes_way";
  }
  return "unknown";
}

std::string_view name_of(verb v) {
  switch (v) {
    case verb::make_folder: return "make_folder";
    case verb::create_file: return "create_file";
    case verb::create_link: return "create_link";
    case verb::replace: return "replace";
    case verb::set_mode: return "set_mode";
    case verb::move: return "move";
    case verb::aside: return "aside";
    case verb::park: return "park";
    case verb::remove: return "remove";
  }
  return "unknown";
}

item_id draft::current(const item_id& id) const {
  auto i = rekeyed_.find(id);
  return i == rekeyed_.end() ? id : i->second;
}

item_id draft::origin(const item_id& id) const {
  auto i = origin_.find(id);
  return i == origin_.end() ? id : i->second;
}

std::optional<item> draft::base(const item_id& id) {
  auto i = bases_.find(id);
  return i == bases_.end() ? trees_.base(id) : i->second;
}

std::optional<local_item> draft::local(const item_id& id) {
  if (rekeyed_.contains(id)) return std::nullopt;
  auto l = trees_.local(origin(id));
  if (!l) return std::nullopt;
  l->id = id;
  l->at.parent = current(l->at.parent);
  return l;
}

std::vector<item_id> draft::local_children(const item_id& parent) {
  auto out = trees_.local_children(origin(parent));
  for (auto& id : out) id = current(id);
  return out;
}

busy draft::busy(const item_id& id) { return trees_.busy(origin(id)); }

std::optional<item_id> draft::disk_occupant(const place& p) {
  if (auto i = disk_taken_.find(p); i != disk_taken_.end()) return i->second;
  if (disk_freed_.contains(p)) return std::nullopt;
  auto id = trees_.local_at({origin(p.parent), p.name});
  if (!id) return std::nullopt;
  return current(*id);
}

std::optional<item_id> draft::server_occupant(const place& p) {
  if (auto i = server_taken_.find(p); i != server_taken_.end()) return i->second;
  if (server_freed_.contains(p)) return std::nullopt;
  return trees_.remote_at(p);
}

std::optional<op_id> draft::freed_on_server(const place& p) const {
  auto i = server_freed_.find(p);
  return i == server_freed_.end() ? std::nullopt : std::optional(i->second);
}

std::optional<op_id> draft::made_on_server(const item_id& id) const {
  auto i = server_made_.find(id);
  return i == server_made_.end() ? std::nullopt : std::optional(i->second);
}

std::optional<place> draft::moved_on_server(const item_id& id) const {
  auto i = server_places_.find(id);
  return i == server_places_.end() ? std::nullopt : std::optional(i->second);
}

void draft::set_base(const item_id& id, item state, cause why) {
  bases_[id] = state;
  plan_.trees.push_back({tree_op::what::set_base, id, {}, std::move(state), why});
}

void draft::drop_base(const item_id& id, cause why) {
  bases_[id] = std::nullopt;
  plan_.trees.push_back({tree_op::what::drop_base, id, {}, std::nullopt, why});
}

/// What was decided about entries of a folder stands under its new id.
void draft::rename_parent(const item_id& from, const item_id& to) {
  auto rename = [&](place& p) {
    if (p.parent == from) p.parent = to;
  };
  for (auto& op : plan_.disk) {
    rename(op.from);
    rename(op.to);
    if (op.expected) rename(op.expected->at);
  }
  for (auto& [id, at] : disk_places_) rename(at);
  auto freed = std::exchange(disk_freed_, {});
  for (auto p : freed) {
    rename(p);
    disk_freed_.insert(p);
  }
  auto taken = std::exchange(disk_taken_, {});
  for (const auto& [at, id] : taken) {
    auto p = at;
    rename(p);
    disk_taken_[p] = id;
  }
}

void draft::rekey(const item_id& from, const item_id& to, cause why) {
  auto source = origin(from);
  rekeyed_[source] = to;
  if (source != from) {
    rekeyed_[from] = to;
    origin_.erase(from);
  }
  rekeyed_.erase(to);
  origin_[to] = source;
  paths_.clear();
  if (!plan_.disk.empty()) rename_parent(from, to);
  plan_.trees.push_back({tree_op::what::rekey, from, to, std::nullopt, why});
}

item_id draft::rekey_fresh(const item_id& from, cause why) {
  auto to = fresh_item();
  rekey(from, to, why);
  return to;
}

std::string draft::path_of(const item_id& folder) {
  if (folder == root_item) return {};
  if (folder == parked_folder) return std::string(reserved_root_name) + "/parked";
  if (auto i = paths_.find(folder); i != paths_.end()) return i->second;
  std::string path;
  if (auto i = disk_places_.find(folder); i != disk_places_.end()) {
    path = path_of(i->second);
  } else if (auto l = local(folder)) {
    path = path_of(l->at);
  }
  paths_[folder] = path;
  return path;
}

std::string draft::path_of(const place& p) { return join_path(path_of(p.parent), p.name); }

void draft::occupy(const item_id& id, const place& from, const place& to) {
  disk_taken_.erase(from);
  disk_freed_.insert(from);
  disk_taken_[to] = id;
  disk_freed_.erase(to);
  disk_places_[id] = to;
  paths_.clear();
}

void draft::emit(disk_op op) {
  if (auto i = disk_places_.find(op.id); i != disk_places_.end()) op.from = i->second;
  switch (op.what) {
    case verb::make_folder:
    case verb::create_file:
    case verb::create_link:
      op.to_path = path_of(op.to);
      disk_taken_[op.to] = op.id;
      disk_freed_.erase(op.to);
      disk_places_[op.id] = op.to;
      paths_.erase(op.id);
      break;
    case verb::replace:
      op.from_path = path_of(op.from);
      op.to = {op.from.parent, op.keep_name};
      op.to_path = path_of(op.to);
      disk_taken_[op.to] = op.keep_id;
      break;
    case verb::set_mode: op.from_path = path_of(op.from); break;
    case verb::aside: asides_.insert(op.id); [[fallthrough]];
    case verb::move:
    case verb::park:
      op.from_path = path_of(op.from);
      op.to_path = path_of(op.to);
      occupy(op.id, op.from, op.to);
      break;
    case verb::remove:
      op.from_path = path_of(op.from);
      disk_taken_.erase(op.from);
      disk_freed_.insert(op.from);
      disk_gone_.insert(op.id);
      break;
  }
  plan_.disk.push_back(std::move(op));
}

void draft::account(const item_id& id, const change& c, const op_id& op) {
  auto made = [&](const place& at) {
    server_made_[id] = op;
    server_taken_[at] = id;
    server_freed_.erase(at);
  };
  auto freed = [&] {
    if (auto r = trees_.remote(id); r && server_occupant(r->at) == id) {
      server_taken_.erase(r->at);
      server_freed_[r->at] = op;
    }
  };
  if (auto* f = std::get_if<create_folder>(&c)) made(f->at);
  if (auto* f = std::get_if<create_file>(&c)) made(f->at);
  if (auto* f = std::get_if<create_symlink>(&c)) made(f->at);
  if (auto* m = std::get_if<move_rename>(&c)) {
    freed();
    server_taken_[m->to] = id;
    server_places_[id] = m->to;
  }
  if (std::holds_alternative<delete_item>(c) || std::holds_alternative<delete_subtree>(c)) {
    freed();
    server_gone_.insert(id);
  }
}

op_id draft::emit(item_id id, change c, std::vector<op_id> after, item_id because_of) {
  mutation m;
  m.op = mint<op_id>(options_.random);
  m.item = id;
  m.after = std::move(after);
  m.because_of = because_of;
  m.correlation = options_.correlation;
  account(id, c, m.op);
  m.change = std::move(c);
  auto op = m.op;
  plan_.mutations.push_back(std::move(m));
  return op;
}

void draft::join(const std::set<item_id>& members, const op_id& op) {
  auto moves = [&](const mutation& m) {
    bool content = std::holds_alternative<update_content>(m.change) ||
                   std::holds_alternative<set_mode>(m.change);
    return members.contains(m.item) && !content;
  };
  batch_id group;
  std::set<op_id> inside{op};
  for (const auto& m : plan_.mutations) {
    if (!moves(m)) continue;
    inside.insert(m.op);
    if (m.group) group = m.group;
  }
  if (!group) group = mint<batch_id>(options_.random);
  for (auto& m : plan_.mutations) {
    if (!moves(m)) continue;
    m.group = group;  // inside a group the joint final state counts, not the order
    std::erase_if(m.after, [&](const op_id& a) { return inside.contains(a); });
  }
}

namespace {

/// Sets of more than one node that all lead to each other (Kosaraju).
std::vector<std::set<std::size_t>> circles_of(const std::vector<std::vector<std::size_t>>& edges,
                                              const std::vector<std::vector<std::size_t>>& reversed) {
  std::vector<std::size_t> finished;
  std::vector<bool> seen(edges.size());
  for (std::size_t root = 0; root < edges.size(); ++root) {
    if (seen[root]) continue;
    std::vector<std::pair<std::size_t, std::size_t>> open{{root, 0}};
    seen[root] = true;
    while (!open.empty()) {
      auto& [at, next] = open.back();
      if (next == edges[at].size()) {
        finished.push_back(at);
        open.pop_back();
      } else if (auto to = edges[at][next++]; !seen[to]) {
        seen[to] = true;
        open.emplace_back(to, 0);
      }
    }
  }
  std::vector<std::set<std::size_t>> out;
  std::vector<bool> taken(edges.size());
  for (auto root = finished.rbegin(); root != finished.rend(); ++root) {
    std::set<std::size_t> circle;
    std::vector<std::size_t> open{*root};
    while (!open.empty()) {
      auto at = open.back();
      open.pop_back();
      if (taken[at]) continue;
      taken[at] = true;
      circle.insert(at);
      for (auto to : reversed[at]) open.push_back(to);
    }
    if (circle.size() > 1) out.push_back(std::move(circle));
  }
  return out;
}

}  // namespace

/// Operations that come after each other, around through their groups, are one group: the server skips what
/// waits for itself.
void draft::join_what_waits_for_itself() {
  auto& all = plan_.mutations;
  std::map<op_id, std::size_t> by_op;
  std::map<batch_id, std::size_t> groups;
  std::vector<std::size_t> unit(all.size());  // the first mutation of its unit
  for (std::size_t i = 0; i < all.size(); ++i) {
    by_op[all[i].op] = i;
    unit[i] = all[i].group ? groups.emplace(all[i].group, i).first->second : i;
  }
  std::vector<std::vector<std::size_t>> before(all.size()), behind(all.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    for (const auto& op : all[i].after)
      if (auto at = by_op.find(op); at != by_op.end() && unit[at->second] != unit[i]) {
        before[unit[i]].push_back(unit[at->second]);
        behind[unit[at->second]].push_back(unit[i]);
      }
  for (auto& circle : circles_of(before, behind)) {
    batch_id group = mint<batch_id>(options_.random);
    std::set<op_id> inside;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (circle.contains(unit[i])) inside.insert(all[i].op);
    for (auto& m : all)
      if (inside.contains(m.op)) {
        m.group = group;
        std::erase_if(m.after, [&](const op_id& a) { return inside.contains(a); });
      }
  }
}

std::string copy_name(std::string_view name, const copy_of& c, int attempt) {
  auto digest = crypto::sha256(c.id.str() + c.hash.str());
  auto hex = to_hex(crypto::bytes_of(digest).substr(0, 4));
  return conflict_name(name, {c.device, c.mtime_ns, hex}, attempt);
}

std::string draft::free_conflict_name(const place& at, const item_id& id, const content_hash& hash,
                                      std::int64_t mtime_ns) {
  for (int attempt = 1;; ++attempt) {
    auto name = copy_name(at.name, {id, hash, mtime_ns, options_.device_label}, attempt);
    if (!disk_occupant({at.parent, name}) && !server_occupant({at.parent, name})) return name;
  }
}

}  // namespace tinysync::engine
