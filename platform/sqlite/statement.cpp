#include "platform/sqlite/statement.hpp"

#include "platform/sqlite/check.hpp"

namespace tinysync::sqlite {
namespace {

void check_on(int rc, sqlite3_stmt* s) {
  check(rc, sqlite3_db_handle(s), std::string_view(sqlite3_sql(s)).substr(0, 200));
}

}  // namespace

void statement::finalize::operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }

void statement::expect_parameters(std::size_t n) const {
  auto wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(s_.get()));
  if (n != wanted)
    throw failure(error{errc::internal, std::string(sqlite3_sql(s_.get())) + ": takes " +
                                            std::to_string(wanted) + " values, got " +
                                            std::to_string(n)});
}

bool statement::step() {
  int rc = sqlite3_step(s_.get());
  if (rc == SQLITE_ROW) return true;
  try {
    check_on(rc, s_.get());
  } catch (...) {
    sqlite3_reset(s_.get());
    throw;
  }
  sqlite3_reset(s_.get());
  return false;
}

void statement::run() {
  while (step()) {
  }
}

// The return code repeats the error of the last step, which was thrown then.
void statement::reset() { sqlite3_reset(s_.get()); }

bool statement::is_null(int column) const {
  return sqlite3_column_type(s_.get(), column) == SQLITE_NULL;
}

std::int64_t statement::i64(int column) const { return sqlite3_column_int64(s_.get(), column); }

double statement::real(int column) const { return sqlite3_column_double(s_.get(), column); }

std::string_view statement::bytes(int column) const {
  // The pointer first: asking for it may convert, and the length is of what was converted to.
  auto p = static_cast<const char*>(sqlite3_column_blob(s_.get(), column));
  auto n = static_cast<std::size_t>(sqlite3_column_bytes(s_.get(), column));
  return p ? std::string_view(p, n) : std::string_view();
}

std::optional<std::int64_t> statement::maybe_i64(int column) const {
  return is_null(column) ? std::nullopt : std::optional(i64(column));
}

std::optional<std::string_view> statement::maybe_bytes(int column) const {
  return is_null(column) ? std::nullopt : std::optional(bytes(column));
}

void statement::bind_null(int i) { check_on(sqlite3_bind_null(s_.get(), i), s_.get()); }

void statement::bind_i64(int i, std::int64_t v) {
  check_on(sqlite3_bind_int64(s_.get(), i, v), s_.get());
}

void statement::bind_real(int i, double v) {
  check_on(sqlite3_bind_double(s_.get(), i, v), s_.get());
}

// A null pointer would bind NULL where an empty value is meant.
void statement::bind_text(int i, std::string_view v) {
  check_on(sqlite3_bind_text64(s_.get(), i, v.data() ? v.data() : "", v.size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8),
           s_.get());
}

void statement::bind_blob(int i, std::string_view v) {
  check_on(sqlite3_bind_blob64(s_.get(), i, v.data() ? v.data() : "", v.size(), SQLITE_TRANSIENT),
           s_.get());
}

}  // namespace tinysync::sqlite
