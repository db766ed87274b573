#pragma once
// Asking cloud_link for one exchange with the server; inside client/actors only.

#include <functional>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

using exchange_done = std::function<void(result<pb::Exchanged>, const actors::bulk& body)>;

/// "/v1/vaults/<id>" + rest.
std::string vault_target(const vault_id& vault, const std::string& rest);

/// Sends through cloud_link, which adds the token and turns refusals into their error rows.
void exchange(actors::context& self, pb::Exchange request, std::string body, exchange_done done);

pb::Exchange get(std::string target, pb::Lane lane = pb::LANE_METADATA);
pb::Exchange post(std::string target, pb::Lane lane = pb::LANE_METADATA);

}  // namespace tinysync::client
