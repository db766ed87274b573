#pragma once
// What every verb begins with: find the home, connect, or say why not.

#include <vector>

#include "platform/places/home.hpp"
#include "proto/actors/client.pb.h"
#include "tools/cli/agent.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/output.hpp"

namespace tinysync::cli {

namespace pb = actors::client;

inline constexpr const char* attachments_actor = "/agent/attachments";
inline constexpr const char* account_actor = "/agent/account";

/// Connects to the agent of this home.
result<agent> open(const common& c);

/// Runs `verb(agent&)` and turns an error into words and its exit code.
template <class Verb>
int with_agent(const common& c, Verb verb) {
  auto a = open(c);
  if (!a) return complain(a.error(), c.json);
  return verb(*a);
}

/// The path of an actor of an attached vault.
std::string actor_of(const pb::VaultStatus& v, const std::string& name);
/// The attached vaults of that name or id, all of them if it is empty; not_found if there is none.
result<std::vector<pb::VaultStatus>> vaults_named(agent& a, const std::string& wanted);

/// One place of an attached vault.
struct place_in_vault {
  pb::VaultStatus vault;
  std::string path;  ///< relative to the root; as written, a '/' at its end included
};
/// What a person means by PATH: a host path below an attached root, or VAULT:path. not_found says
/// which roots there are.
result<place_in_vault> place_named(agent& a, const std::string& path);

/// Whether `status` and `wait` must call for a person.
bool needs_attention(const pb::Status& s);
bool all_synced(const pb::Status& s);

}  // namespace tinysync::cli
