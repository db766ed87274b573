// Planning and what became of it on the disk.

#include "client/engine/agreement.hpp"
#include "client/journal/journal.hpp"
#include "client/journal/rows.hpp"

namespace tinysync::journal {
namespace {

/// The order of causes in storage is their name, so that adding one never shifts another.
engine::cause cause_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(engine::cause::makes_way); ++i)
    if (engine::name_of(static_cast<engine::cause>(i)) == name) return static_cast<engine::cause>(i);
  return engine::cause::same_on_both;
}

}  // namespace

void journal::apply(const engine::tree_op& op) {
  switch (op.kind) {
    case engine::tree_op::what::set_base: put_base(*op.state); return;
    case engine::tree_op::what::drop_base: db_.run("base_drop", raw(op.id)); return;
    case engine::tree_op::what::rekey: rekey(op.id, op.to); return;
  }
}

/// The entry is this item from now on, with everything in it.
void journal::rekey(const item_id& from, const item_id& to) {
  db_.run("local_rekey", raw(to), raw(from));
  db_.run("local_reparent", raw(to), raw(from));
  db_.run("conflict_rekey", raw(to), raw(from));
  touch(from);
  touch(to);
  for (const auto& child : local_children(to)) touch(child);
}

std::uint64_t journal::add(const engine::disk_op& op) {
  engine::local_item was = op.expected.value_or(engine::local_item{});
  db_.run("intent_add", raw(op.id), op.what, raw(op.from.parent), raw(op.from.name),
          raw(op.to.parent), raw(op.to.name), raw(op.from_path), raw(op.to_path),
          raw(op.state ? codec::encode(*op.state) : std::string{}), op.mode.executable,
          op.mode.private_, as_i64(was.seen.inode), was.seen.birth_ns, as_i64(was.seen.size),
          was.seen.mtime_ns, was.seen.ctime_ns, was.seen.mode, was.seen.kind, raw(was.hash),
          raw(op.keep_name), raw(op.keep_id), engine::name_of(op.why));
  return as_u64(db_.last_insert_id());
}

intent journal::read_intent(const sqlite::rows& r) {
  intent i;
  i.id = as_u64(r.i64(0));
  auto& op = i.op;
  op.id = id_at<item_id>(r, 1);
  op.what = static_cast<engine::verb>(r.i64(2));
  op.from = {id_at<item_id>(r, 3), r.text(4)};
  op.to = {id_at<item_id>(r, 5), r.text(6)};
  op.from_path = r.text(7);
  op.to_path = r.text(8);
  if (auto canonical = r.bytes(9); !canonical.empty()) {
    auto it = codec::decode_item(canonical);
    if (!it) throw sqlite::failure(error{errc::local_state_corrupt, "an intent's item"});
    op.state = std::move(*it);
  }
  op.mode = {r.i64(10) != 0, r.i64(11) != 0};
  engine::local_item was;
  was.id = op.id;
  was.at = op.from;
  was.seen = {static_cast<item_kind>(r.i64(18)), as_u64(r.i64(12)), r.i64(13), as_u64(r.i64(14)),
              r.i64(15), r.i64(16), static_cast<std::uint32_t>(r.i64(17))};
  was.hash = id_at<content_hash>(r, 19);
  if (was.seen.inode != 0) op.expected = was;
  op.keep_name = r.text(20);
  op.keep_id = id_at<item_id>(r, 21);
  op.why = cause_named(r.bytes(22));
  return i;
}

std::vector<intent> journal::intents() {
  std::vector<intent> out;
  auto r = db_.query("intent_all");
  while (r.next()) out.push_back(read_intent(r));
  return out;
}

planned journal::plan_next(std::size_t most_items, std::size_t most_disk_ops,
                           const std::string& correlation, std::int64_t now_ns) {
  sqlite::transaction t(db_);
  std::vector<item_id> dirty;
  {
    auto r = db_.query("dirty_take", most_refusals, as_i64(most_items));
    while (r.next()) dirty.push_back(id_at<item_id>(r, 0));
  }
  engine::plan_options options{.device_label = options_.device_label,
                               .random = options_.random,
                               .cursor = cursor().seq,
                               .most_disk_ops = most_disk_ops,
                               .correlation = correlation};
  auto plan = engine::make_plan(*this, dirty, options);
  brake_plan(plan, now_ns);
  planned out;
  for (const auto& id : plan.settled) db_.run("dirty_drop", raw(id));
  for (const auto& op : plan.trees) apply(op);
  for (const auto& id : plan.waiting) db_.run("dirty_wait", raw(id));
  std::set<item_id> acted_on;
  for (const auto& op : plan.disk) acted_on.insert(op.id);
  for (const auto& id : plan.settled)
    if (!acted_on.contains(id)) db_.run("held_up_drop", raw(id));
  for (auto& op : plan.disk) {
    // A clock that was put back does not tell how long: long enough.
    op.insist = db_.query("held_up_long", raw(op.id), name_of(errc::busy), now_ns - busy_for_ns, now_ns).next();
    auto id = add(op);
    out.disk.push_back({id, std::move(op)});
  }
  for (const auto& m : plan.mutations)
    db_.run("outbox_add", raw(m.op), raw(m.item), raw(codec::encode(m)), engine::creates(m.change));
  out.mutations = plan.mutations.size();
  out.notices = std::move(plan.notices);
  {
    auto r = db_.query("dirty_count");
    r.next();
    out.waiting = as_u64(r.i64(1));
    out.left = as_u64(r.i64(0)) - out.waiting;
  }
  t.commit();
  return out;
}

// -- the disk has answered -----------------------------------------------------------------------

void journal::record(const std::vector<intent_result>& results, std::int64_t now_ns) {
  sqlite::transaction t(db_);
  for (const auto& result : results) {
    std::optional<intent> found;
    {
      auto r = db_.query("intent_get", as_i64(result.id));
      if (r.next()) found = read_intent(r);
    }
    if (!found) continue;
    db_.run("intent_drop", as_i64(result.id));
    if (!result.trashed.empty()) record_trashed(*found, result.trashed, result.open);
    note_held_up(found->op, result.failed, now_ns);
    bool stays = result.failed == errc::not_empty && found->op.what == engine::verb::remove &&
                 !remote(found->op.id) && holds_only_what_is_not_synced(found->op.id);
    if (stays) {
      leave_alone(found->op.id);
    } else if (result.failed) {
      db_.run("dirty_wait", raw(found->op.id));
    } else {
      finish(*found, result, now_ns);
    }
  }
  t.commit();
}

/// Only what does not pass by itself within moments.
void journal::note_held_up(const engine::disk_op& op, const std::optional<errc>& failed,
                           std::int64_t now_ns) {
  bool lasts = failed == errc::permission_denied || failed == errc::disk_full || failed == errc::busy ||
               failed == errc::io_failed || failed == errc::unsupported || failed == errc::not_empty;
  if (lasts) {
    const auto& path = op.from_path.empty() ? op.to_path : op.from_path;
    db_.run("held_up_put", raw(op.id), raw(path), name_of(*failed), now_ns);
  } else if (!failed || failed != errc::unavailable) {
    db_.run("held_up_drop", raw(op.id));
  }
}

/// As far as the index knows; should a scan find more, that is created with its folder.
bool journal::holds_only_what_is_not_synced(const item_id& folder) {
  for (const auto& child : local_children(folder)) {
    auto l = local(child);
    if (!l || !l->local_only || base(child) || !holds_only_what_is_not_synced(child)) return false;
  }
  return true;
}

/// Under another id: that of the deleted item cannot be created again.
void journal::leave_alone(const item_id& folder) {
  auto fresh = mint<item_id>(options_.random);
  db_.run("base_drop", raw(folder));
  rekey(folder, fresh);
  db_.run("local_only_set", raw(fresh));
}

void journal::drop_local_below(const item_id& folder) {
  for (const auto& child : local_children(folder)) {
    drop_local_below(child);
    db_.run("local_drop", raw(child));
    touch(child);
  }
}

/// What was displaced is a new local file under its conflict name.
void journal::keep_displaced(const engine::disk_op& op, const intent_result& r,
                             std::int64_t now_ns) {
  engine::local_item kept;
  kept.id = op.keep_id;
  kept.at = {op.to.parent, r.kept_name};
  kept.seen = r.kept;
  kept.hash = r.kept_hash;
  if (kept.kind() == item_kind::symlink && op.expected) kept.link_target = op.expected->link_target;
  put_local(kept);
  touch(kept.id);
  db_.run("conflict_add", raw(kept.id), raw(op.id), now_ns, engine::name_of(op.why));
}

void journal::finish(const intent& i, const intent_result& r, std::int64_t now_ns) {
  const auto& op = i.op;
  bool leaves = op.what == engine::verb::move || op.what == engine::verb::aside ||
                op.what == engine::verb::park || op.what == engine::verb::remove;
  if (leaves) forget_exempt(op.from_path);
  auto row = local(op.id).value_or(engine::local_item{});
  row.id = op.id;
  row.seen = r.now;
  row.suspect = false;
  switch (op.what) {
    case engine::verb::make_folder:
    case engine::verb::create_file:
    case engine::verb::create_link:
      row.at = op.to;
      row.hash = op.state->what.hash;
      row.link_target = op.state->what.link_target;
      put_local(row);
      put_base(engine::agreed_after(base(op.id), op));
      for (const auto& child : remote_children(op.id)) db_.run("dirty_add", raw(child));
      break;
    case engine::verb::replace:
      row.hash = op.state->what.hash;
      row.link_target = op.state->what.link_target;
      put_local(row);
      put_base(engine::agreed_after(base(op.id), op));
      if (!r.kept_name.empty()) keep_displaced(op, r, now_ns);
      break;
    case engine::verb::set_mode:
      put_local(row);
      put_base(engine::agreed_after(base(op.id), op));
      break;
    case engine::verb::move:
      row.at = op.to;
      put_local(row);
      if (op.state && op.state->at == op.to) put_base(engine::agreed_after(base(op.id), op));
      break;
    case engine::verb::aside:
      row.at = op.to;
      put_local(row);
      // It made way for what the server has under that name.
      db_.run("conflict_add", raw(op.id), raw(remote_at(op.from).value_or(op.id)), now_ns,
              engine::name_of(op.why));
      break;
    case engine::verb::park:
      row.at = op.to;
      put_local(row);
      break;
    case engine::verb::remove:
      drop_local_below(op.id);  // an empty folder was removed: what the index had in it is gone
      db_.run("local_drop", raw(op.id));
      if (!remote(op.id)) db_.run("base_drop", raw(op.id));
      break;
  }
  // Nothing was in the way, whatever an earlier observation says of this name.
  if (op.what != engine::verb::remove) drop_others_at(row.at, op.id);
  touch(op.id);
}

void journal::drop_others_at(const place& at, const item_id& here) {
  while (auto other = local_at_except(at, here)) {
    drop_local_below(*other);
    db_.run("local_drop", raw(*other));
    touch(*other);
  }
}

std::optional<item_id> journal::local_at_except(const place& at, const item_id& here) {
  auto r = db_.query("local_at_except", raw(at.parent), raw(at.name), raw(here));
  if (!r.next()) return std::nullopt;
  return id_at<item_id>(r, 0);
}

}  // namespace tinysync::journal
