// Operations on their way to the server, and its answers. An answer moves no tree: it marks the row,
// which leaves when the cursor has reached the answer's position.

#include "client/engine/agreement.hpp"
#include "client/journal/journal.hpp"
#include "client/journal/rows.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::journal {
namespace {

/// Of the columns op, item and mutation, which must say the same.
mutation mutation_of(const sqlite::rows& r) {
  auto m = codec::decode_mutation(r.bytes(2));
  if (!m) throw sqlite::failure(error{errc::local_state_corrupt, to_string(m.error())});
  if (m->op != id_at<op_id>(r, 0) || m->item != id_at<item_id>(r, 1))
    throw sqlite::failure(error{errc::local_state_corrupt, "an operation in the outbox"});
  return std::move(*m);
}

bool has_content(const change& c) {
  if (auto* f = std::get_if<create_file>(&c)) return !f->what.ref.none();
  if (auto* f = std::get_if<update_content>(&c)) return !f->what.ref.none();
  return false;
}

}  // namespace

std::vector<outbox_row> journal::unanswered(std::size_t limit) {
  std::vector<outbox_row> out;
  {
    auto r = db_.query("outbox_unanswered", as_i64(limit));
    while (r.next()) {
      outbox_row row;
      row.op = id_at<op_id>(r, 0);
      row.item = id_at<item_id>(r, 1);
      row.mutation = mutation_of(r);
      row.sent = r.i64(3) != 0;
      out.push_back(std::move(row));
    }
  }
  for (auto& row : out) {
    if (!has_content(row.mutation.change)) continue;
    row.local = local(row.item);
    row.path = local_path(row.item).value_or("");
  }
  return out;
}

void journal::mark_sent(const std::vector<op_id>& ops) {
  sqlite::transaction t(db_);
  for (const auto& op : ops) db_.run("outbox_sent", raw(op));
  t.commit();
}

void journal::give_up(const std::vector<op_id>& ops) {
  sqlite::transaction t(db_);
  for (const auto& op : ops) {
    std::optional<item_id> item;
    {
      auto r = db_.query("outbox_give_up", raw(op));
      if (r.next()) item = id_at<item_id>(r, 0);
    }
    if (!item) continue;
    db_.run("dirty_wait", raw(*item));
    db_.run("local_suspect", raw(*item));  // its row says another content than its file has
  }
  t.commit();
}

std::vector<op_id> journal::retired() {
  std::vector<op_id> out;
  auto r = db_.query("retired_all");
  while (r.next()) out.push_back(id_at<op_id>(r, 0));
  return out;
}

std::size_t journal::record(const codec::mutation_answer& answer) {
  sqlite::transaction t(db_);
  std::size_t refused = 0;
  for (const auto& o : answer.outcomes) {
    auto until = o.succeeded() ? o.at.seq : answer.head.seq;
    refused += !o.succeeded();
    db_.run("outbox_answer", o.succeeded(), name_of(o.why), raw(o.canonical), as_i64(until.value),
            raw(o.op));
  }
  for (const auto& r : answer.retired) db_.run("retired_drop", raw(r.op));
  note_head(answer.head);
  complete_due(planted(mistake::answers_move_trees) ? answer.head.seq : cursor().seq);
  t.commit();
  return refused;
}

void journal::complete_due(seq_no cursor) {
  struct due {
    op_id op;
    mutation m;
    bool succeeded;
    std::string canonical, why;
  };
  std::vector<due> rows;
  {
    auto r = db_.query("outbox_due", as_i64(cursor.value));
    while (r.next())
      rows.push_back({id_at<op_id>(r, 0), mutation_of(r), r.i64(3) != 0, r.text(4), r.text(5)});
  }
  for (const auto& d : rows) complete(d.op, d.m, d.succeeded, d.canonical, d.why);
  if (!rows.empty()) db_.run("dirty_wake");
}

void journal::dirty_base_below(const item_id& folder) {
  for (const auto& child : many("base_children", folder)) {
    db_.run("dirty_add", raw(child));
    dirty_base_below(child);
  }
}

/// The operation leaves the outbox; what it achieved is agreed from now on.
void journal::complete(const op_id& op, const mutation& m, bool succeeded,
                       std::string_view canonical, std::string_view why) {
  db_.run("outbox_drop", raw(op));
  if (!succeeded) {
    db_.run("refusal_add", raw(m.item), why);
    db_.run("dirty_add", raw(m.item));
    // What would have gone with the folder decides for itself again.
    if (std::holds_alternative<delete_subtree>(m.change)) dirty_base_below(m.item);
    return;
  }
  if (std::holds_alternative<delete_item>(m.change) ||
      std::holds_alternative<delete_subtree>(m.change)) {
    drop_base_subtree(m.item);
  } else if (auto theirs = codec::decode_item(canonical)) {
    // Where nothing had been agreed upon (a new index), a change of one aspect agrees upon no other.
    auto before = base(m.item);
    if (before || engine::creates(m.change)) put_base(engine::agreed_after(before, m, *theirs));
  }
  touch(m.item);
}

}  // namespace tinysync::journal
