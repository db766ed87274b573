#pragma once
// downloader: brings contents into staging, verified against their hash and durable.

#include <deque>
#include <map>
#include <memory>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"
#include "platform/crypto/sha256.hpp"

namespace tinysync::client {

class downloader {
 public:
  downloader(actors::context& self, agent_doors doors, vault_config vault);
  actors::later<pb::Downloaded> handle(const pb::DownloadAll& m, actors::context& self);
  pb::Done handle(const pb::Abandon& m);
  pb::Transfers handle(const pb::AskTransfers& m);

 private:
  struct large_file {
    pb::Download wanted;
    std::unique_ptr<fs::writer> out;
    crypto::hasher hasher;
    std::uint64_t received = 0;
  };
  struct job {
    std::deque<pb::Download> small, large;
    std::map<std::string, std::vector<pb::Download>> asked;  // by blob hash
    std::unique_ptr<large_file> open;
    std::size_t staged = 0;
    bool few = false;  // synced one by one, not with the whole file system
    pb::Downloaded outcome;
    actors::later<pb::Downloaded> answer;
  };
  void next();
  void fetch_small();
  void stage_frames(const std::string& body);
  void begin_large();
  void fetch_part();
  void take_part(const std::string& bytes);
  void end_large(const error* why);
  void finish();
  result<void> stage(const pb::Download& d, std::string_view content);
  void fail(const pb::Download& d, const error& why);
  void fail_all(const error& why);

  actors::context& self_;
  agent_doors doors_;
  vault_config vault_;
  std::shared_ptr<fs::disk> disk_;
  std::unique_ptr<job> job_;
  std::deque<std::unique_ptr<job>> queue_;
  std::uint64_t done_bytes_ = 0, wanted_bytes_ = 0;
};

}  // namespace tinysync::client
