// Panic-resync (DESIGN §5): a new index takes over what can be read of the old one, and then asks the
// server what of the disk it knows.

#include <sstream>

#include "client/journal/journal.hpp"
#include "client/journal/rows.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::journal {

/// A table of the old index that is taken over. `key`: a column that is unique. `orders`: ways to list
/// the keys, so that one damaged page hides no more than what is on it.
struct salvaged_table {
  std::string name, columns, key;
  std::vector<std::string> orders;
  std::string where;  ///< rows that are well-formed, and wanted
};

namespace {

std::string id_sized(const std::string& column) {
  return "typeof(" + column + ")='blob' AND length(" + column + ")=16";
}

/// Rows not sent are derived anew from the trees; intents have come to their end before.
std::vector<salvaged_table> tables() {
  const std::string place = id_sized("id") + " AND " + id_sized("parent") +
                            " AND typeof(name)='blob' AND length(name) BETWEEN 1 AND 255";
  const std::string local =
      "id,parent,name,kind,inode,birth_ns,size,mtime_ns,ctime_ns,mode,hash,link_target,suspect,"
      "presence,local_name,local_only";
  return {
      {"base", "id,parent,name,canonical", "id", {"id", "id DESC", "parent,name"}, place},
      {"local", local, "id", {"id", "id DESC", "parent,name", "inode"},
       place + " AND kind IN (1,2,3) AND typeof(hash)='blob' AND length(hash)=32"},
      {"outbox", "op,item,mutation,state,succeeded,reason,canonical,until_seq,creates", "op",
       {"ord", "ord DESC"},
       "state > 0 AND " + id_sized("op") + " AND " + id_sized("item")},
      {"retired", "op", "op", {"op", "op DESC"}, id_sized("op")},
      {"gone", "item", "item", {"item", "item DESC"}, id_sized("item")},
      {"conflicts", "item,original,found_ns,cause", "item", {"item", "item DESC"},
       id_sized("item") + " AND " + id_sized("original")},
      {"trash", "entry,path,item,hash,open", "entry", {"entry", "entry DESC"}, id_sized("item")},
      {"brake", "item,what,items,found_ns,decision", "item", {"item"}, id_sized("item")},
      {"exempt", "path,folder,reason", "path", {"path", "path DESC"}, "typeof(path)='blob'"},
      {"chains", "seq,epoch,chain", "seq", {"seq", "seq DESC"}, "typeof(chain)='blob' AND length(chain)=32"},
  };
}

bool is_damage(const error& why) { return why.code == errc::local_state_corrupt || why.code == errc::internal; }

/// Attached for as long as this lives.
class old_index {
 public:
  old_index(sqlite::database& db, const std::string& path) : db_(db) {
    db_.prepare("ATTACH DATABASE ?1 AS old").bind(path).run();
  }
  ~old_index() {
    try {
      db_.exec("DETACH DATABASE old");
    } catch (const sqlite::failure&) {
      // Closing the connection lets go of it.
    }
  }

 private:
  sqlite::database& db_;
};

std::string said_of(const salvage_report& r, bool had_old, std::optional<seq_no> parted) {
  if (!had_old) return "there was no index to take over";
  std::string out;
  if (parted) out = "the server was restored or forked: its history is another after row " + std::to_string(parted->value) + "; ";
  out += std::to_string(r.rows) + " rows taken over";
  for (const auto& d : r.damaged) out += (&d == &r.damaged.front() ? "; damaged: " : ", ") + d;
  return out;
}

}  // namespace

std::string_view name_of(phase p) {
  switch (p) {
    case phase::none: return "";
    case phase::snapshot: return "snapshot";
    case phase::salvage: return "salvage";
    case phase::reconcile: return "reconcile";
  }
  return "unknown";
}

enum phase journal::phase() {
  auto stored = state("phase");
  for (auto p : {phase::snapshot, phase::salvage, phase::reconcile})
    if (name_of(p) == stored) return p;
  return phase::none;
}

void journal::set_phase(enum phase p) { put_state("phase", name_of(p)); }

void journal::begin_phases() {
  put_state("vault", options_.vault);
  put_state("device", options_.device);
  set_phase(phase::snapshot);
}

// -- salvage -------------------------------------------------------------------------------------

/// What is damaged is an answer; a disk that fails now may not fail later, and nothing is concluded from it.
result<std::string> journal::old_state(const std::string& key) {
  auto read = sqlite::attempt([&]() -> std::string {
    auto s = db_.prepare("SELECT value FROM old.engine_state WHERE key = ?1");
    if (!s.bind(key).step()) return {};
    auto value = unsealed_state(key, s.bytes(0));
    if (!value) throw sqlite::failure(value.error());
    return *value;
  });
  if (!read && !is_damage(read.error())) throw sqlite::failure(read.error());
  return read;
}

/// Does the attached old index say so, or is it too damaged to tell?
bool journal::old_is_ours() {
  auto vault = old_state("vault"), device = old_state("device");
  auto fits = [](const result<std::string>& said, const std::string& expected) {
    return !said || *said == expected;
  };
  return fits(vault, options_.vault) && fits(device, options_.device);
}

/// What is not there or cannot be read is done without: it is asked for or made again.
void journal::take_over_state(const std::string& path) {
  try {
    old_index old(db_, path);
    if (!old_is_ours()) return;
    for (const char* key : {"root_identity", "lifecycle", "parted"})
      if (auto value = old_state(key)) put_state(key, *value);
    // What another history told is nothing that this one has to meet.
    if (auto value = old_state("highest"); value && !parted()) put_state("highest", *value);
    if (auto life = old_state("life")) put_state("old_life", *life);
    // It may have said so; to believe it costs copies, not to believe it could cost contents.
    if (auto told = old_state("parted"); !told) part_at({});
  } catch (const sqlite::failure& e) {
    if (!is_damage(e.why())) throw;
    part_at({});
  }
}

salvage_report journal::salvage(const std::optional<std::string>& path, const root_says& root,
                                std::int64_t now_ns) {
  salvage_report report;
  if (path) read_old(*path, report);
  sqlite::transaction t(db_);
  drop_unreadable(report);
  drop_orphans();
  if (auto agreed = parted(); agreed && !planted(mistake::other_history_believed)) follow_other_history(*agreed);
  keep_only_evidence();
  distrust_local_rows();
  complete_due(cursor().seq);
  mark_all_dirty();
  bool knows_all = path && report.damaged.empty() && root.last_index;
  put_state("lost", root.had_index && !knows_all ? "1" : "0");
  if (root.had_index || path) {
    put_state("rebuilt", said_of(report, path.has_value(), parted()));
    put_state("rebuilt_ns", std::to_string(now_ns));
  }
  set_phase(phase::reconcile);
  t.commit();
  return report;
}

void journal::read_old(const std::string& path, salvage_report& report) {
  try {
    old_index old(db_, path);
    if (!old_is_ours()) {
      report.damaged.push_back("everything (it is the index of another vault or device, or empty)");
      return;
    }
    // Each row is a transaction: one that has read damaged pages cannot be committed. None is durable by
    // itself, but in order: the last one, of the whole salvage, is, and all before it with it.
    db_.exec("PRAGMA main.synchronous = NORMAL");
    for (const auto& table : tables()) copy_rows(table, report);
    db_.exec("PRAGMA main.synchronous = FULL");
  } catch (const sqlite::failure& e) {
    if (e.why().code != errc::local_state_corrupt) throw;
    report.damaged.push_back("everything (" + e.why().text + ")");
  }
}

/// Those that the old index has: it may be of an earlier version.
std::string journal::old_columns(const salvaged_table& t) {
  std::set<std::string> there;
  auto info = sqlite::attempt([&] {
    auto s = db_.prepare("PRAGMA old.table_info(" + t.name + ")");
    while (s.step()) there.insert(s.text(1));
    return true;
  });
  std::string out;
  std::istringstream all(t.columns);
  for (std::string column; std::getline(all, column, ',');)
    if (!info || there.contains(column)) out += (out.empty() ? "" : ",") + column;
  return out;
}

/// Keys first, then one row at a time: what cannot be read costs nothing but itself.
void journal::copy_rows(const salvaged_table& t, salvage_report& report) {
  bool whole = true;
  std::set<std::string> keys;
  for (const auto& order : t.orders) {
    try {
      auto s = db_.prepare("SELECT " + t.key + " FROM old." + t.name + " ORDER BY " + order);
      while (s.step()) keys.insert(s.text(0));
      if (whole) break;  // the first way led to the end
    } catch (const sqlite::failure&) {
      whole = false;
    }
  }
  const auto columns = old_columns(t);
  const auto sql = "INSERT OR IGNORE INTO main." + t.name + " (" + columns + ") SELECT " + columns +
                   " FROM old." + t.name + " WHERE " + t.key + " = ?1 AND " + t.where;
  const bool text_key = t.name == "trash" || t.name == "chains";
  for (const auto& key : keys) {
    try {
      auto copy = db_.prepare(sql);
      if (text_key) copy.bind(key).run();
      else copy.bind(raw(key)).run();
      report.rows += as_u64(db_.changes());
    } catch (const sqlite::failure&) {
      whole = false;
    }
  }
  if (!whole) report.damaged.push_back(t.name);
}

/// Rows whose bytes do not say what their columns do.
void journal::drop_unreadable(salvage_report& report) {
  std::vector<item_id> bad_bases;
  std::vector<std::string> bad_ops;
  {
    auto r = db_.query("base_all");
    while (r.next()) {
      auto it = codec::decode_item(r.bytes(1));
      if (!it || it->id != id_at<item_id>(r, 0)) bad_bases.push_back(id_at<item_id>(r, 0));
    }
    auto o = db_.query("outbox_all");
    while (o.next()) {
      auto m = codec::decode_mutation(o.bytes(2));
      bool sound = m && m->op.view() == o.bytes(0) && m->item.view() == o.bytes(1);
      if (!sound) bad_ops.push_back(o.text(0));
    }
  }
  for (const auto& id : bad_bases) db_.run("base_drop", raw(id));
  for (const auto& op : bad_ops) db_.run("outbox_drop", sqlite::blob(op));
  if (!bad_bases.empty()) report.damaged.push_back("base");
  if (!bad_ops.empty()) report.damaged.push_back("outbox");
}

/// A base without a file is a deletion only if a scan observed it, of the very item the server has now.
void journal::keep_only_evidence() {
  std::vector<std::pair<item_id, bool>> without;
  {
    auto r = db_.query("base_without_local");
    while (r.next()) without.emplace_back(id_at<item_id>(r, 0), r.i64(1) != 0);
  }
  for (const auto& [id, observed] : without) {
    auto b = base(id), r = remote(id);
    bool same = b && r && b->content_op == r->content_op && b->place_op == r->place_op;
    if (!observed || !same) db_.run("base_drop", raw(id));
  }
}

/// Everything is read again. Of what nobody explains the server is asked: an id that it has had
/// cannot be used anew.
void journal::distrust_local_rows() {
  db_.run("local_distrust");
  std::vector<item_id> unexplained;
  {
    auto r = db_.query("local_unexplained");
    while (r.next()) unexplained.push_back(id_at<item_id>(r, 0));
  }
  for (const auto& id : unexplained) {
    auto l = local(id);
    if (!l) continue;
    if (l->kind() != item_kind::folder) l->hash = content_hash_of("unknown " + id.str());
    put_base(as_agreed(*l));
  }
}

std::vector<intent> journal::intents_of(const std::string& path) {
  std::vector<intent> out;
  try {
    old_index old(db_, path);
    if (!old_is_ours()) return out;
    auto ids = db_.prepare("SELECT id FROM old.intents ORDER BY id");
    std::vector<std::int64_t> all;
    while (ids.step()) all.push_back(ids.i64(0));
    sqlite::transaction t(db_);
    for (auto id : all)
      try {
        db_.prepare("INSERT OR REPLACE INTO main.intents SELECT * FROM old.intents WHERE id = ?1").bind(id).run();
        auto r = db_.query("intent_get", id);
        if (r.next()) out.push_back(read_intent(r));
      } catch (const sqlite::failure&) {
        // Recovery takes what is staged without an intent for a user's.
      }
    // Rolled back: they end with this recovery and never get into this index.
  } catch (const sqlite::failure& e) {
    if (e.why().code != errc::local_state_corrupt && e.why().code != errc::internal) throw;
  }
  return out;
}

}  // namespace tinysync::journal
