#pragma once
// cloud_link: the one way to the server: connections, tokens, back-off.

#include <deque>
#include <map>
#include <memory>
#include <set>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class cloud_link {
 public:
  cloud_link(actors::context& self, agent_doors doors);
  void started(actors::context& self);

  actors::later<pb::Exchanged> handle(const pb::Exchange& m, actors::context& self);
  actors::later<pb::Registered> handle(const pb::Register& m, actors::context& self);
  pb::LinkState handle(const pb::AskLink& m);
  void handle(const pb::WatchLink& m);
  void handle(const pb::OpenWake& m);
  void handle(const pb::Connect& m);
  void handle(const pb::Tick& m);

 private:
  struct waiting {
    pb::Exchange what;
    actors::bulk body;
    actors::later<pb::Exchanged> answer;
    std::string correlation;
    bool retried = false;
  };
  void with_credentials(const pb::Credentials& who, const actors::bulk& secret);
  void submit(waiting w);
  void fetch_token();
  void ask_for_token(const pb::Life& life);
  void token_came(const result<net::http_response>& r);
  void answered(waiting w, result<net::http_response> r);
  void refuse_all(const error& why);
  void reached(bool ok, const error& why, bool vital = false);
  void probe_later();
  void probe();
  void redeem(const pb::Register& m, const invite& i, actors::later<pb::Registered> answer);
  void registered(const pb::Register& m, const invite& i, result<net::http_response> r,
                  actors::later<pb::Registered> answer);
  bool token_is_fresh() const;

  actors::context& self_;
  agent_doors doors_;
  std::shared_ptr<net::transport> transport_, joining_;
  std::shared_ptr<net::websocket> wake_;
  pb::Credentials who_;
  std::string secret_, token_;
  actors::time_point token_ends_{};
  bool asking_token_ = false, connected_ = false, probing_ = false, loaded_ = false;
  bool wake_wanted_ = false, opening_wake_ = false;
  error last_error_{errc::offline, "not tried yet"};
  std::chrono::milliseconds retry_{0};
  std::shared_ptr<void> resume_watch_;
  std::deque<waiting> for_token_;
  std::set<std::string> watchers_;
};

}  // namespace tinysync::client
