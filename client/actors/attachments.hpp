#pragma once
// attachments: starts and stops vaults, and knows how all of them are.

#include <map>
#include <memory>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class attachments {
 public:
  attachments(actors::context& self, agent_doors doors);
  void started(actors::context& self);

  actors::later<pb::Attached> handle(const pb::Attach& m, actors::context& self);
  actors::later<pb::Detached> handle(const pb::Detach& m, actors::context& self);
  actors::later<pb::Status> handle(const pb::AskStatus& m, actors::context& self);
  actors::later<pb::Settled> handle(const pb::Settle& m, actors::context& self);
  void handle(const pb::DeviceChanged& m);
  void handle(const pb::Pause& m);
  void handle(const pb::Resume& m);

 private:
  void load();
  void start_vault(const pb::Attachment& a, std::function<void(result<void>)> done);
  /// An attachment that is not durable yet, and what was made on the disk to have it.
  struct candidate {
    pb::Attachment what;
    places::made_folder made;
    bool marked = false;  ///< our folder in it is new
  };
  void attach(const pb::VaultInfo& vault, const pb::Attach& m, actors::later<pb::Attached> answer);
  result<void> may_attach(const pb::VaultInfo& vault, const std::string& root) const;
  result<candidate> prepare_root(const pb::VaultInfo& vault, const pb::Attach& m);
  result<bool> mark_root(const std::string& root, const vault_id& vault, const std::string& mark);
  void keep(const candidate& c, actors::later<pb::Attached> answer);
  void give_up(const candidate& c);
  result<pb::Detached> clear_root(const pb::Attachment& a);
  void detach(const pb::Attachment& a, actors::later<pb::Detached> answer);
  void stay_attached(const pb::Attachment& a, const error& why, actors::later<pb::Detached> answer);
  const pb::Attachment* find(const std::string& vault_or_root) const;
  std::string engine_path(const pb::Attachment& a) const;

  actors::context& self_;
  agent_doors doors_;
  std::map<std::string, pb::Attachment> attached_;  // by vault id
  std::string label_ = "device";
  device_id device_;
};

}  // namespace tinysync::client
