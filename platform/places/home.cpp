#include "platform/places/home.hpp"

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "platform/places/files.hpp"

namespace tinysync::places {
namespace {

// sockaddr_un::sun_path with its closing NUL.
constexpr std::size_t socket_path_limit = 107;

std::string environment(const char* name) {
  const char* v = std::getenv(name);
  return v ? v : "";
}

result<std::string> absolute(std::string path) {
  if (path.empty()) return failure(errc::invalid_argument, "an empty home");
  if (path[0] == '/') return path;
  char cwd[4096];
  if (!::getcwd(cwd, sizeof cwd)) return failure(errc::missing, "the working directory");
  return std::string(cwd) + '/' + path;
}

// FNV-1a: a short, stable name; not a secret and no proof of anything.
std::string short_name_of(std::string_view text) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (unsigned char c : text) h = (h ^ c) * 0x100000001b3;
  char out[17];
  std::snprintf(out, sizeof out, "%016llx", static_cast<unsigned long long>(h));
  return out;
}

std::string private_runtime_folder() {
  auto xdg = environment("XDG_RUNTIME_DIR");
  if (!xdg.empty() && xdg[0] == '/') return xdg + "/tinysync";
  return "/tmp/tinysync-" + std::to_string(::getuid());
}

std::string socket_within_limit(std::string wanted) {
  if (wanted.size() <= socket_path_limit) return wanted;
  auto elsewhere = private_runtime_folder() + '/' + short_name_of(wanted) + ".sock";
  if (elsewhere.size() <= socket_path_limit) return elsewhere;
  return "/tmp/tinysync-" + std::to_string(::getuid()) + '/' + short_name_of(wanted) + ".sock";
}

}  // namespace

result<home> home_for(std::optional<std::string> explicit_home) {
  if (!explicit_home)
    if (auto named = environment("TINYSYNC_HOME"); !named.empty()) explicit_home = named;
  if (explicit_home) {
    auto dir = absolute(*explicit_home);
    if (!dir) return failure(dir.error());
    while (dir->size() > 1 && dir->back() == '/') dir->pop_back();
    return home{*dir, *dir + "/state", *dir + "/log", socket_within_limit(*dir + "/agent.sock")};
  }
  auto user_home = environment("HOME");
  auto base = [&](const char* name, const char* fallback) -> result<std::string> {
    auto set = environment(name);
    if (!set.empty() && set[0] != '/')
      return failure(errc::invalid_argument, std::string(name) + " is not an absolute path");
    if (!set.empty()) return set;
    if (user_home.empty() || user_home[0] != '/')
      return failure(errc::invalid_argument, "HOME is not set to an absolute path");
    return user_home + fallback;
  };
  auto config = base("XDG_CONFIG_HOME", "/.config");
  if (!config) return failure(config.error());
  auto state = base("XDG_STATE_HOME", "/.local/state");
  if (!state) return failure(state.error());
  auto socket = environment("XDG_RUNTIME_DIR").empty() ? *state + "/tinysync/agent.sock"
                                                       : private_runtime_folder() + "/agent.sock";
  return home{*config + "/tinysync", *state + "/tinysync", *state + "/tinysync/log",
              socket_within_limit(socket)};
}

result<void> make(const home& h) {
  const auto socket_dir = h.socket_path.substr(0, h.socket_path.rfind('/'));
  for (const auto& dir : {h.config_dir, h.state_dir, h.log_dir, socket_dir})
    if (auto made = make_private_folder(dir); !made) return made;
  return {};
}

}  // namespace tinysync::places
