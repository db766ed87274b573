// The planner's conditions: is the folder there, is the name free, who has to make way.

#include <algorithm>
#include <utility>

#include "client/engine/planner.hpp"

namespace tinysync::engine {

bool planner::folder_on_disk(const item_id& parent) {
  if (parent == root_item) return true;
  visit(parent);
  if (d_.made_on_disk(parent)) return true;
  auto l = d_.local(parent);
  return l && !d_.gone_from_disk(parent) && l->kind() == item_kind::folder;
}

bool planner::folder_on_server(const item_id& parent, std::vector<op_id>& after) {
  if (parent == root_item) return true;
  visit(parent);
  auto now = d_.current(parent);
  if (auto op = d_.made_on_server(now)) {
    after.push_back(*op);
    return true;
  }
  if (d_.being_created(now)) return true;
  if (!d_.remote(now) && circle_back_to(now)) return true;
  return d_.remote(now) && !d_.deleted_on_server(now);
}

/// The folder, or the first folder above it, that sits inside `moving` on the disk by a local move.
std::optional<item_id> planner::blocker_on_disk(item_id folder, const item_id& moving) {
  std::optional<item_id> mine;
  for (int depth = 0; folder != root_item && folder != parked_folder && depth < 4096; ++depth) {
    if (folder == moving) return mine;
    auto l = d_.local(folder);
    if (!l) return std::nullopt;
    auto r = d_.remote(folder);
    if (r && r->at != l->at && !d_.made_on_disk(folder)) mine = folder;
    if (d_.made_on_disk(folder)) return std::nullopt;  // already put elsewhere by this plan
    folder = l->at.parent;
  }
  return std::nullopt;
}

bool planner::inside_on_server(item_id folder, const item_id& candidate) {
  for (int depth = 0; folder != root_item && depth < 4096; ++depth) {
    if (folder == candidate) return true;
    auto r = d_.remote(folder);
    if (!r) return false;
    folder = d_.moved_on_server(folder).value_or(r->at).parent;
  }
  return false;
}

/// What I moved out of `candidate` goes first, or my move into it would look like a circle.
void planner::move_out_first(item_id folder, const item_id& candidate) {
  if (!inside_on_server(folder, candidate)) return;
  std::vector<item_id> mine;
  for (int depth = 0; folder != candidate && folder != root_item && depth < 4096; ++depth) {
    auto r = d_.remote(folder);
    auto l = d_.local(folder);
    auto b = d_.base(folder);
    if (!r) break;
    if (l && b && l->at != r->at && l->at != b->at) mine.push_back(folder);
    folder = d_.moved_on_server(folder).value_or(r->at).parent;
  }
  for (const auto& id : mine) visit(id);
}

/// Mine and theirs under one name: may mine simply become theirs?
bool planner::adopt(const item_id& mine, const local_item& l, const item& theirs) {
  if (!l.hashed() || l.kind() != theirs.kind) return false;
  if (l.kind() != item_kind::folder && l.hash != theirs.what.hash) return false;
  d_.rekey(mine, theirs.id, cause::same_on_both);
  auto agreed = theirs;
  agreed.mode = l.mode();  // a difference of mode is theirs to settle
  d_.set_base(theirs.id, agreed, cause::same_on_both);
  if (auto now = d_.local(theirs.id)) everywhere(theirs.id, *now, agreed, theirs);
  return true;
}

void planner::suffix(const item_id& id, const local_item& l, cause why) {
  auto name = d_.free_conflict_name(l.at, id, l.hash, l.seen.mtime_ns);
  d_.note(id, why);
  d_.emit({.what = verb::aside, .id = id, .from = l.at, .to = {l.at.parent, name}, .expected = l,
           .why = why});
}

/// Makes the name of `wanted` free on the disk. False: `id` was adopted, or has to wait.
bool planner::name_free_on_disk(const item_id& id, const item& wanted) {
  auto occupant = d_.disk_occupant(wanted.at);
  if (!occupant || *occupant == id) return true;
  auto l = d_.local(*occupant);
  if (!l || d_.busy(*occupant) != busy::no) {
    wait(id);
    return false;
  }
  bool new_here = !d_.base(*occupant) && !d_.remote(*occupant);
  if (new_here) {
    if (!l->hashed()) {
      wait(id);
      return false;
    }
    if (!d_.local(id) && adopt(*occupant, *l, wanted)) return false;
    suffix(*occupant, *l, cause::name_taken);
    return true;
  }
  auto r = d_.remote(*occupant);
  auto b = d_.base(*occupant);
  if (under_way(*occupant)) {
    bool theirs_moves = r && r->at != l->at && (!b || b->at != r->at);
    if (!theirs_moves) {
      suffix(*occupant, *l, cause::name_taken);
    } else {
      d_.emit({.what = verb::park, .id = *occupant, .from = l->at,
               .to = {parked_folder, occupant->hex()}, .expected = l, .why = cause::makes_way});
    }
    return true;
  }
  visit(*occupant);
  if (d_.freed_on_disk(wanted.at)) return true;
  if (d_.disk_occupant(wanted.at) != occupant) {
    if (!d_.disk_occupant(wanted.at)) return true;
    wait(id);
    return false;
  }
  bool mine_moved_in = b && l->at != b->at && !waits(*occupant);
  if (mine_moved_in) {
    suffix(*occupant, *l, cause::name_taken);
    return true;
  }
  wait(id);
  return false;
}

/// Its folder is being decided about further up and needs its name, or one that it keeps others from:
/// it is parked until that folder is there.
void planner::park_for_its_folder(const item_id& id, const local_item& l, const item& r) {
  auto above = r.at.parent;
  for (int depth = 0; depth < 4096 && !under_way(above); ++depth) {
    auto folder = d_.remote(above);
    if (!folder || d_.local(above) || d_.made_on_disk(above)) return;
    above = folder->at.parent;
  }
  inside_.push_back(id);
  if (d_.freed_on_disk(l.at) || l.at.parent == parked_folder) return;  // parked before
  d_.emit({.what = verb::park, .id = id, .from = l.at, .to = {parked_folder, id.hex()},
           .expected = l, .why = cause::makes_way});
}

/// What was parked and is to stay here gets a name of its own again, where it was if it can be.
void planner::unpark(const item_id& id, const local_item& l, place wanted) {
  if (!folder_on_disk(wanted.parent)) wanted.parent = root_item;
  auto now = d_.local(id);
  if (!now || now->at.parent != parked_folder || d_.gone_from_disk(id)) return;
  if (d_.disk_occupant(wanted)) wanted.name = d_.free_conflict_name(wanted, id, l.hash, l.seen.mtime_ns);
  d_.emit({.what = verb::aside, .id = id, .from = l.at, .to = wanted, .expected = l, .why = cause::edit_beats_delete});
}

/// A folder was put on the disk: what could not get on without it is visited once more.
void planner::visit_those_inside() {
  for (const auto& id : std::exchange(inside_, {})) {
    if (!waits(id)) continue;
    state_.erase(id);
    std::erase(d_.result().waiting, id);
    visit(id);
  }
}

/// Makes the name free on the server for a creation or move of `id`. False: it waits, or was itself
/// suffixed or adopted.
bool planner::name_free_on_server(const item_id& id, const place& wanted, std::vector<op_id>& after) {
  if (auto op = d_.freed_on_server(wanted); op && !d_.server_occupant(wanted)) {
    after.push_back(*op);
    return true;
  }
  auto occupant = d_.server_occupant(wanted);
  if (!occupant || *occupant == id) return true;
  if (under_way(*occupant)) return name_held_by_one_under_way(id, *occupant);
  visit(*occupant);
  if (d_.moved_aside(id) || !d_.local(id)) return false;
  if (auto op = d_.freed_on_server(wanted); op && !d_.server_occupant(wanted)) {
    after.push_back(*op);
    return true;
  }
  if (d_.busy(*occupant) == busy::no && !waits(*occupant) && !under_way(*occupant)) {
    // It lives there and is not going away: mine gets another name.
    if (auto l = d_.local(id)) suffix(id, *l, cause::name_taken);
    return false;
  }
  wait(id);
  return false;
}

/// The occupant is being decided about further up: around in a circle.
bool planner::name_held_by_one_under_way(const item_id& id, const item_id& occupant) {
  if (circle_back_to(occupant)) return true;
  bool moves = std::any_of(sending_.begin(), sending_.end(),
                           [&](const sent& s) { return s.id == occupant; });
  if (moves) {
    wait(id);
    return false;
  }
  if (deleted_locally(occupant)) {  // a child takes the name of the folder it came from
    circles_.push_back({occupant, id});
    return true;
  }
  // It lives there and is not going away: mine gets another name.
  if (auto l = d_.local(id)) suffix(id, *l, cause::name_taken);
  return false;
}

/// `id` is sent further up if what is under way since then is sent: all of it in one group.
bool planner::circle_back_to(const item_id& id) {
  auto first = std::find_if(sending_.begin(), sending_.end(), [&](const sent& s) { return s.id == id; });
  if (first == sending_.end()) return false;
  bool surely = std::all_of(first, sending_.end(), [](const sent& s) { return s.surely; });
  if (!surely) return false;
  std::set<item_id> circle;
  for (auto i = first; i != sending_.end(); ++i) circle.insert(i->id);
  circles_.push_back(std::move(circle));
  return true;
}

void planner::join_circles(const item_id& id, const op_id& op) {
  for (auto& circle : circles_)
    if (circle.contains(id)) d_.join(circle, op);
}

plan make_plan(tree_view& trees, const std::vector<item_id>& dirty, const plan_options& options) {
  planner p(trees, options);
  for (const auto& id : dirty) {
    if (p.full()) break;
    p.visit(id);
  }
  return p.take();
}

}  // namespace tinysync::engine
