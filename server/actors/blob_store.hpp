#pragma once
// blob_store: sole owner of segments and partial uploads; what it answers is durable.

#include "actors/context.hpp"
#include "server/actors/convert.hpp"
#include "server/actors/server_doors.hpp"
#include "server/blobs/blob_directory.hpp"

namespace tinysync::server {

class blob_store {
 public:
  blob_store(actors::context& self, server_doors doors);

  result<pb::BlobsStored> handle(const pb::StoreBlobs& m, actors::context& self);
  result<actors::with_bulk<pb::BlobRead>> handle(const pb::ReadBlob& m);
  result<actors::with_bulk<pb::BlobRead>> handle(const pb::ReadBlobs& m);
  result<pb::Progress> handle(const pb::AddPart& m, actors::context& self);
  result<pb::Progress> handle(const pb::AskProgress& m);
  result<pb::Dropped> handle(const pb::DropStaleUploads& m);

 private:
  server_doors doors_;
  std::unique_ptr<blob_storage> blobs_;
};

}  // namespace tinysync::server
