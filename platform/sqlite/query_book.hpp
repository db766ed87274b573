#pragma once
// SQL lives in .sql files: prose above, then "-- name: insert_item" and one statement.

#include <map>
#include <string>
#include <string_view>

#include "proto/vocabulary/result.hpp"

namespace tinysync::sqlite {

/// Named queries, from one or several files.
class query_book {
 public:
  /// Reads "-- name: some_name" lines; what follows, up to the next such line, is that query
  /// (comment-only lines dropped). malformed with the line number on a repeated or bad name
  /// ([a-z0-9_]+), on SQL before the first name, and on a name without SQL.
  static result<query_book> parse(std::string_view text);
  /// Adds another file's queries; malformed if a name is taken.
  result<void> add(std::string_view text);

  /// The SQL of that name, or null.
  const std::string* find(std::string_view name) const;
  const std::map<std::string, std::string, std::less<>>& queries() const { return queries_; }

 private:
  std::map<std::string, std::string, std::less<>> queries_;
};

}  // namespace tinysync::sqlite
