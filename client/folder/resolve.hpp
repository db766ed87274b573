#pragma once
// A person has decided about a conflict copy.

#include <string>

#include "proto/vocabulary/ids.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::fs {
class disk;
}

namespace tinysync::folder {

/// Puts a copy of `from`'s content (exactly `hash`) in the place of `to`, durably; what was there goes
/// to the trash as `entry`. `to` keeps its name at every moment. changed_meanwhile: `from` has other
/// content by now, or what was displaced had (then it is back).
result<void> put_content_of(fs::disk& disk, const std::string& from, const content_hash& hash,
                            const std::string& to, const content_hash& expected, const std::string& entry);

/// Moves a file or link into the trash as `entry`, durably, if its content is `hash`;
/// changed_meanwhile otherwise.
result<void> move_to_trash(fs::disk& disk, const std::string& path, const content_hash& hash,
                           const std::string& entry);

}  // namespace tinysync::folder
