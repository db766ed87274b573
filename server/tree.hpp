#pragma once
// The server's supervision tree: a whole process on one page.

#include "actors/supervision.hpp"
#include "server/actors/server_doors.hpp"

namespace tinysync::server {

/// Starts in order, stops in reverse. Requests come in by http_handler_for(doors.front).
actors::supervisor_spec server_tree(server_doors doors);

}  // namespace tinysync::server
