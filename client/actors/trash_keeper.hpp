#pragma once
// trash: what was displaced on this device. Nothing leaves it that the server is not known to hold,
// unless a person says so.

#include <map>
#include <memory>
#include <vector>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"
#include "client/folder/trash.hpp"

namespace tinysync::client {

class trash_keeper {
 public:
  trash_keeper(actors::context& self, agent_doors doors, vault_config vault);
  void started(actors::context& self);

  actors::later<pb::Trash> handle(const pb::AskTrash& m, actors::context& self);
  actors::later<pb::TrashRestored> handle(const pb::RestoreTrashed& m, actors::context& self);
  actors::later<pb::TrashEmptied> handle(const pb::EmptyTrash& m, actors::context& self);
  void handle(const pb::Tick& m);
  void handle(const pb::WatchDisplaced& m);

 private:
  /// One emptying, part by part.
  struct emptying {
    std::vector<folder::trash_entry> left;
    bool unproven = false;
    pb::TrashEmptied outcome;
    std::vector<actors::later<pb::TrashEmptied>> answers;
  };
  using from_done = std::function<void(result<pb::TrashedAll>)>;

  result<fs::disk*> disk();
  result<std::vector<folder::trash_entry>> older_than(std::chrono::nanoseconds age);
  void where_from(const std::vector<folder::trash_entry>& entries, from_done done);
  void put_back(const folder::trash_entry& e, const std::string& path,
                actors::later<pb::TrashRestored> answer);
  void next_part();
  void prove(std::vector<folder::trash_entry> part, const pb::TrashedAll& from);
  void purge(const std::vector<folder::trash_entry>& part, const std::vector<bool>& proven);
  void end(const std::optional<error>& why);
  void forget(const std::vector<std::string>& entries);
  enum class hold : std::uint8_t { open, closed, written };
  hold look_at(const folder::trash_entry& e, const pb::TrashedFrom& from);
  void displaced(const result<pb::Displaced>& open);
  void look_again_later();
  void looked(const std::vector<folder::trash_entry>& entries, const pb::TrashedAll& from);
  bool bring_back(const folder::trash_entry& e, const pb::TrashedFrom& from);

  actors::context& self_;
  agent_doors doors_;
  vault_config vault_;
  actors::ref<faces::local_store> store_;
  std::shared_ptr<fs::disk> disk_;
  std::unique_ptr<emptying> emptying_;
  bool looking_ = false, look_due_ = false;  // at what is displaced
  std::map<std::string, std::pair<engine::seen, content_hash>> displaced_;  // as last looked at
};

}  // namespace tinysync::client
