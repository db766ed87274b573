#pragma once
// Numbered migrations, forward only.

#include <span>
#include <string_view>

#include "platform/sqlite/database.hpp"

namespace tinysync::sqlite {

/// One step of the schema. Numbers begin at 1 and have no gaps.
struct migration {
  int number;
  std::string_view sql;
};

/// Runs what the database has not yet seen (by user_version), each step in a transaction of its
/// own, and returns the version reached. update_required if the file is newer than the last step,
/// invalid_argument on gaps, otherwise what the failing step reported, naming its number.
result<int> migrate(database& db, std::span<const migration> steps);

}  // namespace tinysync::sqlite
