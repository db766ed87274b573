#pragma once
// credentials: keeps who this device is, in an owner-only file of its own.

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class credentials {
 public:
  credentials(actors::context& self, agent_doors doors);
  pb::Credentials handle(const pb::AskCredentials& m);
  actors::with_bulk<pb::Credentials> handle(const pb::TakeSecret& m);
  result<pb::Done> handle(const pb::ProveStorable& m);
  pb::Life handle(const pb::BeginLife& m);
  void handle(const pb::LifeBegun& m);
  result<pb::Credentials> handle(const pb::StoreCredentials& m, actors::context& self);

 private:
  bool keep_life();
  void load();

  agent_doors doors_;
  pb::Credentials who_;
  actors::bulk secret_;
  pb::Life life_;  // next_mark: of one the server may know of already
};

}  // namespace tinysync::client
