#pragma once
// What a person may set for an agent: settings.toml in the home's folder of settings.

#include <string>

#include "client/actors/agent_doors.hpp"

namespace tinysync::client {

/// Reads `path` over the defaults; no file, no changes. invalid_argument names every wrong or unknown
/// key with its line.
///   [brake]
///   items = 50        # up to this many deletions and overwrites always pass
///   percent = 30      # more are held back if they are more than this of a folder; 100: never for that
///   most = 10000      # more than this many are always held back
///   [trash]
///   keep = "30d"      # then what the server is known to hold is removed
result<agent_config> load_settings(const std::string& path);

}  // namespace tinysync::client
