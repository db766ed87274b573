#include "server/core/steps.hpp"

#include "platform/crypto/history.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::server {
namespace {

/// The kinds of state an item of this kind has, and so the ops that can name them.
bool has_content(item_kind k) { return k != item_kind::folder; }
bool has_mode(item_kind k) { return k == item_kind::file; }

bool valid_place(const place& at) {
  return valid_name(at.name) && !(at.parent == root_item && at.name == reserved_root_name);
}

struct stepper {
  tree_draft& tree;
  vault_view& vault;
  const proposal& p;
  seq_no at;
  const mutation& m = *p.what;

  step refuse(reason why, std::optional<item> theirs = {}) const {
    return {why, std::move(theirs), {}};
  }
  step agree(item theirs) const { return {reason::none, std::move(theirs), {}}; }

  step change(log_kind kind, item state, std::vector<item> also = {},
              std::vector<item> removed = {}) {
    ++state.version;
    tree.put(state);
    for (const auto& i : also) tree.put(i);
    for (const auto& i : removed) tree.put(i);
    auto theirs = state;
    return {reason::none, std::move(theirs),
            row_draft{0, kind, std::move(state), std::move(also), std::move(removed)}};
  }

  void set_content(item& it, const content& c) const {
    it.what = c;
    it.content_op = m.op;
    it.content_seq = at;
  }
  void set_place(item& it, const place& to) const {
    it.at = to;
    it.place_op = m.op;
    it.place_seq = at;
  }
  void set_mode_bits(item& it, mode_bits bits) const {
    it.mode = bits;
    it.mode_op = m.op;
    it.mode_seq = at;
  }
  void bury(item& it) const {
    it.deleted = true;
    it.deleted_op = m.op;
    it.deleted_seq = at;
  }

  /// Content a mutation brings: there, of the size it says, and not too large.
  reason content_problem(const content& c) const {
    if (c.size > largest_file) return reason::too_large;
    if (c.size == 0) return c.hash == content_hash_of("") ? reason::none : reason::blob_missing;
    auto held = vault.blob_size(c.ref);
    if (!held) return reason::blob_missing;
    bool whole = c.ref.view() == c.hash.view();  // else a manifest, verified in the background
    return whole && *held != c.size ? reason::blob_missing : reason::none;
  }

  step create(item_kind kind, const place& where, const content& what, mode_bits mode) {
    if (!valid_place(where)) return refuse(reason::name_invalid);
    if (what.size > largest_file || p.like_extra.size() > most_extra_bytes)
      return refuse(reason::too_large);
    if (auto there = tree.find(m.item)) {
      if (there->deleted) return refuse(reason::item_deleted, there);
      bool same = there->kind == kind && there->at == where && there->mode == mode &&
                  same_content(there->what, what);
      return same ? agree(*there) : refuse(reason::item_exists, there);
    }
    if (kind == item_kind::file)
      if (auto bad = content_problem(what); bad != reason::none) return refuse(bad);
    item it;
    it.id = m.item;
    it.kind = kind;
    it.extra = p.like_extra;
    set_place(it, where);
    if (has_content(kind)) set_content(it, what);
    if (has_mode(kind)) set_mode_bits(it, mode);
    return change(log_kind::create, std::move(it));
  }

  step operator()(const create_folder& c) { return create(item_kind::folder, c.at, {}, {}); }
  step operator()(const create_file& c) { return create(item_kind::file, c.at, c.what, c.mode); }
  step operator()(const create_symlink& c) {
    auto what = c.what;
    what.hash = content_hash_of(what.link_target);
    return create(item_kind::symlink, c.at, what, {});
  }

  /// The live item, or why there is none.
  step live(item& out) {
    auto it = tree.find(m.item);
    if (!it) return refuse(reason::item_missing);
    out = *it;
    return it->deleted ? refuse(reason::item_deleted, it) : agree(*it);
  }

  step operator()(const update_content& c) {
    item it;
    if (auto s = live(it); s.why != reason::none) return s;
    auto what = c.what;
    if (what.size > largest_file) return refuse(reason::too_large);
    bool link = !what.link_target.empty();
    if (it.kind != (link ? item_kind::symlink : item_kind::file))
      return refuse(reason::content_changed, it);
    if (link) what.hash = content_hash_of(what.link_target);
    if (same_content(it.what, what)) return agree(it);
    if (it.content_op != c.content_op && !planted(mistake::any_content_wins)) return refuse(reason::content_changed, it);
    if (!link)
      if (auto bad = content_problem(what); bad != reason::none) return refuse(bad);
    set_content(it, what);
    return change(log_kind::update_content, std::move(it));
  }

  step operator()(const set_mode& c) {
    item it;
    if (auto s = live(it); s.why != reason::none) return s;
    auto wanted = it.mode;
    if (c.mask.executable) wanted.executable = c.value.executable;
    if (c.mask.private_) wanted.private_ = c.value.private_;
    if (wanted == it.mode) return agree(it);
    if (!has_mode(it.kind) || it.mode_op != c.mode_op) return refuse(reason::mode_changed, it);
    set_mode_bits(it, wanted);
    return change(log_kind::set_mode, std::move(it));
  }

  step operator()(const move_rename& c) {
    if (!valid_place(c.to)) return refuse(reason::name_invalid);
    item it;
    if (auto s = live(it); s.why != reason::none) return s;
    if (it.at == c.to) return agree(it);
    if (it.place_op != c.place_op && !planted(mistake::any_place_wins)) return refuse(reason::place_changed, it);
    set_place(it, c.to);
    return change(log_kind::move_rename, std::move(it));
  }

  /// A delete implied by a folder does not follow what was moved out of it.
  bool moved_out(const item& it) {
    return !m.because_of.none() && !tree.within(it.at.parent, m.because_of);
  }

  step operator()(const delete_item& c) {
    auto it = tree.find(m.item);
    if (!it) return refuse(reason::item_missing);
    if (it->deleted) return agree(*it);
    if (planted(mistake::any_delete_wins)) {
      bury(*it);
      return change(log_kind::delete_item, std::move(*it));
    }
    if (has_content(it->kind) && it->content_op != c.content_op)
      return refuse(reason::content_changed, it);
    if (it->place_op != c.place_op || moved_out(*it)) return refuse(reason::place_changed, it);
    if (has_mode(it->kind) && it->mode_op != c.mode_op) return refuse(reason::mode_changed, it);
    bury(*it);
    return change(log_kind::delete_item, std::move(*it));
  }

  step operator()(const delete_subtree& c) {
    auto it = tree.find(m.item);
    if (!it) return refuse(reason::item_missing);
    if (it->deleted) return agree(*it);
    if (it->place_op != c.place_op || moved_out(*it)) return refuse(reason::place_changed, it);
    if (it->kind != item_kind::folder && newest_seq(*it) > c.seen)
      return refuse(reason::changed_since, it);
    auto below = tree.live_below(it->id);
    for (auto& i : below) {
      if (newest_seq(i) > c.seen) return refuse(reason::changed_since, i);
      ++i.version;
      bury(i);
    }
    bury(*it);
    return change(log_kind::delete_subtree, std::move(*it), {}, std::move(below));
  }

  step operator()(const restore_item& c) {
    auto it = tree.find(m.item);
    if (!it) return refuse(reason::item_missing);
    if (it->deleted) return resurrect(c, std::move(*it));
    if (!c.deleting_op.none()) return it->at == c.at ? agree(*it) : refuse(reason::item_exists, it);
    return revert(c, std::move(*it));
  }

  /// A live item gets back the content that the row `from` displaced.
  step revert(const restore_item& c, item it) {
    auto former = vault.displaced(it.id, c.from);
    if (!former || former->kind != it.kind) return refuse(reason::item_missing, it);
    if (same_content(it.what, former->what)) return agree(it);
    if (!has_content(it.kind) || it.content_op != c.content_op)
      return refuse(reason::content_changed, it);
    if (it.kind == item_kind::file)
      if (auto bad = content_problem(former->what); bad != reason::none) return refuse(bad);
    set_content(it, former->what);
    return change(log_kind::restore, std::move(it));
  }

  /// All ops are its own from now on, so that stale deletes and edits no longer hold.
  void revive(item& it) const {
    it.deleted = false;
    it.deleted_op = {};
    it.deleted_seq = {};
    it.place_op = m.op;
    it.place_seq = at;
    if (has_content(it.kind)) set_content(it, content(it.what));
    if (has_mode(it.kind)) set_mode_bits(it, it.mode);
  }

  step resurrect(const restore_item& c, item it) {
    if (!valid_place(c.at)) return refuse(reason::name_invalid);
    if (it.deleted_op != c.deleting_op) return refuse(reason::item_deleted, it);
    std::vector<item> also;
    if (it.kind == item_kind::folder)
      for (auto& other : vault.removed_by(it.deleted_op)) {
        auto now = tree.find(other.id);
        bool with_it = other.id != it.id && now && now->deleted &&
                       now->deleted_op == it.deleted_op && below_by_op(*now, it);
        if (!with_it) continue;
        ++now->version;
        also.push_back(std::move(*now));
      }
    for (auto& i : also) revive(i);
    revive(it);
    it.at = c.at;
    return change(log_kind::restore, std::move(it), std::move(also));
  }

  /// Every step from `it` up to `top` was removed by the op that removed `top`.
  bool below_by_op(item it, const item& top) {
    for (std::set<item_id> seen; seen.insert(it.id).second;) {
      if (it.at.parent == top.id) return true;
      auto above = tree.find(it.at.parent);
      if (!above || above->deleted_op != top.deleted_op) return false;
      it = std::move(*above);
    }
    return false;
  }
};

}  // namespace

step take_step(tree_draft& tree, vault_view& vault, const proposal& p, seq_no at) {
  return std::visit(stepper{tree, vault, p, at}, p.what->change);
}

}  // namespace tinysync::server
