#include "client/journal/journal.hpp"

#include "client/journal/rows.hpp"
#include "embedded/client_journal.hpp"
#include "platform/crypto/sha256.hpp"
#include "platform/sqlite/migrate.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::journal {

constexpr int no_schema = 10'000;  // no program will ever write one of that number

journal::journal(sqlite::database db, journal_options options)
    : db_(std::move(db)), options_(std::move(options)) {}

result<std::unique_ptr<journal>> journal::open(journal_options options) {
  sqlite::options how;
  how.where = options.where;
  if (planted(mistake::index_not_durable)) how.synchronous = sqlite::durability::off;
  how.most_pages = options.most_pages;
  auto db = sqlite::database::open(options.path, how);
  if (!db) return failure(db.error());
  const sqlite::migration steps[] = {{1, embedded::client_journal::text("001_index.sql")},
                                     {2, embedded::client_journal::text("002_brake.sql")},
                                     {3, embedded::client_journal::text("003_trash.sql")},
                                     {4, embedded::client_journal::text("004_resync.sql")},
                                     {5, embedded::client_journal::text("005_local_only.sql")},
                                     {6, embedded::client_journal::text("006_held_up.sql")},
                                     {7, embedded::client_journal::text("007_displaced.sql")}};
  auto claimed = sqlite::attempt([&] { return db->user_version(); });
  if (!claimed) return failure(claimed.error());
  if (*claimed < 0 || *claimed > no_schema)
    return failure(errc::local_state_corrupt, "schema " + std::to_string(*claimed));
  if (auto version = sqlite::migrate(*db, steps); !version) return failure(version.error());
  auto book = sqlite::query_book::parse(embedded::client_journal::text("queries.sql"));
  if (!book) return failure(book.error());
  if (auto ready = db->prepare_all(*book); !ready) return failure(ready.error());
  return std::unique_ptr<journal>(new journal(std::move(*db), std::move(options)));
}

result<void> journal::check() {
  auto owner = sqlite::attempt([&] { return std::pair(state("vault"), state("device")); });
  if (!owner) return failure(owner.error());
  if (*owner != std::pair(options_.vault, options_.device))
    return failure(errc::local_state_corrupt,
                   "it is the index of vault '" + owner->first + "' and device '" + owner->second + "'");
  if (auto sound = db_.integrity_check(); !sound) return sound;
  auto same = sqlite::attempt([&] {
    phase();  // and every other word is what was put there
    for (const char* key : {"root_identity", "life", "lifecycle", "highest", "cursor"}) state(key);
    vault_digest sums;
    auto r = db_.query("remote_all");
    while (r.next()) sums.add(id_at<item_id>(r, 0), r.bytes(1));
    return sums.total() == digest().total();
  });
  if (!same) return failure(same.error());
  if (!*same) return failure(errc::local_state_corrupt, "the server's tree in it is not what it was");
  return {};
}

namespace {

constexpr std::size_t seal_size = 8;

/// A few words decide about a whole vault: one flipped bit must not.
std::string seal_of(std::string_view key, std::string_view value) {
  auto digest = crypto::sha256(std::string(key) + "=" + std::string(value));
  return std::string(crypto::bytes_of(digest).substr(0, seal_size));
}

item item_of(std::string_view canonical) {
  auto it = codec::decode_item(canonical);
  if (!it) throw sqlite::failure(error{errc::local_state_corrupt, to_string(it.error())});
  return std::move(*it);
}

}  // namespace

result<std::string> unsealed_state(std::string_view key, std::string_view stored) {
  auto size = stored.size() < seal_size ? 0 : stored.size() - seal_size;
  auto value = stored.substr(0, size);
  if (stored.substr(size) != seal_of(key, value))
    return failure(errc::local_state_corrupt, "the index's word for " + std::string(key));
  return std::string(value);
}

// -- the trees ---------------------------------------------------------------------------------

std::optional<item> journal::remote(const item_id& id) {
  auto r = db_.query("remote_get", raw(id));
  if (!r.next()) return std::nullopt;
  return item_of(r.bytes(0));
}

std::optional<item> journal::base(const item_id& id) {
  auto r = db_.query("base_get", raw(id));
  if (!r.next()) return std::nullopt;
  return item_of(r.bytes(0));
}

std::optional<engine::local_item> journal::local(const item_id& id) {
  auto r = db_.query("local_get", raw(id));
  if (!r.next()) return std::nullopt;
  engine::local_item l;
  l.id = id;
  l.at = {id_at<item_id>(r, 0), r.text(1)};
  l.seen = {static_cast<item_kind>(r.i64(2)), as_u64(r.i64(3)), r.i64(4), as_u64(r.i64(5)),
            r.i64(6), r.i64(7), static_cast<std::uint32_t>(r.i64(8))};
  l.hash = id_at<content_hash>(r, 9);
  l.link_target = r.text(10);
  l.suspect = r.i64(11) != 0;
  l.local_only = r.i64(12) != 0;
  return l;
}

std::optional<item_id> journal::one(std::string_view query, const place& p) {
  auto r = db_.query(query, raw(p.parent), raw(p.name));
  if (!r.next()) return std::nullopt;
  return id_at<item_id>(r, 0);
}

std::vector<item_id> journal::many(std::string_view query, const item_id& parent) {
  std::vector<item_id> out;
  auto r = db_.query(query, raw(parent));
  while (r.next()) out.push_back(id_at<item_id>(r, 0));
  return out;
}

std::optional<item_id> journal::remote_at(const place& p) { return one("remote_at", p); }
std::optional<item_id> journal::local_at(const place& p) { return one("local_at", p); }
std::vector<item_id> journal::remote_children(const item_id& p) { return many("remote_children", p); }
std::vector<item_id> journal::local_children(const item_id& p) { return many("local_children", p); }

std::vector<item_id> journal::local_by_inode(std::uint64_t inode) {
  std::vector<item_id> out;
  auto r = db_.query("local_inode", as_i64(inode));
  while (r.next()) out.push_back(id_at<item_id>(r, 0));
  return out;
}

engine::busy journal::busy(const item_id& id) {
  if (db_.query("intent_busy", raw(id)).next()) return engine::busy::disk;
  if (db_.query("outbox_busy", raw(id)).next()) return engine::busy::answer;
  return engine::busy::no;
}

bool journal::being_created(const item_id& id) {
  return db_.query("outbox_creating", raw(id)).next();
}

std::optional<std::string> journal::local_path(const item_id& id) {
  if (id == root_item) return std::string{};
  if (id == engine::parked_folder) return std::string(reserved_root_name) + "/parked";
  auto l = local(id);
  if (!l) return std::nullopt;
  auto above = local_path(l->at.parent);
  if (!above) return std::nullopt;
  return join_path(*above, l->at.name);
}

std::optional<std::string> journal::remote_path(const item_id& id) {
  if (id == root_item) return std::string{};
  auto r = remote(id);
  if (!r) return std::nullopt;
  auto above = remote_path(r->at.parent);
  if (!above) return std::nullopt;
  return join_path(*above, r->at.name);
}

// -- changes of single entries, inside a caller's transaction ------------------------------------

void journal::touch(const item_id& id) {
  db_.run("dirty_add", raw(id));
  db_.run("refusal_clear", raw(id));
}

void journal::put_base(const item& it) {
  db_.run("base_put", raw(it.id), raw(it.at.parent), raw(it.at.name), raw(codec::encode(it)));
}

void journal::put_local(const engine::local_item& l) {
  db_.run("local_put", raw(l.id), raw(l.at.parent), raw(l.at.name), l.seen.kind,
          as_i64(l.seen.inode), l.seen.birth_ns, as_i64(l.seen.size), l.seen.mtime_ns,
          l.seen.ctime_ns, l.seen.mode, raw(l.hash), raw(l.link_target), l.suspect);
}

/// What is on the disk still, elsewhere by now, keeps what was agreed: its id is known to the server,
/// and nothing can be created under it again.
void journal::drop_base_subtree(const item_id& id) {
  for (const auto& child : many("base_children", id)) {
    drop_base_subtree(child);
    touch(child);
  }
  db_.run("base_drop_gone", raw(id));
}

// -- observations ------------------------------------------------------------------------------

/// What is not synced at a path, or below it, that leads elsewhere by now: where it is, a scan says it anew.
void journal::forget_exempt(const std::string& path) {
  db_.run("exempt_forget", raw(path), raw(path + '/'), raw(path + char('/' + 1)));
}

std::vector<std::string> journal::listed_again(const engine::local_changes& changes) {
  std::vector<std::string> out;
  for (const auto& folder : changes.listed)
    if (!changes.exempt.contains(folder) && db_.query("exempt_unlisted", raw(folder)).next()) out.push_back(folder);
  return out;
}

std::size_t journal::record(const engine::local_changes& changes) {
  sqlite::transaction t(db_);
  // A salvaged row without a file is no deletion: what the server has comes back.
  const bool evidence = phase() == phase::none;
  for (const auto& id : changes.gone) {
    if (auto path = local_path(id)) forget_exempt(*path);
    db_.run("local_drop", raw(id));
    db_.run(evidence ? "gone_add" : "base_drop", raw(id));
    touch(id);
  }
  bool news = !changes.gone.empty() || !changes.touched.empty();
  for (const auto& l : changes.changed) {
    auto before = local(l.id);
    if (before && before->at != l.at)
      if (auto path = local_path(l.id)) forget_exempt(*path);
    // What is held back is as it was, and what waits for it has nothing to hope for yet.
    news |= !before || !engine::same_stat(before->seen, l.seen);
    put_local(l);
  }
  for (const auto& id : changes.touched) touch(id);
  for (const auto& folder : changes.listed) db_.run("exempt_clear", raw(folder), raw(folder));
  for (const auto& [path, reason] : changes.exempt) {
    // Whose listing says so the next time: that of the folder itself, or of the one above.
    auto slash = path.rfind('/');
    auto above = slash == std::string::npos ? std::string{} : path.substr(0, slash);
    const auto& folder = changes.listed.contains(path) ? path : above;
    db_.run("exempt_put", raw(path), raw(folder), reason);
  }
  if (news) db_.run("dirty_wake");
  t.commit();
  return changes.touched.size() + changes.gone.size();
}

void journal::distrust_some(std::size_t files) {
  sqlite::transaction t(db_);
  auto last = item_id::from(state("reread_last")).value_or(item_id{});
  std::vector<item_id> ids;
  {
    auto r = db_.query("local_files_after", raw(last), as_i64(files));
    while (r.next()) ids.push_back(id_at<item_id>(r, 0));
  }
  for (const auto& id : ids) db_.run("local_suspect", raw(id));
  put_state("reread_last", ids.size() < files ? item_id{}.view() : ids.back().view());
  t.commit();
}

std::vector<std::string> journal::suspect_folders() {
  std::vector<item_id> ids;
  {
    auto r = db_.query("local_suspects");
    while (r.next()) ids.push_back(id_at<item_id>(r, 0));
  }
  std::set<std::string> folders;
  for (const auto& id : ids)
    if (auto l = local(id))
      if (auto path = local_path(l->at.parent)) folders.insert(*path);
  return {folders.begin(), folders.end()};
}

// -- state -------------------------------------------------------------------------------------

std::string journal::state(std::string_view key) {
  auto r = db_.query("state_get", key);
  if (!r.next()) return {};
  auto value = unsealed_state(key, r.bytes(0));
  if (!value) throw sqlite::failure(value.error());
  return *value;
}

void journal::put_state(std::string_view key, std::string_view value) {
  db_.run("state_put", key, raw(std::string(value) + seal_of(key, value)));
}

void journal::wake_waiting() { db_.run("dirty_wake"); }
void journal::mark_all_dirty() { db_.run("dirty_all"); }

result<void> journal::heal() {
  auto healed = sqlite::attempt([&] {
    sqlite::transaction t(db_);
    drop_orphans();
    db_.run("dirty_differing");
    t.commit();
    return true;
  });
  return healed ? result<void>{} : result<void>(failure(healed.error()));
}

/// No scan comes by an entry of a folder that is not there.
void journal::drop_orphans() {
  while (db_.run("local_orphans_drop", raw(root_item), raw(engine::parked_folder)) > 0) {}
}

summary journal::summary() {
  tinysync::journal::summary s;
  s.cursor = cursor();
  s.head = std::max(highest().seq, s.cursor.seq);
  auto count = [this](auto&&... query) {
    auto r = db_.query(query...);
    return r.next() ? as_u64(r.i64(0)) : 0;
  };
  s.dirty = count("dirty_count");
  s.outbox = count("outbox_count");
  s.intents = count("intent_count");
  s.conflicts = count("conflict_count");
  s.items = count("remote_count");
  s.braked = count("brake_count");
  s.ignored = count("exempt_ignored_count");
  {
    auto r = db_.query("exempt_all");
    while (r.next()) s.exempt.emplace_back(r.text(0), r.text(1));
  }
  {
    auto r = db_.query("held_up_all");
    while (r.next()) s.held_up.emplace_back(r.text(0), r.text(1));
  }
  std::vector<std::pair<item_id, std::string>> parked;
  {
    auto r = db_.query("refusal_parked", most_refusals);
    while (r.next()) parked.emplace_back(id_at<item_id>(r, 0), r.text(1));
  }
  s.parked = parked.size();
  std::vector<item_id> alone;
  {
    auto r = db_.query("local_only_all");
    while (r.next()) alone.push_back(id_at<item_id>(r, 0));
  }
  for (const auto& id : alone) s.exempt.emplace_back(local_path(id).value_or(""), "local_only");
  for (const auto& [id, why] : parked) s.exempt.emplace_back(local_path(id).value_or(""), why);
  s.state = state("lifecycle");
  s.reason = state("lifecycle_reason");
  return s;
}

std::vector<conflict_copy> journal::conflicts() {
  std::vector<conflict_copy> out;
  {
    auto r = db_.query("conflict_all");
    while (r.next())
      out.push_back({id_at<item_id>(r, 0), id_at<item_id>(r, 1), {}, {}, r.i64(2), r.text(3), {}, {}});
  }
  for (auto& c : out) {
    c.path = local_path(c.item).value_or("");
    c.original_path = local_path(c.original).value_or("");
    c.mine = local(c.item);
    if (c.original != c.item) c.theirs = local(c.original);
  }
  return out;
}

std::vector<std::string> journal::ignored() {
  std::vector<std::string> out;
  auto r = db_.query("exempt_ignored");
  while (r.next()) out.push_back(r.text(0));
  return out;
}

void journal::close_conflict(const item_id& copy) { db_.run("conflict_drop", raw(copy)); }

bool journal::synced() {
  auto dirty = db_.query("dirty_take", most_refusals, 1);
  if (dirty.next()) return false;
  auto s = summary();
  return s.dirty <= s.parked && s.outbox == 0 && s.intents == 0 && s.cursor.seq >= s.head &&
         bootstrapped();
}

}  // namespace tinysync::journal
