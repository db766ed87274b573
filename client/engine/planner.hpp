#pragma once
// The decisions, item by item. One object lives for one plan.

#include "client/engine/draft.hpp"

namespace tinysync::engine {

class planner {
 public:
  planner(tree_view& trees, const plan_options& options) : d_(trees, options) {}
  void visit(item_id id);
  bool full() const { return d_.disk_ops() >= d_.options().most_disk_ops; }
  plan take() {
    d_.join_what_waits_for_itself();
    return std::move(d_.result());
  }

 private:
  enum class progress : std::uint8_t { under_way, decided, waits };

  void decide(const item_id& id);
  void wait(const item_id& id) { state_[id] = progress::waits; }
  bool under_way(const item_id& id) const;
  bool waits(const item_id& id) const;

  // What to do with an item, by where it exists (here, agreed, there).
  void only_there(const item_id& id, const item& r);
  void only_here(const item_id& id, const local_item& l);
  void everywhere(const item_id& id, const local_item& l, const item& b, const item& r);
  void deleted_here(const item_id& id, const item& b, const item& r);
  void deleted_there(const item_id& id, const local_item& l);
  void here_and_there(const item_id& id, const local_item& l, const item& r);

  // Parts of these decisions. `bool`: true when it emitted or must wait, so that the rest is later.
  bool settle_content_on_disk(const item_id& id, const local_item& l, const item& b, const item& r);
  bool settle_mode_on_disk(const item_id& id, const local_item& l, const item& b, const item& r);
  bool settle_place_on_disk(const item_id& id, const local_item& l, const item& b, const item& r);
  bool send_changes(const item_id& id, const local_item& l, const item& b, const item& r);
  bool send_move(const item_id& id, const local_item& l, const item& r);
  void move_on_disk(const item_id& id, const local_item& l, const item& r, cause why);
  void put_on_disk(const item_id& id, const item& r);
  op_id send_creation(const item_id& id, const local_item& l, std::vector<op_id> after);
  void delete_folder_there(const item_id& id, const item& r, const item_id& because_of);
  void come_back(const item_id& id, const item& r, cause why);
  void rescue(const item_id& id, cause why);

  // Conditions.
  bool folder_on_disk(const item_id& parent);
  bool folder_on_server(const item_id& parent, std::vector<op_id>& after);
  bool name_free_on_disk(const item_id& id, const item& wanted);
  bool name_free_on_server(const item_id& id, const place& wanted, std::vector<op_id>& after);
  bool name_held_by_one_under_way(const item_id& id, const item_id& occupant);
  bool circle_back_to(const item_id& id);
  void park_for_its_folder(const item_id& id, const local_item& l, const item& r);
  void unpark(const item_id& id, const local_item& l, place wanted);
  void visit_those_inside();
  void join_circles(const item_id& id, const op_id& op);
  bool adopt(const item_id& mine, const local_item& l, const item& theirs);
  void suffix(const item_id& id, const local_item& l, cause why);
  bool stays(const item_id& id, int depth = 0);
  bool inert(const item_id& id, int depth = 0);
  bool returns(const item_id& id, int depth = 0);
  bool agrees_below(const item_id& folder, int depth = 0);
  bool deleted_locally(const item_id& id);
  bool deleted_remotely(const item_id& id);
  bool inside_on_server(item_id folder, const item_id& candidate);
  void move_out_first(item_id folder, const item_id& candidate);
  std::optional<item_id> blocker_on_disk(item_id folder, const item_id& moving);

  draft d_;
  std::map<item_id, progress> state_;
  struct sent {
    item_id id;
    bool surely;  // nothing else can keep it from being sent
  };
  std::vector<sent> sending_;  // moves and creations under way, outermost first: for circles of them
  std::vector<std::set<item_id>> circles_;  // what can only happen at once
  std::vector<item_id> inside_;  // waits for a folder that is being decided about further up
};

}  // namespace tinysync::engine
