#include "platform/sqlite/database.hpp"

#include <map>
#include <vector>

#include "platform/sqlite/check.hpp"

namespace tinysync::sqlite {
namespace {

struct closer {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};

void apply(database& db, const options& how) {
  db.exec("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY");
  if (how.most_pages > 0) db.prepare("PRAGMA max_page_count=" + std::to_string(how.most_pages)).step();
  if (how.read_only || how.in_memory) return;
  auto set = [&db](std::string pragma) { db.prepare("PRAGMA " + pragma).run(); };
  set(std::string("journal_mode=") + (how.wal ? "WAL" : "DELETE"));
  static constexpr const char* levels[] = {"OFF", "NORMAL", "FULL"};
  set(std::string("synchronous=") + levels[static_cast<int>(how.synchronous)]);
}

}  // namespace

// Statements of one named query that nobody executes now.
struct rows::pool {
  std::string name;
  std::string sql;
  std::vector<std::unique_ptr<statement>> idle;
};

struct database::state {
  std::unique_ptr<sqlite3, closer> handle;  // outlives the statements below
  files* where = nullptr;
  std::map<std::string, rows::pool, std::less<>> queries;
};

rows::rows(rows&& other) noexcept : home_(other.home_), s_(std::move(other.s_)) {}

rows::~rows() {
  if (!s_) return;
  s_->reset();
  home_->idle.push_back(std::move(s_));
}

database::database(std::unique_ptr<state> s) : state_(std::move(s)) {}
database::database(database&&) noexcept = default;
database& database::operator=(database&&) noexcept = default;
database::~database() = default;

result<database> database::open(const std::string& path, const options& how) {
  return attempt([&] {
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= how.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (how.read_only && !how.in_memory && !how.where->exists(path))
      throw failure(error{errc::missing, "open " + path});
    auto s = std::make_unique<state>();
    sqlite3* raw = nullptr;
    int rc = sqlite3_open_v2(how.in_memory ? ":memory:" : path.c_str(), &raw, flags,
                             how.in_memory ? nullptr : how.where->vfs());
    s->handle.reset(raw);
    s->where = how.where;
    if ((rc & 0xff) == SQLITE_CANTOPEN)
      throw failure(error{errc::permission_denied, "open " + path + ": " + sqlite3_errmsg(raw)});
    check(rc, raw, "open " + path);
    sqlite3_busy_timeout(raw, static_cast<int>(how.busy_timeout.count()));
    database db(std::move(s));
    apply(db, how);
    db.user_version();  // reads the header: "not a database" is said here, not at the first use
    return db;
  });
}

void database::exec(const std::string& sql) {
  check(sqlite3_exec(state_->handle.get(), sql.c_str(), nullptr, nullptr, nullptr),
        state_->handle.get(), std::string_view(sql).substr(0, 200));
}

statement database::prepare(std::string_view sql) {
  sqlite3_stmt* s = nullptr;
  const char* rest = nullptr;
  check(sqlite3_prepare_v3(state_->handle.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &s, &rest),
        state_->handle.get(), sql.substr(0, 200));
  statement prepared(s);
  auto unread = sql.substr(static_cast<std::size_t>(rest - sql.data()));
  if (!s || unread.find_first_not_of(" \t\r\n;") != unread.npos)
    throw failure(
        error{errc::internal, "not exactly one statement: " + std::string(sql.substr(0, 200))});
  return prepared;
}

result<void> database::prepare_all(const query_book& book) {
  for (const auto& [name, sql] : book.queries()) {
    if (state_->queries.contains(name))
      return tinysync::failure(errc::internal, "query " + name + " is there twice");
    const auto& text = sql;
    auto prepared = attempt([&] { return std::make_unique<statement>(prepare(text)); });
    if (!prepared)
      return tinysync::failure(prepared.error().code,
                               "query " + name + ": " + prepared.error().text);
    auto& pool = state_->queries[name];
    pool.name = name;
    pool.sql = sql;
    pool.idle.push_back(std::move(*prepared));
  }
  return {};
}

rows database::lease(std::string_view name) {
  auto at = state_->queries.find(name);
  if (at == state_->queries.end())
    throw failure(error{errc::internal, "no query named " + std::string(name)});
  auto& pool = at->second;
  if (pool.idle.empty()) return rows(&pool, std::make_unique<statement>(prepare(pool.sql)));
  auto s = std::move(pool.idle.back());
  pool.idle.pop_back();
  return rows(&pool, std::move(s));
}

std::int64_t database::changes() const { return sqlite3_changes64(state_->handle.get()); }

std::int64_t database::last_insert_id() const {
  return sqlite3_last_insert_rowid(state_->handle.get());
}

bool database::in_transaction() const { return !sqlite3_get_autocommit(state_->handle.get()); }

int database::user_version() {
  auto s = prepare("PRAGMA user_version");
  return s.step() ? static_cast<int>(s.i64(0)) : 0;
}

void database::set_user_version(int version) {
  exec("PRAGMA user_version=" + std::to_string(version));
}

result<void> database::integrity_check() {
  auto findings = attempt([&] {
    std::string found;
    auto s = prepare("PRAGMA integrity_check(20)");
    while (s.step())
      if (s.bytes(0) != "ok") found += s.text(0) + "; ";
    auto keys = prepare("PRAGMA foreign_key_check");
    for (int i = 0; i < 20 && keys.step(); ++i)
      found += "foreign key of " + keys.text(0) + " row " + std::to_string(keys.i64(1)) + "; ";
    return found;
  });
  if (!findings) return tinysync::failure(findings.error());
  if (!findings->empty()) return tinysync::failure(errc::local_state_corrupt, *findings);
  return {};
}

result<void> database::copy_to(const std::string& path) {
  if (state_->where->exists(path)) return tinysync::failure(errc::already_exists, path);
  return attempt([&] { prepare("VACUUM INTO ?1").bind(path).run(); });
}

void database::checkpoint() { prepare("PRAGMA wal_checkpoint(TRUNCATE)").run(); }

transaction::transaction(database& db) : db_(db) { db_.exec("BEGIN IMMEDIATE"); }

transaction::~transaction() {
  // SQLite may have rolled back by itself already (disk full, I/O error).
  if (!open_ || !db_.in_transaction()) return;
  try {
    db_.exec("ROLLBACK");
  } catch (const failure&) {
    // Closing the connection or the next BEGIN meets whatever is wrong here.
  }
}

void transaction::commit() {
  db_.exec("COMMIT");
  open_ = false;
}

}  // namespace tinysync::sqlite
