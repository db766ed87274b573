// Where what lies in the local trash came from, and what of it may still be written to.

#include "client/journal/journal.hpp"
#include "client/journal/rows.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::journal {

std::optional<trashed> journal::trashed_as(const std::string& entry) {
  auto r = db_.query("trash_get", entry);
  if (!r.next()) return std::nullopt;
  return tinysync::journal::trashed{r.text(0), id_at<item_id>(r, 1), id_at<content_hash>(r, 2),
                                    r.i64(3) != 0};
}

void journal::put_trashed(const std::string& entry, const tinysync::journal::trashed& from) {
  db_.run("trash_add", entry, raw(from.path), raw(from.item), raw(from.hash), from.open);
}

void journal::record_trashed(const intent& i, const std::string& entry, bool open) {
  put_trashed(entry, {i.op.from_path, i.op.id, i.op.expected ? i.op.expected->hash : content_hash{}, open});
}

void journal::forget_trashed(const std::vector<std::string>& entries) {
  sqlite::transaction t(db_);
  for (const auto& e : entries) db_.run("trash_drop", e);
  t.commit();
}

std::vector<std::string> journal::open_trash() {
  std::vector<std::string> out;
  auto r = db_.query("trash_open");
  while (r.next()) out.push_back(r.text(0));
  return out;
}

void journal::close_trash(const std::vector<std::string>& entries) {
  sqlite::transaction t(db_);
  for (const auto& e : entries) db_.run("trash_close", e);
  t.commit();
}

/// Should a scan have been faster, the row it made is the one. In a folder that is not known yet the
/// scan that finds the folder finds the file.
void journal::adopt_displaced(const std::string& path, const engine::seen& now, const item_id& of,
                              std::int64_t now_ns) {
  sqlite::transaction t(db_);
  item_id parent = root_item;
  auto names = split_path(path);
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    auto folder = local_at({parent, names[i]});
    if (!folder) return;
    parent = *folder;
  }
  engine::local_item row;
  row.at = {parent, names.back()};
  auto there = local_at(row.at);
  row.id = there ? *there : mint<item_id>(options_.random);
  row.seen = now;
  row.suspect = true;  // it is being written to; the scan that follows reads it
  if (!there) put_local(row);
  touch(row.id);
  if (row.id != of) db_.run("conflict_add", raw(row.id), raw(of), now_ns, "written_after_the_swap");
  t.commit();
}

}  // namespace tinysync::journal
