#include "client/engine/observe.hpp"

#include <algorithm>

#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::engine {
namespace {

std::string parent_path(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

std::string last_name(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

/// A time far in the future hides nothing: whatever is written next gets another ctime.
bool in_suspect_window(const seen& s, std::int64_t now_ns) {
  auto close = [now_ns](std::int64_t t) { return t > now_ns - suspect_window_ns && t < now_ns + suspect_window_ns; };
  return close(s.mtime_ns) || close(s.ctime_ns);
}

}  // namespace

/// The folder that has this path as far as the rows know; what is a file there is none.
std::optional<item_id> scan_batch::folder_at(const std::string& path) {
  if (path == path_of(parked_folder)) return parked_folder;
  item_id at = root_item;
  for (const auto& part : split_path(path)) {
    auto child = trees_.local_at({at, part});
    auto row = child ? trees_.local(*child) : std::nullopt;
    if (!row || row->kind() != item_kind::folder) return std::nullopt;
    at = *child;
  }
  return at;
}

std::string scan_batch::path_of(const item_id& id) {
  if (id == root_item) return {};
  if (id == parked_folder) return std::string(reserved_root_name) + "/parked";
  auto l = trees_.local(id);
  return l ? join_path(path_of(l->at.parent), l->at.name) : std::string{};
}

/// The row this inode belongs to, if birth time agrees or, without birth times, at all.
std::optional<item_id> scan_batch::known_inode(const seen& s) {
  for (const auto& id : trees_.local_by_inode(s.inode)) {
    auto l = trees_.local(id);
    if (l && same_identity(l->seen, s)) return id;
  }
  return std::nullopt;
}

scan_wishes scan_batch::compare(const listing& l, bool recursive) {
  const auto before = found_.size() + vanished_.size();
  auto wishes = compare_folder(l, recursive);
  wishes.differs = found_.size() + vanished_.size() != before;
  return wishes;
}

scan_wishes scan_batch::compare_folder(const listing& l, bool recursive) {
  scan_wishes wishes;
  recursive_ = recursive;
  // The agent's own folder is no item; but what is parked in it may be written by who still has it open.
  const bool parked = l.path == path_of(parked_folder), ours = (l.path + "/").starts_with(std::string(reserved_root_name) + "/");
  if ((ours && !parked) || !listed_.insert(l.path).second) return wishes;
  auto folder = folder_at(l.path);
  auto row = folder ? trees_.local(*folder) : std::nullopt;
  if (l.self && !parked && (!row || !same_identity(row->seen, *l.self))) {
    // Another folder has this name by now. If it is an unknown one, the index's entries of that name
    // may be its own (a folder restored), or have gone elsewhere with theirs: known at the end.
    if (row) wishes.to_list.push_back(parent_path(l.path));
    auto known = known_inode(*l.self);
    if (row && !known) replaced_[l.path] = *folder;
    else folder = known;
  }
  if (!l.failed.empty() && !planted(mistake::absence_is_evidence)) {
    frozen_.insert(l.path);
    if (l.failed == "io_failed") later_.push_back(l.path);
    exempt_[l.path] = l.failed;
    return wishes;
  }
  if (l.ignored && !folder) return wishes;
  std::set<std::string> names;
  for (const auto& e : l.entries) {
    if (l.path.empty() && e.name == reserved_root_name) continue;
    if (parked && !trees_.local_at({parked_folder, e.name})) continue;  // recovery's
    names.insert(e.name);
    compare_entry(l, folder, e, wishes);
  }
  if (folder) {
    for (const auto& id : trees_.local_children(*folder)) {
      auto row = trees_.local(id);
      bool has_the_name = row && names.contains(row->at.name) && trees_.local_at(row->at) == id;
      if (row && !has_the_name) vanished_.insert(id);
    }
  }
  return wishes;
}

void scan_batch::sighted(const listing& l) {
  for (const auto& e : l.entries) {
    auto found = found_.find(join_path(l.path, e.name));
    if (found != found_.end() && same_identity(found->second.seen, e.seen)) continue;  // it was there already
    if (auto id = known_inode(e.seen)) vanished_.erase(*id);
  }
}

/// What comes by a move, or goes by one, is never held back: other items depend on it.
bool scan_batch::hold_back(const local_item& row, const seen& now) {
  bool in_place = row.kind() == item_kind::file && row.hashed() &&
                  (same_identity(row.seen, now) || !known_inode(now));
  auto until = pace_ && in_place ? pace_->hold_until(row.id, now.ctime_ns, now_ns_) : std::nullopt;
  if (!until) return false;
  held_until_ = held_.empty() ? *until : std::min(held_until_, *until);
  held_.push_back(row);
  return true;
}

/// A rule says what becomes an item, never what ceases to be one. And what the server has under this
/// name is in nobody's way.
bool scan_batch::leave_ignored(const std::optional<item_id>& folder, const listed_entry& e) {
  if (!e.ignored || known_inode(e.seen)) return false;
  return !folder || (!trees_.local_at({*folder, e.name}) && !trees_.remote_at({*folder, e.name}));
}

void scan_batch::compare_entry(const listing& l, const std::optional<item_id>& folder,
                               const listed_entry& e, scan_wishes& wishes) {
  auto path = join_path(l.path, e.name);
  auto here = folder ? trees_.local_at({*folder, e.name}) : std::nullopt;
  if (!e.unreadable.empty()) {
    exempt_[path] = e.unreadable;
    return;
  }
  if (e.special) {
    exempt_[path] = "special_file";
    if (here) vanished_.insert(*here);
    return;
  }
  if (leave_ignored(folder, e)) {
    exempt_[path] = ignored_reason;
    if (e.seen.kind == item_kind::folder) ignored_folders_.push_back(path);
    return;
  }
  auto row = here ? trees_.local(*here) : std::nullopt;
  // A folder is its inode; a file or link of another kind is another item.
  bool other = row && (row->kind() != e.seen.kind ||
                       (row->kind() == item_kind::folder && !same_identity(row->seen, e.seen)));
  if (other) {
    vanished_.insert(*here);
    row.reset();
    here.reset();
  }
  if (row && same_stat(row->seen, e.seen) && !row->suspect && row->hashed()) {
    if (recursive_ && row->kind() == item_kind::folder) wishes.to_list.push_back(path);
    return;
  }
  if (row && hold_back(*row, e.seen)) return;
  bool wanted = folder && trees_.remote_at({*folder, e.name});
  appeared({.path = path, .seen = e.seen, .here = here, .ignored = e.ignored && !wanted}, wishes);
}

void scan_batch::appeared(appearance a, scan_wishes& wishes) {
  auto row = a.here ? trees_.local(*a.here) : std::nullopt;
  bool same_file = row && same_identity(row->seen, a.seen);
  if (!same_file) {
    a.identity = known_inode(a.seen);
    if (a.identity) {
      auto old = path_of(trees_.local(*a.identity)->at.parent);
      if (!listed_.contains(old)) wishes.to_list.push_back(old);
    }
  }
  if (a.seen.kind == item_kind::folder) {
    // A folder that moved brings its rows along, but what moved may have been put into it. A number
    // without a birth time proves too little to compare it with those rows before it is settled.
    if (!a.identity || a.seen.birth_ns != 0) wishes.to_list.push_back(a.path);
  } else {
    auto moved = a.identity ? trees_.local(*a.identity) : std::nullopt;
    bool carries = moved && moved->hashed() && a.seen.birth_ns != 0 &&
                   a.seen.kind == item_kind::file && moved->seen.size == a.seen.size &&
                   moved->seen.mtime_ns == a.seen.mtime_ns;
    if (carries) {
      a.content = hashed_entry{a.path, a.seen, moved->hash, {}, {}};
      a.carried = true;
    } else {
      wishes.to_hash.emplace_back(a.path, a.seen);
    }
  }
  found_.emplace(a.path, std::move(a));
}

void scan_batch::hashed(hashed_entry h) {
  auto i = found_.find(h.path);
  if (i == found_.end()) return;
  if (!h.failed.empty()) {
    i->second.dropped = true;
    if (h.failed == "permission_denied" || h.failed == "io_failed") {
      exempt_[h.path] = h.failed == "io_failed" ? "io_failed" : "unreadable";
    }
    if (h.failed == "changed_meanwhile") exempt_[h.path] = "changing";
    later_.push_back(parent_path(h.path));  // after a while: it may be changing all the time
    return;
  }
  i->second.seen = h.seen;
  i->second.content = std::move(h);
}

bool scan_batch::usable(const appearance& a) const {
  return !a.dropped && (a.seen.kind == item_kind::folder || a.content);
}

/// Its own path or a folder above is no longer there.
bool scan_batch::is_gone(const item_id& id) {
  auto at = id;
  for (int depth = 0; at != root_item && depth < 4096; ++depth) {
    if (vanished_.contains(at)) return true;
    if (at != id && moved_.contains(at)) return false;
    auto l = trees_.local(at);
    if (!l) return false;
    at = l->at.parent;
  }
  return false;
}

/// A known inode at another path is a move, unless its old path was re-occupied by an unknown one (an
/// editor's backup), or by one that for this same reason has not moved there but is what is there now.
void scan_batch::settle_identities() {
  for (auto& [path, a] : found_)
    if (a.identity && path_of(*a.identity) == path) {  // two rows had one name; the inode says whose it is
      a.here = a.identity;
      a.identity.reset();
    }
  // By row, not by path: the folder of its old path may have moved in the same scan.
  std::map<item_id, const appearance*> at_old_place, movers;
  for (const auto& [path, a] : found_) {
    if (a.here) at_old_place[*a.here] = &a;
    if (a.identity && usable(a)) movers.emplace(*a.identity, &a);
  }
  auto moves = [&](const item_id& id, const appearance& a) {
    auto old = at_old_place.find(id);
    bool reoccupied = old != at_old_place.end() && old->second != &a;
    if (!reoccupied && !is_gone(id)) return false;  // another name of the same file
    if (reoccupied) {
      auto by = old->second->identity ? movers.find(*old->second->identity) : movers.end();
      if (by == movers.end() || by->second != old->second) return false;
    }
    // Without a birth time the number alone proves nothing.
    return a.seen.birth_ns != 0 || a.seen.kind != item_kind::file || a.content->hash == trees_.local(id)->hash;
  };
  for (bool again = true; again;)
    again = std::erase_if(movers, [&](const auto& m) { return !moves(m.first, *m.second); }) > 0;
  for (const auto& [id, a] : movers) moved_[id] = a->path;
  // What had a path that something else moved onto is gone, unless it moved itself.
  for (auto& [path, a] : found_)
    if (a.here && a.identity && moved_.contains(*a.identity) && moved_[*a.identity] == path) {
      if (*a.here != *a.identity) vanished_.insert(*a.here);
      a.here.reset();
    }
}

/// A folder moved away and another took its name: what it held went along.
void scan_batch::leave_with_their_folder() {
  for (const auto& [path, former] : replaced_) {
    if (!moved_.contains(former)) continue;
    auto children = trees_.local_children(former);
    for (const auto& child : children) vanished_.erase(child);  // if gone, then from the new place
    for (auto& [at, a] : found_)
      if (a.here && parent_path(at) == path &&
          std::find(children.begin(), children.end(), *a.here) != children.end())
        a.here.reset();
  }
}

void scan_batch::match_by_content() {
  std::map<content_hash, std::vector<std::string>> appeared;
  for (auto& [path, a] : found_)
    if (usable(a) && !a.here && !a.ignored && a.seen.kind == item_kind::file && a.seen.size > 0 &&
        !(a.identity && moved_.contains(*a.identity) && moved_[*a.identity] == path))
      appeared[a.content->hash].push_back(path);
  if (appeared.empty()) return;
  std::map<content_hash, std::vector<item_id>> lost;
  for (const auto& id : vanished_) {
    auto row = trees_.local(id);
    if (row && !moved_.contains(id) && row->kind() == item_kind::file && row->hashed())
      lost[row->hash].push_back(id);
  }
  for (const auto& [hash, paths] : appeared)
    if (auto i = lost.find(hash); i != lost.end() && paths.size() == 1 && i->second.size() == 1)
      moved_[i->second.front()] = paths.front();
}

void scan_batch::place_one(appearance& a, const item_id& parent, std::int64_t now_ns,
                           const random_source& random, local_changes& out) {
  auto id = a.identity ? a.identity : a.here;
  // A row that has this name by now, because its folder moved here, is this entry or is gone.
  auto holder = trees_.local_at({parent, last_name(a.path)});
  if (holder && holder != id && !moved_.contains(*holder) && !removed_.contains(*holder)) {
    auto row = trees_.local(*holder);
    bool same = !id && row && row->kind() == a.seen.kind && a.seen.kind != item_kind::folder;
    if (same) id = holder;
    else remove_below(*holder, out);
  }
  auto before = id ? trees_.local(*id) : std::nullopt;
  local_item now;
  now.id = id ? *id : mint<item_id>(random);
  now.at = {parent, last_name(a.path)};
  now.seen = a.seen;
  if (a.content) {
    now.hash = a.content->hash;
    now.link_target = a.content->link_target;
  }
  now.suspect = a.seen.kind == item_kind::file &&
                (a.carried || in_suspect_window(a.seen, now_ns));
  out.suspects |= now.suspect;
  bool differs = !before || before->at != now.at || before->hash != now.hash ||
                 before->mode() != now.mode();
  if (differs) out.touched.push_back(now.id);
  if (a.content && (!before || before->hash != now.hash)) out.taken.push_back(now.id);
  if (a.seen.kind == item_kind::folder) {
    placed_[a.path] = now.id;
    if (before && before->at != now.at) out.again.push_back(a.path);
    else if (!before && !listed_.contains(a.path)) out.again.push_back(a.path);
  }
  out.changed.push_back(std::move(now));
}

void scan_batch::place_all(std::int64_t now_ns, const random_source& random, local_changes& out) {
  std::map<std::string, item_id> by_path;
  for (const auto& [id, path] : moved_) by_path[path] = id;
  std::vector<appearance*> order;
  for (auto& [path, a] : found_) {
    if (auto i = by_path.find(path); i != by_path.end()) a.identity = i->second;
    else a.identity.reset();
    if (a.ignored && !a.identity && !a.here) exempt_[path] = ignored_reason;  // an editor's backup
    else if (usable(a)) order.push_back(&a);
  }
  auto depth = [](const appearance* a) { return std::count(a->path.begin(), a->path.end(), '/'); };
  std::stable_sort(order.begin(), order.end(), [&](auto* x, auto* y) { return depth(x) < depth(y); });
  for (auto* a : order) {
    auto above = parent_path(a->path);
    auto placed = placed_.find(above);
    auto parent = placed != placed_.end() ? std::optional(placed->second) : folder_at(above);
    bool found_here = placed != placed_.end();  // in this scan, wherever it was before
    bool has_row = parent && *parent != root_item && *parent != parked_folder;
    if (!parent || (!found_here && has_row && is_gone(*parent))) {
      if (a->identity) moved_.erase(*a->identity);  // it has not arrived anywhere yet
      out.again.push_back(parent_path(above));  // the folder above is not known here: find it first
      continue;
    }
    place_one(*a, *parent, now_ns, random, out);
  }
}

void scan_batch::remove_below(const item_id& id, local_changes& out) {
  for (const auto& child : trees_.local_children(id))
    if (!moved_.contains(child)) remove_below(child, out);
  if (!removed_.insert(id).second) return;
  out.gone.push_back(id);
}

void scan_batch::remove_gone(local_changes& out) {
  for (const auto& id : vanished_) {
    auto row = trees_.local(id);
    if (!row || moved_.contains(id)) continue;
    auto folder = path_of(row->at.parent);
    bool frozen = std::any_of(frozen_.begin(), frozen_.end(), [&](const std::string& f) {
      return folder == f || folder.starts_with(f + "/");
    });
    if (!frozen) remove_below(id, out);
  }
}

local_changes scan_batch::conclude(std::int64_t now_ns, const random_source& random) {
  local_changes out;
  settle_identities();
  leave_with_their_folder();
  match_by_content();
  place_all(now_ns, random, out);
  remove_gone(out);
  for (const auto& [path, a] : found_)
    if (a.here && a.seen.kind == item_kind::file) out.looked_at.push_back(*a.here);
  for (auto& row : held_) {
    if (removed_.contains(row.id) || moved_.contains(row.id)) continue;
    out.held.push_back(row.id);
    row.suspect = true;  // so it is among what is looked at again
    out.changed.push_back(row);
  }
  out.held_until_ns = held_until_;
  out.exempt = std::move(exempt_);
  out.listed = std::move(listed_);
  out.later = std::move(later_);
  out.ignored_folders = std::move(ignored_folders_);
  return out;
}

}  // namespace tinysync::engine
