#pragma once
// result<T>: a value or an error, never both; ignoring one is a compile-time warning.

// tl::expected declares itself [[nodiscard]] only through this forward declaration.
namespace tl {
template <class T, class E>
class [[nodiscard]] expected;
}
#include <tl/expected.hpp>
#include <utility>

#include "proto/vocabulary/errors.hpp"

namespace tinysync {

template <class T>
using result = tl::expected<T, error>;

/// Builds the failing side of a result: `return failure(errc::offline, "server does not answer")`.
inline tl::unexpected<error> failure(errc code, std::string text = {}) {
  return tl::unexpected<error>(error{code, std::move(text)});
}
inline tl::unexpected<error> failure(error e) { return tl::unexpected<error>(std::move(e)); }

}  // namespace tinysync
