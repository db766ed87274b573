#pragma once
// access: mints devices' secrets and tokens, of which the database sees hashes only.

#include "actors/context.hpp"
#include "server/actors/convert.hpp"
#include "server/actors/server_doors.hpp"

namespace tinysync::server {

class access {
 public:
  explicit access(server_doors doors) : doors_(std::move(doors)) {}

  actors::later<pb::Body> handle(const pb::Register& m, actors::context& self);
  actors::later<pb::Body> handle(const pb::IssueToken& m, actors::context& self);
  actors::later<pb::Done> handle(const pb::RevokeDevice& m, actors::context& self);

 private:
  server_doors doors_;
};

}  // namespace tinysync::server
