#pragma once
// scanner: one scan at a time: list, compare, hash, conclude. Runs on a thread of its own.

#include <deque>
#include <memory>
#include <set>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"
#include "client/folder/root.hpp"
#include "client/folder/rules.hpp"

namespace tinysync::client {

class scanner {
 public:
  scanner(actors::context& self, agent_doors doors, vault_config vault);
  actors::later<pb::Scanned> handle(const pb::Scan& m, actors::context& self);
  actors::later<pb::IgnoreChecked> handle(const pb::CheckIgnored& m, actors::context& self);
  result<pb::IgnoreRules> handle(const pb::AskIgnoreRules& m);

 private:
  struct job {
    std::uint64_t number = 0;
    bool whole_tree = false, eager = false;
    bool first = true;  // nothing of it has been compared yet
    std::deque<std::string> beside, to_list;  // those beside come first, and alone
    std::set<std::string> listed, relist;
    std::deque<std::string> to_hash;
    std::set<std::string> seen_files, seen_folders;  // not durable yet, for all that is known
    bool sure = false;  // what is missing is nowhere else
    int looks = 0;      // how often that was asked
    std::uint64_t entries = 0;
    actors::later<pb::Scanned> answer;
  };
  void next();
  void list_some();
  void hash_some();
  void conclude();
  result<void> make_durable();
  void look_elsewhere();
  void look_again(const std::vector<std::string>& listed);
  void concluded(const pb::ScanConcluded& c);
  void give_up(const error& why);
  void begin();
  void root_is_missing(const error& why);
  result<void> root_is_there();
  void read_rules();

  actors::context& self_;
  agent_doors doors_;
  vault_config vault_;
  actors::ref<faces::local_store> store_;
  std::shared_ptr<fs::disk> disk_;
  fs::root_identity root_;
  folder::rules_on_disk rules_;
  bool new_rules_ = false;  // since everything was last looked at
  std::optional<folder::root_seen> recorded_;
  std::unique_ptr<job> job_;
  std::deque<std::unique_ptr<job>> queue_;
  std::uint64_t last_ = 0;
};

}  // namespace tinysync::client
