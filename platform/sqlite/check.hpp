#pragma once
// Inside platform/sqlite only: SQLite's result codes as rows of the page of errors.

#include <sqlite3.h>

#include <string>

#include "platform/sqlite/failure.hpp"

namespace tinysync::sqlite {

inline errc code_for(int rc) {
  switch (rc & 0xff) {
    case SQLITE_FULL:
      return errc::disk_full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return errc::busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return errc::local_state_corrupt;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_NOLFS:
      return errc::io_failed;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return errc::permission_denied;
    case SQLITE_TOOBIG:
      return errc::too_large;
    case SQLITE_INTERRUPT:
      return errc::cancelled;
    case SQLITE_CONSTRAINT:
      return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ||
                     rc == SQLITE_CONSTRAINT_ROWID
                 ? errc::already_exists
                 : errc::internal;
    default:
      return errc::internal;
  }
}

/// Throws sqlite::failure unless rc says all is well.
inline void check(int rc, sqlite3* db, std::string_view doing) {
  if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE) return;
  std::string text(doing);
  text += ": ";
  text += db ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
  throw failure(error{code_for(rc), text + " (" + std::to_string(rc) + ")"});
}

}  // namespace tinysync::sqlite
