#pragma once
// What every verb begins with: find the home, connect, or say why not.

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

/// Whether `status` and `wait` must call for a person.
bool needs_attention(const pb::Status& s);
bool all_synced(const pb::Status& s);

}  // namespace tinysync::cli
