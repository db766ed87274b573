#pragma once
// janitor: expired things, stale uploads, and the making of snapshots.

#include <map>

#include "actors/context.hpp"
#include "platform/compress/zstd.hpp"
#include "platform/crypto/history.hpp"
#include "proto/codec/messages.hpp"
#include "server/actors/convert.hpp"
#include "server/actors/server_doors.hpp"
#include "server/blobs/blob_directory.hpp"

namespace tinysync::server {

class janitor {
 public:
  janitor(actors::context& self, server_doors doors);

  actors::later<pb::Body> handle(const pb::MakeSnapshot& m, actors::context& self);
  void handle(const pb::Tick& m, actors::context& self);

 private:
  /// One snapshot in the making: the tree at one seq, slice by slice, in bounded memory.
  struct job {
    vault_id vault;
    position at;
    digest_sum digest;
    std::unique_ptr<blob_stream> out;
    compress::compressor zstd{3};
    vault_digest sums;
    std::uint64_t items = 0;
    std::vector<actors::later<pb::Body>> waiting;
  };
  using work = std::shared_ptr<job>;

  void next_slice(work w, const item_id& after);
  result<void> add(job& j, std::string_view records);
  void finish(work w);
  void fail(work w, const error& why);

  actors::context& self_;
  server_doors doors_;
  std::unique_ptr<blob_storage> blobs_;
  std::map<vault_id, work> jobs_;
};

}  // namespace tinysync::server
