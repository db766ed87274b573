#pragma once
// Inside platform/net only.

#include "proto/vocabulary/errors.hpp"

namespace tinysync::net {

/// What a client is told whose WebSocket upgrade got this status.
error refused_upgrade(int status);

}  // namespace tinysync::net
