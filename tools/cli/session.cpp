#include "tools/cli/session.hpp"

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

bool needs_attention(const pb::Status& s) {
  if (!s.device().registered()) return true;
  const auto& why = s.link().last_error_code();
  if (!s.link().connected() && (why == "unauthenticated" || why == "forbidden" ||
                                why == "pin_mismatch" || why == "not_tinysync" || why == "update_required"))
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
