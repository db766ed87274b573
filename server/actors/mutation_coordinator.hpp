#pragma once
// mutation_coordinator: the group commit of one active vault. What arrives while a commit runs is
// gathered; its inline contents are durable before the transaction opens.

#include <deque>

#include "actors/context.hpp"
#include "proto/codec/messages.hpp"
#include "server/actors/convert.hpp"
#include "server/actors/server_doors.hpp"

namespace tinysync::server {

class mutation_coordinator {
 public:
  mutation_coordinator(actors::context& self, server_doors doors, vault_id vault);

  actors::later<pb::Body> handle(const pb::Submit& m, actors::context& self);
  void handle(const pb::Tick& m, actors::context& self);

 private:
  struct waiting {
    device_id device;
    codec::mutation_request body;
    std::vector<stored_blob> received;
    actors::later<pb::Body> answer;
  };
  using batch = std::shared_ptr<std::vector<waiting>>;

  void pump();
  batch gather();
  void store_inline(batch b);
  void commit(batch b);
  void answered(batch b, result<pb::Committed> done);
  void refuse(batch b, const error& why);

  actors::context& self_;
  server_doors doors_;
  vault_id vault_;
  std::deque<waiting> queue_;
  bool committing_ = false;
  actors::time_point last_used_;
};

}  // namespace tinysync::server
