#pragma once
// account: what this device may do at its server: vaults, devices, the log for people.

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class account {
 public:
  explicit account(actors::context& self) : self_(self) {}
  actors::later<pb::VaultInfo> handle(const pb::CreateVault& m, actors::context& self);
  actors::later<pb::Vaults> handle(const pb::ListVaults& m, actors::context& self);
  actors::later<pb::Done> handle(const pb::RemoveVault& m, actors::context& self);
  actors::later<pb::Devices> handle(const pb::ListDevices& m, actors::context& self);
  actors::later<pb::Done> handle(const pb::RevokeDevice& m, actors::context& self);
  actors::later<pb::LogRead> handle(const pb::ReadLog& m, actors::context& self);

 private:
  void with_vault(const std::string& wanted, std::function<void(result<vault_id>)> then);
  void read_log(const vault_id& vault, const pb::ReadLog& m, actors::later<pb::LogRead> answer);

  actors::context& self_;
};

}  // namespace tinysync::client
