#pragma once
// metadata_store: sole owner of the database; every request is one transaction, access included.

#include "actors/context.hpp"
#include "server/actors/convert.hpp"
#include "server/actors/server_doors.hpp"

namespace tinysync::server {

class metadata_store {
 public:
  metadata_store(actors::context& self, server_doors doors);

  result<pb::DeviceKept> handle(const pb::KeepDevice& m);
  result<pb::Done> handle(const pb::KeepToken& m);
  result<pb::Authenticated> handle(const pb::Authenticate& m);
  result<pb::Authorised> handle(const pb::Authorise& m);
  result<actors::with_bulk<pb::Body>> handle(const pb::ListDevices& m);
  result<pb::Done> handle(const pb::RevokeDevice& m);
  result<actors::with_bulk<pb::Body>> handle(const pb::ListVaults& m);
  result<actors::with_bulk<pb::Body>> handle(const pb::CreateVault& m, actors::context& self);
  result<actors::with_bulk<pb::Body>> handle(const pb::RenameVault& m);
  result<pb::Done> handle(const pb::DeleteVault& m, actors::context& self);
  result<pb::Committed> handle(const pb::Commit& m, actors::context& self);
  result<actors::with_bulk<pb::Body>> handle(const pb::ReadLog& m);
  result<actors::with_bulk<pb::Body>> handle(const pb::ReadDigest& m);
  result<actors::with_bulk<pb::Body>> handle(const pb::AskKnown& m, actors::context& self);
  result<actors::with_bulk<pb::Body>> handle(const pb::AskMissing& m, actors::context& self);
  result<pb::BlobsLocated> handle(const pb::LocateBlobs& m);
  result<pb::Done> handle(const pb::RecordBlobs& m);
  result<actors::with_bulk<pb::SnapshotNeed>> handle(const pb::NeedSnapshot& m);
  result<actors::with_bulk<pb::Slice>> handle(const pb::ReadSlice& m);
  result<actors::with_bulk<pb::Body>> handle(const pb::RecordSnapshot& m);
  result<pb::Heads> handle(const pb::AskHeads& m);
  result<pb::Swept> handle(const pb::Sweep& m);

 private:
  result<device_id> who(const pb::Caller& c);
  result<grant> may(const pb::Caller& c, const std::string& vault, role least);
  void tell_moved(actors::context& self, const vault_head& head);
  std::int64_t now() { return doors_.clock->wall_now_ns(); }

  server_doors doors_;
  std::shared_ptr<metadata> truth_;
};

}  // namespace tinysync::server
