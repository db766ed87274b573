#pragma once
// uploader: brings contents to the server that are too large to ride in a mutation.

#include <deque>
#include <map>
#include <memory>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class uploader {
 public:
  uploader(actors::context& self, agent_doors doors, vault_config vault);
  actors::later<pb::Uploaded> handle(const pb::UploadAll& m, actors::context& self);
  pb::Transfers handle(const pb::AskTransfers& m);

 private:
  struct job {
    std::vector<pb::Upload> wanted;
    std::deque<pb::Upload> small, large;
    std::uint64_t sent = 0;  // of the large one at the front
    std::unique_ptr<fs::reader> in;
    pb::Uploaded outcome;
    actors::later<pb::Uploaded> answer;
  };
  void next();
  void ask_missing();
  void send_small();
  void send_part();
  void part_done(const result<pb::Exchanged>& r, const std::string& body);
  void end_large();
  void fail(const pb::Upload& u, const error& why);
  void fail_rest(const error& why);
  void finish();

  actors::context& self_;
  agent_doors doors_;
  vault_config vault_;
  std::shared_ptr<fs::disk> disk_;
  std::unique_ptr<job> job_;
  std::deque<std::unique_ptr<job>> queue_;
  std::uint64_t done_bytes_ = 0, wanted_bytes_ = 0;
};

}  // namespace tinysync::client
