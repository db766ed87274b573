#pragma once
// A SQLite connection: one thread at a time. Members throw sqlite::failure unless they say
// result<>.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "platform/sqlite/files.hpp"
#include "platform/sqlite/query_book.hpp"
#include "platform/sqlite/statement.hpp"

namespace tinysync::sqlite {

enum class durability : std::uint8_t {
  off,     ///< for tests and rebuildable scratch files
  normal,  ///< WAL: a power cut may lose the last transactions, never the file's integrity
  full,    ///< every commit is on the disk when it returns
};

struct options {
  bool wal = true;
  durability synchronous = durability::full;
  bool in_memory = false;  ///< the path is ignored
  bool read_only = false;  ///< the file must exist (missing)
  std::chrono::milliseconds busy_timeout{5000};
  files* where = &real_files();
  std::uint32_t most_pages = 0;  ///< of 4 KiB; beyond it disk_full, as on a full disk. 0: no limit
};

/// Rows of one execution of a named query; ends it (and its read lock) when it goes out of scope.
class rows {
 public:
  rows(rows&&) noexcept;
  rows& operator=(rows&&) = delete;
  ~rows();
  /// Moves to the next row; false at the end.
  bool next() { return s_->step(); }
  bool is_null(int column) const { return s_->is_null(column); }
  std::int64_t i64(int column) const { return s_->i64(column); }
  double real(int column) const { return s_->real(column); }
  std::string_view bytes(int column) const { return s_->bytes(column); }
  std::string text(int column) const { return s_->text(column); }
  std::optional<std::int64_t> maybe_i64(int column) const { return s_->maybe_i64(column); }
  std::optional<std::string_view> maybe_bytes(int column) const { return s_->maybe_bytes(column); }

 private:
  friend class database;
  struct pool;
  rows(pool* home, std::unique_ptr<statement> s) : home_(home), s_(std::move(s)) {}
  pool* home_;
  std::unique_ptr<statement> s_;
};

/// An open database with its prepared named queries.
class database {
 public:
  /// Opens or creates. Foreign keys on, trusted schema off. Errors: missing, permission_denied,
  /// local_state_corrupt (not a database), busy, disk_full, io_failed.
  static result<database> open(const std::string& path, const options& how = {});
  database(database&&) noexcept;
  database& operator=(database&&) noexcept;
  ~database();

  /// Runs one or more statements without parameters.
  void exec(const std::string& sql);
  /// A statement of the caller's own; named queries are the rule.
  statement prepare(std::string_view sql);

  /// Prepares every query of the book now, so that a typo fails at start: internal, naming the
  /// query and SQLite's words. May be called for several books; names must differ.
  result<void> prepare_all(const query_book& book);
  /// Executes a named query with these values bound. Several executions of one name may be open.
  template <class... Ts>
  rows query(std::string_view name, const Ts&... values) {
    rows r = lease(name);
    r.s_->bind(values...);
    return r;
  }
  /// Executes a named query to its end and returns how many rows it changed.
  template <class... Ts>
  std::int64_t run(std::string_view name, const Ts&... values) {
    rows r = lease(name);
    r.s_->bind(values...).run();
    return changes();
  }

  std::int64_t changes() const;         ///< rows changed by the last INSERT, UPDATE or DELETE
  std::int64_t last_insert_id() const;  ///< rowid of the last INSERT
  bool in_transaction() const;
  int user_version();
  void set_user_version(int version);
  /// PRAGMA integrity_check and foreign_key_check; local_state_corrupt with the first findings.
  result<void> integrity_check();
  /// A consistent copy of this database in a new file beside it (already_exists if it is there).
  result<void> copy_to(const std::string& path);
  /// Moves the WAL into the main file.
  void checkpoint();

 private:
  struct state;
  explicit database(std::unique_ptr<state> s);
  rows lease(std::string_view name);
  std::unique_ptr<state> state_;
};

/// BEGIN IMMEDIATE … COMMIT; rolled back in the destructor unless committed.
class transaction {
 public:
  explicit transaction(database& db);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  /// Throws if it could not be made durable; the transaction is then rolled back.
  void commit();

 private:
  database& db_;
  bool open_ = true;
};

}  // namespace tinysync::sqlite
