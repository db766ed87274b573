#pragma once
// watcher: hears the kernel and says which folders to look at. New folders are watched before they
// are scanned, so that nothing that happens in between is missed.

#include <memory>
#include <set>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class folder_watcher {
 public:
  folder_watcher(actors::context& self, agent_doors doors, vault_config vault);
  void started(actors::context& self);
  pb::Watching handle(const pb::Watch& m);
  void handle(const pb::Unwatch& m);
  void handle(const pb::FoldersTouched& m);
  actors::later<pb::FoldersTouched> handle(const pb::Flush& m, actors::context& self);
  void handle(const pb::Tick& m);
  void handle(const pb::Poll& m);

 private:
  enum class depth : std::uint8_t { one_level, new_folders, everything };
  void add_tree(const std::string& folder, depth below, std::string& failed);
  void pass_on();
  void echoed();
  void make_echo();
  bool watch_again();
  void open();
  pb::Polled polled() const;
  void poll_later();

  actors::context& self_;
  agent_doors doors_;
  vault_config vault_;
  std::shared_ptr<fs::disk> disk_;
  std::unique_ptr<watch::watcher> watcher_;
  std::set<std::string> touched_, unwatched_, ignored_;
  google::protobuf::RepeatedPtrField<pb::FolderMoved> moved_;  // not passed on yet
  std::string why_unwatched_;  // the last reason
  bool shared_ = false, poll_due_ = false;
  std::vector<std::string> fresh_;  // watched for the first time by this request
  bool overflow_ = false, gathering_ = false, longer_ = false, waits_longer_ = false;
  std::vector<actors::later<pb::FoldersTouched>> flushing_, taking_;
};

}  // namespace tinysync::client
