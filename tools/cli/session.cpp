#include "tools/cli/session.hpp"

#include <filesystem>

#include "proto/vocabulary/names.hpp"

namespace tinysync::cli {

result<agent> open(const common& c) {
  auto home = places::home_for(c.home.empty() ? std::nullopt : std::optional(c.home));
  if (!home) return failure(home.error());
  auto a = agent::connect(home->socket_path);
  if (!a && a.error().code == errc::agent_not_running)
    return failure(errc::agent_not_running,
                   "start it with: tinysyncd" + (c.home.empty() ? "" : " --home " + c.home));
  return a;
}

std::string actor_of(const pb::VaultStatus& v, const std::string& name) {
  return "/agent/vaults/" + id_text(v.vault()) + "/" + name;
}

result<std::vector<pb::VaultStatus>> vaults_named(agent& a, const std::string& wanted) {
  auto now = a.ask<pb::Status>(attachments_actor, pb::AskStatus{});
  if (!now) return failure(now.error());
  std::vector<pb::VaultStatus> out;
  for (const auto& v : now->vaults())
    if (wanted.empty() || v.name() == wanted || id_text(v.vault()) == wanted) out.push_back(v);
  if (out.empty() && !wanted.empty()) return failure(errc::not_found, "no attached vault '" + wanted + "'");
  return out;
}

namespace {

/// Absolute, without symlinks in the folders above: they are what a root's path has none of.
std::string host_path(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code ec;
  auto full = fs::absolute(path, ec).lexically_normal();
  bool folder = !full.has_filename();
  if (folder) full = full.parent_path();
  auto above = fs::weakly_canonical(full.parent_path(), ec);
  return (ec ? full : above / full.filename()).string() + (folder ? "/" : "");
}

}  // namespace

result<place_in_vault> place_named(agent& a, const std::string& path) {
  auto vaults = vaults_named(a, "");
  if (!vaults) return failure(vaults.error());
  auto colon = path.find(':');
  for (const auto& v : *vaults) {
    auto named = path.substr(0, colon);
    if (colon != path.npos && (named == v.name() || named == id_text(v.vault()))) {
      auto rest = path.substr(colon + 1);
      rest.erase(0, std::min(rest.find_first_not_of('/'), rest.size()));
      return place_in_vault{v, rest};
    }
  }
  auto host = host_path(path);
  std::string roots;
  for (const auto& v : *vaults) {
    if (host == v.root() || host == v.root() + "/") return place_in_vault{v, ""};
    if (host.starts_with(v.root() + "/")) return place_in_vault{v, host.substr(v.root().size() + 1)};
    roots += (roots.empty() ? "" : ", ") + printable(v.root()) + " (" + v.name() + ")";
  }
  return failure(errc::not_found, printable(host) + " is in no attached folder; attached: " +
                                      (roots.empty() ? "none" : roots));
}

bool needs_attention(const pb::Status& s) {
  if (!s.device().registered()) return true;
  // Waiting helps against the others.
  auto why = errc_from_name(s.link().last_error_code());
  if (!s.link().connected() && why &&
      (remedy_of(*why) == remedy::ask_user || remedy_of(*why) == remedy::give_up))
    return true;
  for (const auto& v : s.vaults())
    if (v.conflicts() > 0 || v.brake() || v.state() == "Blocked") return true;
  return false;
}

bool all_synced(const pb::Status& s) {
  for (const auto& v : s.vaults())
    if (!v.synced()) return false;
  return true;
}

}  // namespace tinysync::cli
