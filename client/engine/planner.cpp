#include "client/engine/planner.hpp"

#include <algorithm>

#include "proto/vocabulary/planted.hpp"

namespace tinysync::engine {
namespace {

constexpr int deepest = 4096;  // folders within folders; PATH_MAX is less

bool edited(const item& a, const item& b) {
  return !same_content(a.what, b.what) || a.mode != b.mode;
}

/// Per bit: what changed here stands, the rest is theirs.
mode_bits merged(mode_bits mine, mode_bits agreed, mode_bits theirs) {
  return {mine.executable != agreed.executable ? mine.executable : theirs.executable,
          mine.private_ != agreed.private_ ? mine.private_ : theirs.private_};
}

}  // namespace

bool planner::under_way(const item_id& id) const {
  auto i = state_.find(id);
  return i != state_.end() && i->second == progress::under_way;
}

bool planner::waits(const item_id& id) const {
  auto i = state_.find(id);
  return i != state_.end() && i->second == progress::waits;
}

bool planner::deleted_locally(const item_id& id) {
  return d_.base(id) && !d_.local(id) && d_.remote(id);
}

bool planner::deleted_remotely(const item_id& id) {
  return d_.base(id) && d_.local(id) && !d_.remote(id);
}

void planner::visit(item_id id) {
  id = d_.current(id);
  if (id == root_item || id == parked_folder || state_.contains(id)) return;
  // A folder that was deleted decides for what was deleted with it, and so comes first.
  // So does one for what was moved out of it, maybe into another folder of its name.
  if (auto r = d_.remote(id); r && d_.base(id) && deleted_locally(r->at.parent)) visit(r->at.parent);
  if (auto l = d_.local(id); l && deleted_remotely(d_.current(l->at.parent))) visit(l->at.parent);
  id = d_.current(id);
  if (state_.contains(id)) return;
  state_[id] = progress::under_way;
  if (d_.busy(id) == busy::no) {
    decide(id);
  } else {
    wait(id);
  }
  if (under_way(id)) state_[id] = progress::decided;
  if (waits(id)) d_.result().waiting.push_back(id);
  else d_.result().settled.push_back(id);
}

void planner::decide(const item_id& id) {
  auto l = d_.local(id);
  auto b = d_.base(id);
  auto r = d_.remote(id);
  if (l && !l->hashed()) return wait(id);
  if (l && b && r) return everywhere(id, *l, *b, *r);
  if (l && r) return here_and_there(id, *l, *r);
  if (l && b) return deleted_there(id, *l);
  if (l) return only_here(id, *l);
  if (b && r) return deleted_here(id, *b, *r);
  if (r) return only_there(id, *r);
  if (b) d_.drop_base(id, cause::same_on_both);
}

// -- exists on the server alone ----------------------------------------------------------------

void planner::only_there(const item_id& id, const item& r) {
  if (!folder_on_disk(r.at.parent)) {
    if (under_way(r.at.parent)) inside_.push_back(id);
    return wait(id);
  }
  if (!name_free_on_disk(id, r)) return;
  put_on_disk(id, r);
  visit_those_inside();
}

void planner::put_on_disk(const item_id& id, const item& r) {
  verb what = r.kind == item_kind::folder ? verb::make_folder
              : r.kind == item_kind::file ? verb::create_file
                                          : verb::create_link;
  d_.emit({.what = what, .id = id, .to = r.at, .state = r, .mode = r.mode,
           .why = cause::new_there});
}

// -- exists here alone -------------------------------------------------------------------------

void planner::only_here(const item_id& id, const local_item& l) {
  if (l.at.parent == parked_folder) return unpark(id, l, {root_item, l.at.name});
  if (inert(id)) return;
  std::vector<op_id> after;
  sending_.push_back({id, !d_.server_occupant(l.at)});
  const bool has_folder = folder_on_server(l.at.parent, after);
  sending_.back().surely = true;
  auto now = d_.local(id);  // the folder above may have been re-keyed
  const bool still = has_folder && now && !d_.moved_aside(id);
  const bool is_free = still && name_free_on_server(id, now->at, after);
  sending_.pop_back();
  if (!has_folder) return wait(id);
  if (is_free) join_circles(id, send_creation(id, *now, std::move(after)));
}

op_id planner::send_creation(const item_id& id, const local_item& l, std::vector<op_id> after) {
  switch (l.kind()) {
    case item_kind::folder: return d_.emit(id, create_folder{l.at}, std::move(after));
    case item_kind::symlink: {
      content c{l.hash, {}, l.seen.size, l.seen.mtime_ns, l.link_target};
      return d_.emit(id, create_symlink{l.at, c}, std::move(after));
    }
    case item_kind::file: break;
  }
  content c{l.hash, l.seen.size ? blob_hash{l.hash.bytes} : blob_hash{}, l.seen.size,
            l.seen.mtime_ns, {}};
  return d_.emit(id, create_file{l.at, c, l.mode()}, std::move(after));
}

// -- exists on both sides ----------------------------------------------------------------------

void planner::here_and_there(const item_id& id, const local_item& l, const item& r) {
  if (l.kind() == r.kind && l.hash == r.what.hash) {
    auto agreed = r;
    agreed.at = l.at;       // a difference of place is then theirs
    agreed.mode = l.mode(); // and so is one of mode
    d_.set_base(id, agreed, cause::same_on_both);
    return everywhere(id, l, agreed, r);
  }
  auto never = r;
  never.what.hash = {};
  never.mode = l.mode();
  never.at = l.at;
  settle_content_on_disk(id, l, never, r);
}

void planner::everywhere(const item_id& id, const local_item& l, const item& b, const item& r) {
  if (settle_content_on_disk(id, l, b, r)) return;
  if (settle_mode_on_disk(id, l, b, r)) return;
  if (settle_place_on_disk(id, l, b, r) || d_.moved_aside(id)) return;
  if (send_changes(id, l, b, r)) return;
  bool stale = b.content_op != r.content_op || b.place_op != r.place_op ||
               b.mode_op != r.mode_op || !same_state(b, r) || b.version != r.version;
  if (stale) d_.set_base(id, r, cause::same_on_both);
}

bool planner::settle_content_on_disk(const item_id& id, const local_item& l, const item& b,
                                     const item& r) {
  bool theirs = b.what.hash != r.what.hash;
  if (!theirs || l.hash == r.what.hash) return false;
  disk_op op{.what = verb::replace, .id = id, .from = l.at, .state = r,
             .mode = merged(l.mode(), b.mode, r.mode), .expected = l, .why = cause::edited_there};
  // Also needed where none is expected: the displaced file is inspected after the swap.
  op.keep_name = d_.free_conflict_name(l.at, id, l.hash, l.seen.mtime_ns);
  op.keep_id = d_.fresh_item();
  if (l.hash != b.what.hash && !planted(mistake::theirs_replaces_mine)) {
    op.why = cause::conflicting_edit;
    d_.note(id, cause::conflicting_edit);
  }
  d_.emit(std::move(op));
  return true;
}

bool planner::settle_mode_on_disk(const item_id& id, const local_item& l, const item& b,
                                  const item& r) {
  if (l.kind() != item_kind::file) return false;
  auto wanted = merged(l.mode(), b.mode, r.mode);
  if (wanted == l.mode()) return false;
  d_.emit({.what = verb::set_mode, .id = id, .from = l.at, .state = r, .mode = wanted,
           .expected = l, .why = cause::mode_there});
  return true;
}

bool planner::settle_place_on_disk(const item_id& id, const local_item& l, const item& b,
                                   const item& r) {
  if (d_.moved_aside(id)) return true;
  bool theirs = b.at != r.at, parked = l.at.parent == parked_folder;
  if (l.at == r.at || (!theirs && !parked)) return false;
  if (l.at != b.at && !parked) d_.note(id, cause::conflicting_move);
  move_on_disk(id, l, r, cause::moved_there);
  return true;
}

void planner::move_on_disk(const item_id& id, const local_item& l, const item& r, cause why) {
  if (!folder_on_disk(r.at.parent)) {
    park_for_its_folder(id, l, r);
    return wait(id);
  }
  // Its folder may have become theirs, and it may so be in its place.
  if (auto now = d_.local(id); !now || now->at == r.at) return;
  if (auto inner = blocker_on_disk(r.at.parent, id)) {
    // The folder it goes to was moved into it here: the server's order wins, that move is undone.
    auto bl = d_.local(*inner);
    auto br = d_.remote(*inner);
    if (bl && br && !under_way(*inner) && !d_.made_on_disk(*inner)) {
      state_[*inner] = progress::under_way;
      d_.note(*inner, cause::conflicting_move);
      move_on_disk(*inner, *bl, *br, cause::conflicting_move);
      if (under_way(*inner)) state_[*inner] = progress::decided;
    }
    if (blocker_on_disk(r.at.parent, id)) return wait(id);
  }
  if (!name_free_on_disk(id, r)) return wait(id);
  if (d_.moved_aside(id)) return;
  d_.emit({.what = verb::move, .id = id, .from = l.at, .to = r.at, .state = r, .expected = l,
           .why = why});
}

bool planner::send_changes(const item_id& id, const local_item& l, const item& b, const item& r) {
  bool sent = false;
  if (l.at != r.at && l.at != b.at) sent |= send_move(id, l, r);
  if (waits(id) || d_.moved_aside(id)) return true;
  if (l.hash != b.what.hash && l.hash != r.what.hash) {
    content c{l.hash, {}, l.seen.size, l.seen.mtime_ns, l.link_target};
    if (l.kind() == item_kind::file && c.size > 0) c.ref = blob_hash{l.hash.bytes};
    d_.emit(id, update_content{r.content_op, c}, {});
    sent = true;
  }
  if (l.kind() == item_kind::file && l.mode() != r.mode) {
    mode_bits mask{l.mode().executable != r.mode.executable, l.mode().private_ != r.mode.private_};
    d_.emit(id, set_mode{r.mode_op, mask, l.mode()}, {});
    sent = true;
  }
  return sent;
}

bool planner::send_move(const item_id& id, const local_item& l, const item& r) {
  move_out_first(l.at.parent, id);
  if (inside_on_server(l.at.parent, id)) {
    d_.note(id, cause::conflicting_move);
    move_on_disk(id, l, r, cause::conflicting_move);
    return true;
  }
  std::vector<op_id> after;
  sending_.push_back({id, !d_.server_occupant(l.at)});
  bool has_folder = folder_on_server(l.at.parent, after);
  sending_.back().surely = true;
  auto now = d_.local(id);
  bool is_free = has_folder && now && name_free_on_server(id, now->at, after);
  sending_.pop_back();
  if (!has_folder) wait(id);
  if (!is_free) return true;
  auto op = d_.emit(id, move_rename{r.place_op, now->at}, std::move(after));
  join_circles(id, op);
  return true;
}

// -- deleted on one side -----------------------------------------------------------------------

void planner::come_back(const item_id& id, const item& r, cause why) {
  d_.drop_base(id, why);
  d_.note(id, why);
  only_there(id, r);
}

void planner::deleted_here(const item_id& id, const item& b, const item& r) {
  bool implied = d_.base(b.at.parent) && !d_.local(b.at.parent);
  for (auto above = r.at.parent; above != root_item;) {
    if (d_.deleted_on_server(above)) return;  // went with a folder above
    auto folder = d_.remote(above);
    if (!folder) break;
    above = d_.moved_on_server(above).value_or(folder->at).parent;
  }
  if (edited(b, r) && !planted(mistake::delete_beats_edit)) return come_back(id, r, cause::delete_lost);
  if (implied && b.at != r.at) return come_back(id, r, cause::moved_there);
  // Named is the topmost folder deleted: what was moved out of it meanwhile does not follow.
  item_id because_of;
  for (auto above = b; above.at.parent != root_item && !d_.local(above.at.parent);) {
    auto folder = d_.base(above.at.parent);
    if (!folder) break;
    because_of = folder->id;
    above = *folder;
  }
  if (r.kind == item_kind::folder) return delete_folder_there(id, r, because_of);
  d_.emit(id, delete_item{r.content_op, r.place_op, r.mode_op}, {}, because_of);
}

void planner::delete_folder_there(const item_id& id, const item& r, const item_id& because_of) {
  if (returns(id)) return come_back(id, r, cause::delete_lost);
  auto children = d_.remote_children(id);
  if (!children.empty() && agrees_below(id)) {
    d_.emit(id, delete_subtree{r.place_op, d_.options().cursor}, {}, because_of);
    return;
  }
  // Something below moved away or waits: item by item, this folder last.
  std::vector<op_id> after;
  for (const auto& child : children) {
    visit(child);
    auto c = d_.remote(child);
    auto op = c ? d_.freed_on_server(c->at) : std::nullopt;
    if (!op) return wait(id);
    after.push_back(*op);
  }
  join_circles(id, d_.emit(id, delete_item{r.content_op, r.place_op, r.mode_op}, std::move(after),
                           because_of));
}

void planner::rescue(const item_id& id, cause why) {
  auto fresh = d_.rekey_fresh(id, why);
  d_.drop_base(id, why);
  d_.note(fresh, why);
  visit(fresh);
}

void planner::deleted_there(const item_id& id, const local_item& l) {
  if (stays(id)) {
    if (l.at.parent == parked_folder) return unpark(id, l, d_.base(id)->at);
    return rescue(id, l.kind() == item_kind::folder ? cause::rescued_folder
                                                    : cause::edit_beats_delete);
  }
  if (l.kind() == item_kind::folder) {
    for (const auto& child : d_.local_children(id)) {
      if (inert(child)) continue;  // the folder will not go, and is then local only itself
      visit(child);
      auto now = d_.current(child);
      if (!d_.gone_from_disk(now) && !d_.made_on_disk(now)) return wait(id);
    }
  }
  d_.emit({.what = verb::remove, .id = id, .from = l.at, .expected = l,
           .why = cause::deleted_there});
}

/// A folder that is here alone with nothing in it that could be synced: it is left to itself.
bool planner::inert(const item_id& id, int depth) {
  auto l = d_.local(id);
  if (!l || !l->local_only || d_.base(id) || d_.remote(id) || depth > deepest) return false;
  auto children = d_.local_children(id);
  return std::all_of(children.begin(), children.end(),
                     [&](const item_id& child) { return inert(child, depth + 1); });
}

/// Would this local entry be kept although its folder, or it itself, was deleted on the server?
bool planner::stays(const item_id& id, int depth) {
  auto l = d_.local(id);
  if (!l || depth > deepest) return false;
  auto b = d_.base(id);
  auto r = d_.remote(id);
  if (!b && !r) return !inert(id);                          // new here
  if (b && r) return l->at != b->at && r->at == b->at;      // moved in here, by me
  if (r) return false;                                      // its place is theirs
  place agreed{d_.current(b->at.parent), b->at.name};  // the folder may have been re-keyed
  bool moved_out = l->at != agreed && l->at.parent != parked_folder && !d_.remote(b->at.parent) &&
                   b->at.parent != root_item &&
                   (l->at.parent == root_item || !deleted_remotely(l->at.parent));
  if (l->kind() != item_kind::folder) return l->hash != b->what.hash || moved_out;
  if (moved_out) return true;
  for (const auto& child : d_.local_children(id))
    if (stays(child, depth + 1)) return true;
  return false;
}

/// Must this item be on the disk again although its folder, or it itself, was deleted here?
bool planner::returns(const item_id& id, int depth) {
  auto r = d_.remote(id);
  if (!r || depth > deepest) return false;
  auto b = d_.base(id);
  auto l = d_.local(id);
  if (!b) return true;
  if (l) return r->at != b->at;  // moved in there by another, whose order wins over any move of mine
  if (edited(*b, *r)) return true;
  if (r->kind != item_kind::folder) return false;
  for (const auto& child : d_.remote_children(id))
    if (returns(child, depth + 1)) return true;
  return false;
}

/// Everything the server has below was agreed, is gone here, and nothing of it is under way.
bool planner::agrees_below(const item_id& folder, int depth) {
  if (depth > deepest) return false;
  for (const auto& child : d_.remote_children(folder)) {
    auto b = d_.base(child);
    auto r = d_.remote(child);
    if (!b || !r || d_.local(child) || d_.busy(child) != busy::no) return false;
    if (b->at != r->at || edited(*b, *r)) return false;
    if (r->kind == item_kind::folder && !agrees_below(child, depth + 1)) return false;
  }
  return true;
}

}  // namespace tinysync::engine
