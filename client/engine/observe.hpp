#pragma once
// From listings of folders to changes of the local tree (DESIGN §5 Moves, Absence is never
// evidence). Pure: it reads the local tree, wishes for more listings and hashes, and concludes.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "client/engine/pace.hpp"
#include "client/engine/trees.hpp"

namespace tinysync::engine {

/// One entry of a folder as listed.
struct listed_entry {
  std::string name;
  engine::seen seen;
  bool special = false;    ///< neither file, folder nor symlink: never synced
  std::string unreadable;  ///< why nothing can be said about it: its row stays as it is
  bool ignored = false;    ///< by a rule: not synced unless it is already
};

struct listing {
  std::string path;  ///< of the folder, relative to the root; "" is the root
  std::vector<listed_entry> entries;
  std::string failed;  ///< not enumerated completely: nothing below it counts as gone
  std::optional<engine::seen> self;  ///< the folder itself, if it is not the root
  bool ignored = false;              ///< by a rule, it or a folder above it
};

/// The content of an entry, read between two equal stats.
struct hashed_entry {
  std::string path;
  engine::seen seen;
  content_hash hash;
  std::string link_target;
  std::string failed;  ///< error code; the entry is looked at again
};

struct scan_wishes {
  std::vector<std::string> to_list;
  std::vector<std::pair<std::string, seen>> to_hash;
  bool empty() const { return to_list.empty() && to_hash.empty(); }
  bool differs = false;  ///< something in the folder is not as the index has it
};

struct local_changes {
  std::vector<local_item> changed;  ///< new or other than before; parents before children
  std::vector<item_id> touched;     ///< of these: a difference the planner must look at
  std::vector<item_id> gone;
  std::vector<item_id> taken;  ///< files with other content than before
  std::vector<item_id> looked_at;  ///< files that were read, or could not be
  std::vector<item_id> held;   ///< files that change too often to be looked at now
  std::int64_t held_until_ns = 0;  ///< when the first of those is due
  std::map<std::string, std::string> exempt;  ///< path → reason
  std::set<std::string> listed;               ///< folders whose exemptions were observed anew
  std::vector<std::string> again;             ///< folders to be scanned once more, with all below
  std::vector<std::string> later;   ///< folders in which something could not be read just now
  std::vector<std::string> ignored_folders;  ///< what happens in them is of no interest
  bool suspects = false;                      ///< some are to be looked at again after the window
};

/// Why an entry is exempt that a rule keeps from being synced.
inline constexpr const char* ignored_reason = "ignored";

/// An entry whose mtime or ctime is this close to its observation may still hide a change.
inline constexpr std::int64_t suspect_window_ns = 2'000'000'000;

/// One scan: any number of listings and hashes, then one conclusion.
class scan_batch {
 public:
  /// With a pace, files that keep changing are left alone for a while; `now_ns` is when it begins.
  explicit scan_batch(tree_view& trees, const pace* p = nullptr, std::int64_t now_ns = 0)
      : trees_(trees), pace_(p), now_ns_(now_ns) {}
  /// `recursive`: also wishes for the known folders below.
  scan_wishes compare(const listing& l, bool recursive);
  void hashed(hashed_entry h);
  /// A folder that was compared already, listed once more: what seemed to have gone and is in it has moved.
  /// It is for the next scan to take it up.
  void sighted(const listing& l);
  /// Is anything not where it was? It may have moved to where nobody has looked.
  bool misses_something() const { return !vanished_.empty(); }
  local_changes conclude(std::int64_t now_ns, const random_source& random);

 private:
  struct appearance {
    std::string path;
    engine::seen seen;
    std::optional<item_id> here;      // the row that has this path, if any
    std::optional<item_id> identity;  // the row that had this inode, if any
    std::optional<hashed_entry> content;
    bool carried = false;  // content taken over from the row of its inode
    bool dropped = false;
    bool ignored = false;  // unless it turns out to be a synced item that moved here
  };
  scan_wishes compare_folder(const listing& l, bool recursive);
  void compare_entry(const listing& l, const std::optional<item_id>& folder, const listed_entry& e,
                     scan_wishes& wishes);
  void appeared(appearance a, scan_wishes& wishes);
  bool hold_back(const local_item& row, const seen& now);
  bool leave_ignored(const std::optional<item_id>& folder, const listed_entry& e);
  std::optional<item_id> known_inode(const seen& s);
  std::optional<item_id> folder_at(const std::string& path);
  std::string path_of(const item_id& id);
  bool is_gone(const item_id& id);
  void settle_identities();
  void leave_with_their_folder();
  void match_by_content();
  void place_all(std::int64_t now_ns, const random_source& random, local_changes& out);
  void place_one(appearance& a, const item_id& parent, std::int64_t now_ns,
                 const random_source& random, local_changes& out);
  void remove_gone(local_changes& out);
  void remove_below(const item_id& id, local_changes& out);
  bool usable(const appearance& a) const;

  tree_view& trees_;
  const pace* pace_;
  std::int64_t now_ns_;
  bool recursive_ = false;
  std::vector<local_item> held_;
  std::int64_t held_until_ = 0;
  std::map<std::string, appearance> found_;  // new, replaced or changed entries by path
  std::map<item_id, std::string> moved_;     // row → path it is at now
  std::set<item_id> vanished_, removed_;
  std::set<std::string> listed_, frozen_;
  std::map<std::string, std::string> exempt_;
  std::map<std::string, item_id> replaced_;  // path of an unknown folder → the row that had it
  std::map<std::string, item_id> placed_;    // new ids of folders by path
  std::vector<std::string> later_, ignored_folders_;
};

}  // namespace tinysync::engine
