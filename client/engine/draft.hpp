#pragma once
// A plan in the making: what has been decided so far, laid over the trees, so that later decisions
// of the same plan see a disk and a server on which the earlier ones have already happened.

#include <map>
#include <set>
#include <string>

#include "client/engine/plan.hpp"

namespace tinysync::engine {

class draft {
 public:
  draft(tree_view& trees, const plan_options& options) : trees_(trees), options_(options) {}

  // -- the trees, with what this plan re-keyed, agreed and dropped
  std::optional<item> remote(const item_id& id) { return trees_.remote(id); }
  std::optional<item> base(const item_id& id);
  std::optional<local_item> local(const item_id& id);
  std::vector<item_id> local_children(const item_id& parent);
  std::vector<item_id> remote_children(const item_id& p) { return trees_.remote_children(p); }
  engine::busy busy(const item_id& id);
  bool being_created(const item_id& id) { return trees_.being_created(id); }
  /// The id a local entry has by now.
  item_id current(const item_id& id) const;

  // -- who holds a name once this plan has been carried out so far
  std::optional<item_id> disk_occupant(const place& p);
  bool freed_on_disk(const place& p) const { return disk_freed_.contains(p); }
  std::optional<item_id> server_occupant(const place& p);
  /// The operation of this plan that empties the place on the server.
  std::optional<op_id> freed_on_server(const place& p) const;
  /// The operation of this plan that creates the item on the server.
  std::optional<op_id> made_on_server(const item_id& id) const;
  /// Where this plan moves the item on the server.
  std::optional<place> moved_on_server(const item_id& id) const;
  bool made_on_disk(const item_id& id) const { return disk_places_.contains(id); }
  bool gone_from_disk(const item_id& id) const { return disk_gone_.contains(id); }
  bool deleted_on_server(const item_id& id) const { return server_gone_.contains(id); }
  bool moved_aside(const item_id& id) const { return asides_.contains(id); }

  // -- decisions
  void set_base(const item_id& id, item state, cause why);
  void drop_base(const item_id& id, cause why);
  void rekey(const item_id& from, const item_id& to, cause why);
  item_id rekey_fresh(const item_id& from, cause why);
  void emit(disk_op op);
  op_id emit(item_id id, change c, std::vector<op_id> after, item_id because_of = {});
  /// Joins the operation to the atomic group that the moves of these items form.
  void join(const std::set<item_id>& members, const op_id& op);
  void join_what_waits_for_itself();
  void note(const item_id& id, cause why) { plan_.notices.push_back({id, why}); }
  /// A free name beside `at` for the content `hash` of `id`.
  std::string free_conflict_name(const place& at, const item_id& id, const content_hash& hash,
                                 std::int64_t mtime_ns);
  item_id fresh_item() { return mint<item_id>(options_.random); }

  const plan_options& options() const { return options_; }
  plan& result() { return plan_; }
  std::size_t disk_ops() const { return plan_.disk.size(); }

 private:
  std::string path_of(const item_id& folder);
  std::string path_of(const place& p);
  item_id origin(const item_id& id) const;
  void occupy(const item_id& id, const place& from, const place& to);
  void account(const item_id& id, const change& c, const op_id& op);
  void rename_parent(const item_id& from, const item_id& to);

  tree_view& trees_;
  const plan_options& options_;
  plan plan_;
  std::map<item_id, item_id> rekeyed_, origin_;
  std::map<item_id, std::optional<item>> bases_;
  std::map<item_id, place> disk_places_;  // where this plan put it
  std::map<place, item_id> disk_taken_;
  std::set<place> disk_freed_;
  std::set<item_id> disk_gone_, server_gone_, asides_;
  std::map<place, item_id> server_taken_;
  std::map<item_id, place> server_places_;  // where this plan moves it
  std::map<place, op_id> server_freed_;
  std::map<item_id, op_id> server_made_;
  std::map<item_id, std::string> paths_;  // of folders; emptied when one moves
};

}  // namespace tinysync::engine
