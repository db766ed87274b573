#pragma once
// settings: keeps which vaults are attached where.

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class settings {
 public:
  settings(actors::context& self, agent_doors doors);
  pb::Attachments handle(const pb::AskAttachments& m);
  result<pb::Attachments> handle(const pb::PutAttachment& m);
  result<pb::Attachments> handle(const pb::DropAttachment& m);

 private:
  result<pb::Attachments> store(pb::Attachments next);

  agent_doors doors_;
  pb::Attachments known_;
};

}  // namespace tinysync::client
