#include "server/core/judge.hpp"

#include "server/core/steps.hpp"

namespace tinysync::server {
namespace {

struct finding {
  reason why = reason::none;
  std::optional<item> theirs;
};

/// Is this live item where it may be, in the final state of its unit?
finding placement_problem(tree_draft& tree, const item& it) {
  if (it.at.parent != root_item) {
    auto parent = tree.find(it.at.parent);
    if (!parent || parent->kind != item_kind::folder) return {reason::parent_missing, {}};
    if (parent->deleted) return {reason::parent_deleted, parent};
    if (it.kind == item_kind::folder && tree.within(it.at.parent, it.id))
      return {reason::cycle, it};
  }
  if (auto rival = tree.rival_at(it.at, it.id)) return {reason::name_taken, tree.find(*rival)};
  return {};
}

/// What is wrong with what this row leads to, once the whole unit is applied.
finding final_problem(tree_draft& tree, const row_draft& row) {
  auto now = tree.find(row.state.id);
  if (!now) return {};
  if (!now->deleted) return placement_problem(tree, *now);
  if (now->kind == item_kind::folder && !tree.live_children(now->id).empty())
    return {reason::not_empty, now};
  return {};
}

std::uint64_t bytes_of(const item& it) { return it.deleted ? 0 : it.what.size; }

/// Over the quota? Only what grows the vault can be refused for that.
bool over_quota(vault_view& vault, const row_draft& row, const terms& on, std::int64_t& grown) {
  auto count = [&](const item& it) {
    auto before = vault.find(it.id);
    grown += static_cast<std::int64_t>(bytes_of(it)) -
             static_cast<std::int64_t>(before ? bytes_of(*before) : 0);
  };
  auto former = grown;
  count(row.state);
  for (const auto& i : row.also) count(i);
  for (const auto& i : row.removed) count(i);
  return on.bytes_left && grown > former && grown > static_cast<std::int64_t>(*on.bytes_left);
}

decision refused(reason why, std::optional<item> theirs) {
  return {verdict_of(why), why, std::move(theirs), {}};
}

/// All or none: the culprit says why, the others were skipped for it.
judgement fail_all(std::span<const proposal> unit, std::size_t culprit, finding f) {
  judgement out;
  out.decisions.resize(unit.size());
  for (auto& d : out.decisions) {
    d.kind = verdict::skipped;
    d.skipped_for = unit[culprit].what->op;
  }
  out.decisions[culprit] = refused(f.why, std::move(f.theirs));
  return out;
}

}  // namespace

verdict verdict_of(reason why) {
  switch (why) {
    case reason::blob_missing:
    case reason::name_invalid:
    case reason::too_large:
    case reason::quota:
    case reason::not_authorised:
    case reason::brake:
    case reason::retired:
    case reason::internal:
      return verdict::rejected;
    default:
      return verdict::conflict;
  }
}

judgement judge(vault_view& vault, std::span<const proposal> unit, const terms& on) {
  if (!on.may_write) return fail_all(unit, 0, {reason::not_authorised, {}});
  judgement out;
  tree_draft tree(vault);
  auto seq = on.next;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    auto s = take_step(tree, vault, unit[i], seq);
    if (s.why != reason::none) return fail_all(unit, i, {s.why, std::move(s.theirs)});
    out.decisions.push_back(
        {s.agreed() ? verdict::agreed : verdict::applied, reason::none, std::move(s.theirs), {}});
    if (!s.row) continue;
    s.row->mutation = i;
    out.rows.push_back(std::move(*s.row));
    ++seq.value;
  }
  std::int64_t grown = 0;
  for (const auto& row : out.rows) {
    if (auto f = final_problem(tree, row); f.why != reason::none)
      return fail_all(unit, row.mutation, std::move(f));
    if (over_quota(vault, row, on, grown)) return fail_all(unit, row.mutation, {reason::quota, {}});
  }
  return out;
}

}  // namespace tinysync::server
