// Operations held back until a person decides (docs/decisions/0006).

#include <algorithm>

#include "client/journal/journal.hpp"
#include "client/journal/rows.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::journal {
namespace {

std::string joined(const std::vector<item_id>& ids) {
  std::string out;
  for (const auto& id : ids) out += id.str();
  return out;
}

std::vector<item_id> taken_apart(std::string_view bytes) {
  std::vector<item_id> out;
  constexpr std::size_t size = sizeof(item_id::bytes);
  for (; bytes.size() >= size; bytes.remove_prefix(size)) {
    item_id id;
    std::copy_n(bytes.begin(), size, id.bytes.begin());
    out.push_back(id);
  }
  return out;
}

}  // namespace

std::vector<engine::destruction> journal::burst() {
  std::vector<engine::destruction> out;
  auto r = db_.query("burst_all");
  while (r.next())
    out.push_back({id_at<item_id>(r, 0), r.i64(1) != 0, as_u64(r.i64(2)), taken_apart(r.bytes(3))});
  return out;
}

/// Takes out of the plan what a person has to decide about, and counts what passes.
void journal::brake_plan(engine::plan& p, std::int64_t now_ns) {
  std::set<item_id> held_before, approved;
  auto before = burst();
  {
    auto r = db_.query("brake_all");
    while (r.next()) {
      auto id = id_at<item_id>(r, 0);
      (r.i64(4) == 1 ? approved : held_before).insert(id);
      if (r.i64(4) == 0) before.push_back({id, r.i64(1) != 0, as_u64(r.i64(2)), {}});
    }
  }
  for (auto& d : before)
    if (d.above.empty()) d.above = engine::folders_above(*this, d.item);
  // What was looked at and destroys nothing any more has nothing to decide.
  auto now = engine::destructions(*this, p);
  for (const auto& id : p.settled) {
    auto same = [&](const engine::destruction& d) { return d.item == id; };
    if (held_before.contains(id) && std::none_of(now.begin(), now.end(), same)) {
      db_.run("brake_drop", raw(id));
      held_before.erase(id);
      std::erase_if(before, [&](const engine::destruction& d) { return d.item == id; });
    }
  }
  auto in = [](const std::set<item_id>& set, const engine::destruction& d) {
    return set.contains(d.item) || std::any_of(d.above.begin(), d.above.end(),
                                               [&](const item_id& f) { return set.contains(f); });
  };
  std::erase_if(now, [&](const auto& d) { return in(approved, d); });
  auto held = engine::to_hold_back(*this, now, before, options_.brake);
  for (const auto& d : now)
    if (in(held_before, d)) held.insert(d.item);
  for (const auto& d : now)
    if (held.contains(d.item))
      db_.run("brake_add", raw(d.item), d.overwrites, as_i64(d.items), now_ns);
    else
      db_.run("burst_add", raw(d.item), d.overwrites, as_i64(d.items), raw(joined(d.above)));
  if (held.empty()) return;
  auto waiting = engine::hold_back(p, held);
  p.waiting.insert(p.waiting.end(), waiting.begin(), waiting.end());
}

std::vector<held_operation> journal::held_back() {
  std::vector<held_operation> out;
  {
    auto r = db_.query("brake_all");
    while (r.next())
      if (r.i64(4) == 0)
        out.push_back({id_at<item_id>(r, 0), r.i64(1) != 0, as_u64(r.i64(2)), r.i64(3), {}});
  }
  for (auto& h : out) h.path = remote_path(h.item).value_or("");
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return out;
}

std::size_t journal::approve_held_back() {
  sqlite::transaction t(db_);
  auto held = held_back();
  for (const auto& h : held) touch(h.item);
  db_.run("brake_approve");
  db_.run("burst_clear");  // a person has looked: counting begins anew
  db_.run("dirty_wake");
  t.commit();
  return held.size();
}

/// Forgets that it was ever agreed, so that it is new from the server again.
void journal::bring_back(const item_id& id) {
  for (const auto& child : many("base_children", id)) bring_back(child);
  if (local(id)) return;  // moved elsewhere by its user, not deleted
  db_.run("base_drop", raw(id));
  touch(id);
}

std::size_t journal::reject_held_back() {
  sqlite::transaction t(db_);
  auto held = held_back();
  for (const auto& h : held) {
    auto agreed = base(h.item);
    auto mine = local(h.item);
    if (!h.overwrites) {
      bring_back(h.item);
    } else if (agreed && mine) {
      // As if mine had been agreed: the server's content then replaces it, and mine is trashed.
      agreed->what.hash = mine->hash;
      put_base(*agreed);
      touch(h.item);
    }
  }
  db_.run("brake_clear");
  db_.run("dirty_wake");
  t.commit();
  return held.size();
}

void journal::burst_over() {
  sqlite::transaction t(db_);
  db_.run("burst_clear");
  db_.run("brake_clear_approved");
  t.commit();
}

}  // namespace tinysync::journal
