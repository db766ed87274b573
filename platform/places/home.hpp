#pragma once
// Where an agent keeps its things, and owner-only files there.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proto/vocabulary/result.hpp"

namespace tinysync::places {

/// Absolute paths of one agent's home.
struct home {
  std::string config_dir;  ///< settings and credentials
  std::string state_dir;   ///< indexes, journal
  std::string log_dir;
  std::string socket_path;  ///< at most 107 bytes; its folder is owner-only

  std::string config_file() const { return config_dir + "/agent.toml"; }
  std::string lock_file() const { return state_dir + "/agent.lock"; }
};

/// The home in one explicit folder, else $TINYSYNC_HOME, else by XDG ($XDG_CONFIG_HOME,
/// $XDG_STATE_HOME, $XDG_RUNTIME_DIR or their defaults below $HOME). A socket path too long for
/// the kernel is replaced by one in the runtime folder or /tmp, named by a hash of the home.
/// Touches no disk. invalid_argument on a relative XDG or missing HOME.
result<home> home_for(std::optional<std::string> explicit_home = {});
/// Makes all its folders, owner-only.
result<void> make(const home& h);

}  // namespace tinysync::places
