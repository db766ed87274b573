#pragma once
// How a request of an actor goes over HTTP, and what the answer means.

#include <string>

#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"
#include "proto/codec/messages.hpp"

namespace tinysync::client {

/// Without a token if that is empty; the body may be none.
net::cloud_request request_for(const pb::Exchange& m, const actors::bulk& body,
                               const std::string& token, const std::string& correlation);
/// A refusal's row on the page of errors; the status alone where the body does not say.
error refusal_of(const net::http_response& r);
/// The answer to a registration; not_tinysync if whoever answered speaks otherwise.
result<codec::registered> device_in(const result<net::http_response>& r);

}  // namespace tinysync::client
