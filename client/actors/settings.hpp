#pragma once
// settings: keeps which vaults are attached where.

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

/// What is attached, as the file of it says: nothing if there is no file. Errors: local_state_corrupt if
/// it is damaged, and what reading says.
result<pb::Attachments> read_attachments(const file_cabinet& files);

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
