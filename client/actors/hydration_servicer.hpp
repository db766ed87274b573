#pragma once
// hydration_servicer: bytes of placeholders by range. Folders on demand are not built yet; until
// they are, every item of an attached vault is full, and the servicer says so.

#include "actors/context.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class hydration_servicer {
 public:
  result<pb::Hydrated> handle(const pb::Hydrate&) {
    return failure(errc::not_built_yet, "folders on demand");
  }
};

}  // namespace tinysync::client
