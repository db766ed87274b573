#pragma once
// log_replayer: brings the remote tree to the server's head, by snapshot once, by log ever after.

#include <memory>
#include <vector>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"
#include "client/engine/lifecycle.hpp"

namespace tinysync::client {

class log_replayer {
 public:
  log_replayer(actors::context& self, agent_doors doors, vault_config vault);
  void started(actors::context& self);
  actors::later<pb::Replayed> handle(const pb::CatchUp& m, actors::context& self);
  actors::later<pb::Done> handle(const pb::Reconcile& m, actors::context& self);
  void handle(const pb::Woken& m);
  void handle(const pb::LinkChanged& m);
  void handle(const pb::Tick& m);

 private:
  struct snapshot;
  /// Of what this device has replayed: up to `agreed` the server has the same, from `beyond` on it has not.
  struct parting {
    std::vector<std::pair<std::uint64_t, std::string>> mine;  // seq, chain
    std::size_t agreed = 0, beyond = 0;
  };
  void find_parting();
  void compare_rows();
  void part_at(std::uint64_t agreed);
  void begin();
  void fetch_page(const pb::Cursor& cursor);
  void replay(const std::string& page);
  void begin_snapshot();
  void fetch_part();
  void load_part(const std::string& bytes);
  void ask_doubts(actors::later<pb::Done> answer);
  void end(result<pb::Replayed> outcome);
  void fail(const error& why);
  void index_failed(const error& why);
  void block(engine::block_reason why);
  void poll_later(std::chrono::milliseconds wait);

  actors::context& self_;
  agent_doors doors_;
  vault_config vault_;
  actors::ref<faces::local_store> store_;
  bool running_ = false, again_ = false, moved_ = false, tick_pending_ = false;
  bool parted_ = false;  // an answer to somebody else said so
  int snapshots_failed_ = 0;
  std::uint64_t seen_head_ = 0, at_seq_ = 0;
  std::chrono::milliseconds retry_{0};
  std::vector<actors::later<pb::Replayed>> waiting_, next_;
  std::shared_ptr<snapshot> snapshot_;
  std::shared_ptr<parting> parting_;
};

}  // namespace tinysync::client
