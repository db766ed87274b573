#pragma once
// Inside platform/fs only: checking relative paths and wording errors about them.

#include <optional>
#include <string>
#include <string_view>

#include "platform/fs/types.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::fs {

/// invalid_argument unless every component is 1..255 bytes without NUL and not "." or "..".
/// `allow_root`: the empty path is fine.
result<void> check_path(std::string_view verb, std::string_view path, bool allow_root);

/// "rename a/b: <why>", bad bytes as \xNN.
tl::unexpected<error> path_failure(errc code, std::string_view verb, std::string_view path,
                                   std::string_view why);

}  // namespace tinysync::fs
