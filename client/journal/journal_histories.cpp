// The server was restored from an older copy, or there are two of it: what was agreed upon in a history that it
// no longer has is offered again (DESIGN §3 Position). Nobody's files vanish.

#include <charconv>

#include "client/journal/journal.hpp"
#include "client/journal/rows.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::journal {
namespace {

/// Stands for "something else": both sides differ from it.
content_hash no_content_of(const item_id& id) { return content_hash_of("another history of " + id.str()); }

}  // namespace

std::vector<std::pair<seq_no, chain_hash>> journal::chains() {
  std::vector<std::pair<seq_no, chain_hash>> out;
  auto r = db_.query("chain_all");
  while (r.next()) out.emplace_back(seq_no{as_u64(r.i64(0))}, id_at<chain_hash>(r, 1));
  return out;
}

void journal::part_at(seq_no agreed) { put_state("parted", std::to_string(agreed.value)); }

std::optional<seq_no> journal::parted() {
  auto said = state("parted");
  seq_no out;
  auto [end, wrong] = std::from_chars(said.data(), said.data() + said.size(), out.value);
  if (said.empty() || wrong != std::errc() || end != said.data() + said.size()) return std::nullopt;
  return out;
}

/// What was agreed upon in rows that both histories have stays agreed. What was agreed upon later is lost to the
/// server: mine is newer, and becomes an edit of the server's, where that was set before they part; else the server
/// was first.
item journal::confirmed(item agreed, const item& theirs, seq_no both) {
  if (agreed.content_seq > both) {
    const bool newer = theirs.content_seq <= both;
    agreed.content_op = theirs.content_op;
    agreed.content_seq = theirs.content_seq;
    if (newer || agreed.what.hash == theirs.what.hash) agreed.what = theirs.what;
    else agreed.what.hash = no_content_of(agreed.id), agreed.content_op = {};
  }
  if (agreed.place_seq > both) {
    if (theirs.place_seq <= both) agreed.at = theirs.at;
    agreed.place_op = theirs.place_op;
    agreed.place_seq = theirs.place_seq;
  }
  if (agreed.mode_seq > both) {
    if (theirs.mode_seq <= both) agreed.mode = theirs.mode;
    agreed.mode_op = theirs.mode_op;
    agreed.mode_seq = theirs.mode_seq;
  }
  return agreed;
}

void journal::follow_other_history(seq_no agreed) {
  db_.run("outbox_answers_forget");  // they spoke of rows that are no more; sent again, they are judged anew
  db_.run("chain_drop_parted", as_i64(agreed.value), as_i64(cursor().seq.value));
  std::vector<item_id> all;
  {
    auto r = db_.query("base_all");
    while (r.next()) all.push_back(id_at<item_id>(r, 0));
  }
  for (const auto& id : all) {
    auto b = base(id), r = remote(id);
    if (b && r) put_base(confirmed(std::move(*b), *r, agreed));
  }
}

/// Agreed upon once, and not on the server: it has lost them, or they were deleted there since.
void journal::doubt_those_missing(std::vector<doubt>& out) {
  if (planted(mistake::other_history_believed)) return;
  auto r = db_.query("base_without_remote");
  while (r.next()) {
    auto id = id_at<item_id>(r, 0);
    out.push_back({id, {id, {}, {}}});
  }
}

/// False: the question was another one.
bool journal::settle_missing(const doubt& d, const codec::known_answer& a) {
  if (!parted() || d.query.item != d.local || !d.query.hash.none() || remote(d.local)) return false;
  asked_.insert(d.local);
  auto b = base(d.local);
  if (b && a.known && a.deleted) {
    // A delete like any other; but who deleted it never saw a content of the lost history: an edit beats it.
    if (b->kind != item_kind::folder && b->content_seq > *parted()) {
      b->what.hash = no_content_of(b->id);
      b->content_op = {};
      put_base(*b);
    }
    return true;
  }
  db_.run("base_drop", raw(d.local));     // made again, under its id
  touch(d.local);
  return true;
}

}  // namespace tinysync::journal
