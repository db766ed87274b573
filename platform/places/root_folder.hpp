#pragma once
// The folder a person names to be synced: resolved, judged, created, and not left behind if refused.

#include <functional>
#include <string>

#include "proto/vocabulary/result.hpp"

namespace tinysync::places {

/// A folder that is there, can be read and written, and what was created to have it.
struct made_folder {
  std::string path;     ///< absolute, without symlinks
  std::string created;  ///< the topmost folder that did not exist before; empty if all did
};

/// Says whether the resolved path may be used.
using folder_check = std::function<result<void>(const std::string& path)>;

/// Resolves `wanted`, asks `allowed` about the result, and only then creates what is missing of it.
/// invalid_argument: not absolute, no folder, or a name no folder can have; permission_denied,
/// disk_full, and whatever `allowed` says. On an error nothing that was created remains.
result<made_folder> make_folder(const std::string& wanted, const folder_check& allowed);
/// Removes what make_folder created, as far as it is empty.
void unmake_folder(const made_folder& made);

}  // namespace tinysync::places
