#pragma once
// applier: carries out intents on the disk, one batch at a time, and records what became of them.

#include <memory>
#include <map>
#include <set>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"
#include "client/folder/executor.hpp"
#include "client/folder/root.hpp"

namespace tinysync::client {

class applier {
 public:
  applier(actors::context& self, agent_doors doors, vault_config vault);
  actors::later<pb::Staged> handle(const pb::Stage& m, actors::context& self);
  actors::later<pb::DiskFinished> handle(const pb::Execute& m, actors::context& self);
  actors::later<pb::ConflictResolved> handle(const pb::ResolveConflict& m, actors::context& self);
  actors::later<pb::Recovered> handle(const pb::Recover& m, actors::context& self);

 private:
  result<fs::disk*> disk();
  pb::RecordDisk carry_out(const pb::Execute& m, pb::DiskFinished& finished);
  void record(pb::RecordDisk results, pb::DiskFinished finished,
              actors::later<pb::DiskFinished> answer);
  void resolve(const pb::ConflictCopy& c, const std::string& keep,
               actors::later<pb::ConflictResolved> answer);
  result<void> settle_on_disk(const pb::ConflictCopy& c, const std::string& keep,
                              pb::ConflictResolved& out);
  void trashed(const std::string& entry, const std::string& path, const std::string& item,
               const std::string& hash);
  /// Of the tokens that the root has: those of the index and, in a resync, of the one before it.
  struct root_tells {
    std::string life, old_life;
    bool had_index;
  };
  void abandon_downloads(const pb::Intents& left, const root_tells& tells, actors::later<pb::Recovered> answer);
  void recover(const pb::Intents& left, const root_tells& tells, actors::later<pb::Recovered> answer);
  void begin_life(const root_tells& tells, pb::Recovered out, actors::later<pb::Recovered> answer);

  actors::context& self_;
  agent_doors doors_;
  vault_config vault_;
  actors::ref<faces::local_store> store_;
  std::shared_ptr<fs::disk> disk_;
  folder::root_seen recorded_;          // as of the last recovery
  std::unique_ptr<fs::holder> held_;    // no other agent syncs this root meanwhile
  bool unfinished_ = false;
  bool displaced_ = false;  // something that somebody may still write to
  std::map<std::uint64_t, errc> unstaged_;  // intents whose content could not be had, and why
};

}  // namespace tinysync::client
