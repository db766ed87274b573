#pragma once
// pending_ops: sends the outbox, one request at a time, and records the answers. Operations are
// durable before they are sent and sent again unchanged until they are answered.

#include <map>
#include <set>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class pending_ops {
 public:
  pending_ops(actors::context& self, agent_doors doors, vault_config vault);
  void started(actors::context& self);
  void handle(const pb::SendOutbox& m);
  void handle(const pb::LinkChanged& m);
  void handle(const pb::Tick& m);

 private:
  struct pending {
    op_id op;
    mutation m;
    std::string path;
    pb::FolderEntry seen;
    bool sent = false;
  };
  void take();
  void taken(const pb::Outbox& outbox);
  void upload_large();
  void uploaded(const pb::Uploaded& u);
  void attach_small();
  void give_up(const std::set<op_id>& ops, const std::string& why);
  void send();
  void answered(const std::string& body);
  void try_later(const error& why);
  void tidy();

  actors::context& self_;
  agent_doors doors_;
  vault_config vault_;
  actors::ref<faces::local_store> store_;
  std::shared_ptr<fs::disk> disk_;
  bool busy_ = false, again_ = false;
  std::chrono::milliseconds retry_{0};
  std::vector<pending> rows_;
  position cursor_, highest_;
  std::vector<op_id> retired_;
};

}  // namespace tinysync::client
