#pragma once
// What SQLite's wrapper throws. Exceptions stay inside the stores: catch at their edge (attempt()).

#include <stdexcept>
#include <utility>

#include "proto/vocabulary/result.hpp"

namespace tinysync::sqlite {

/// A failed statement, carrying the row on the page of errors: disk_full, busy, io_failed,
/// permission_denied, local_state_corrupt, already_exists (a UNIQUE or PRIMARY KEY constraint),
/// too_large, cancelled, internal (a wrong statement: a bug).
class failure : public std::runtime_error {
 public:
  explicit failure(error why) : std::runtime_error(to_string(why)), why_(std::move(why)) {}
  const error& why() const { return why_; }

 private:
  error why_;
};

/// Runs f; a thrown sqlite::failure becomes the error of the result.
template <class F>
auto attempt(F&& f) -> result<decltype(f())> {
  try {
    if constexpr (std::is_void_v<decltype(f())>) {
      f();
      return {};
    } else {
      return f();
    }
  } catch (const failure& e) {
    return tinysync::failure(e.why());
  }
}

}  // namespace tinysync::sqlite
