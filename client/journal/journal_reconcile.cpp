// What a new index and the disk have in common (DESIGN §5 Panic-resync): by path, and where that does not
// tell, by what the server knows.

#include "client/journal/journal.hpp"
#include "client/journal/rows.hpp"

namespace tinysync::journal {

item as_agreed(const engine::local_item& l) {
  item it;
  it.id = l.id;
  it.at = l.at;
  it.kind = l.kind();
  it.what.hash = l.hash;
  it.what.mtime_ns = l.seen.mtime_ns;
  it.what.link_target = l.link_target;
  if (l.kind() == item_kind::file && l.seen.size > 0) {
    it.what.size = l.seen.size;
    it.what.ref = blob_hash{l.hash.bytes};
  }
  it.mode = l.mode();
  return it;
}

std::vector<doubt> journal::reconcile(bool lost) {
  std::vector<doubt> out;
  sqlite::transaction t(db_);
  if (parted()) doubt_those_missing(out);
  join_by_path(root_item, lost, out);
  std::vector<item_id> all;
  {
    auto r = db_.query("local_all");
    while (r.next()) all.push_back(id_at<item_id>(r, 0));
  }
  for (const auto& id : all) doubt_identified(id, out);
  std::erase_if(out, [this](const doubt& d) { return asked_.contains(d.local); });
  if (out.empty()) {
    asked_.clear();
    put_state("parted", "");
    set_phase(phase::none);
    mark_all_dirty();
  }
  t.commit();
  return out;
}

/// Entries nobody knows, in folders that the server knows or has known.
void journal::join_by_path(const item_id& folder, bool lost, std::vector<doubt>& out) {
  for (const auto& child : local_children(folder)) {
    auto l = local(child);
    if (!l || busy(child) != engine::busy::no) continue;
    auto known = child;
    if (!remote(child) && !base(child)) {
      auto other = remote_at(l->at);
      auto theirs = other && !local(*other) ? remote(*other) : std::nullopt;
      if (theirs) {
        if (join_one(*l, *theirs, out)) known = *other;
      } else if (lost && !other) {
        out.push_back({child, {{}, l->hash, l->at}});
        continue;
      } else {
        continue;
      }
    }
    if (l->kind() == item_kind::folder) join_by_path(known, lost, out);
  }
}

/// True: it is that item from now on.
bool journal::join_one(const engine::local_item& l, const item& theirs, std::vector<doubt>& out) {
  if (l.kind() != theirs.kind || !l.hashed()) return false;
  if (l.kind() != item_kind::folder && l.hash != theirs.what.hash) {
    out.push_back({l.id, {theirs.id, l.hash, {}}});
    return false;
  }
  rekey(l.id, theirs.id);
  agree_on(l, theirs);
  return true;
}

/// Entries that have an id of the server's: is what they hold a version of it, or an edit?
void journal::doubt_identified(const item_id& id, std::vector<doubt>& out) {
  auto l = local(id);
  if (!l || !l->hashed() || busy(id) != engine::busy::no) return;
  auto b = base(id), r = remote(id);
  bool file = l->kind() != item_kind::folder;
  bool stale = r && file && l->hash != r->what.hash &&
               !(b && (b->what.hash == l->hash || b->content_op == r->content_op));
  bool deleted = !r && b && !parted() && (file ? b->what.hash != l->hash : b->place_op.none());
  if (stale || deleted) out.push_back({id, {id, l->hash, {}}});
}

void journal::settle(const std::vector<doubt>& asked, const std::vector<codec::known_answer>& answers) {
  sqlite::transaction t(db_);
  for (std::size_t i = 0; i < asked.size() && i < answers.size(); ++i) settle_one(asked[i], answers[i]);
  t.commit();
}

void journal::settle_one(const doubt& d, const codec::known_answer& a) {
  if (settle_missing(d, a)) return;
  auto l = local(d.local);
  asked_.insert(d.local);
  if (!l || l->hash != d.query.hash) return;  // it has changed since: an edit, in any case
  auto r = remote(d.query.item);
  if (a.known) {
    if (local(a.item) && a.item != d.local) return;  // two of them here: this one is another
    if (a.item != d.local) rekey(d.local, a.item);
    l->id = a.item;
    agree_on(*l, remote(a.item));
  } else if (d.query.item == d.local && !r) {
    // Its id may have been another content's: it is new, as an edit of what was deleted is.
    db_.run("base_drop", raw(d.local));
    auto fresh = mint<item_id>(options_.random);
    rekey(d.local, fresh);
    asked_.insert(fresh);
  }
}

/// What is on the disk was agreed upon: as a version of `as`, or of an item that is deleted by now.
void journal::agree_on(const engine::local_item& l, const std::optional<item>& as) {
  auto here = as_agreed(l);
  auto before = base(l.id);
  auto agreed = before ? *before : as.value_or(here);
  if (!before) {  // a difference of place or mode is theirs
    agreed.at = l.at;
    agreed.mode = here.mode;
  }
  if (agreed.what.hash != l.hash) {
    agreed.what = here.what;
    agreed.content_op = {};
  }
  put_base(agreed);
  touch(agreed.id);
}

}  // namespace tinysync::journal
