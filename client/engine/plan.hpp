#pragma once
// What the planner decides: values that a shell carries out.

#include <string>
#include <vector>

#include "client/engine/trees.hpp"
#include "proto/vocabulary/mutation.hpp"

namespace tinysync::engine {

/// Why a decision was taken; shown by `status`, logs and later by `why`.
enum class cause : std::uint8_t {
  new_here, new_there, edited_here, edited_there, moved_here, moved_there, deleted_here,
  deleted_there, mode_here, mode_there,
  same_on_both,           ///< equal already: agreed without a transfer
  conflicting_edit,       ///< mine becomes a conflict copy
  conflicting_move,       ///< the server's order wins, mine is dropped
  name_taken,             ///< mine is suffixed
  delete_lost,            ///< mine loses against their edit: theirs comes back
  edit_beats_delete,      ///< theirs deleted what I edited: created anew
  rescued_folder,         ///< deleted there, but it holds something of mine
  makes_way,              ///< parked until its name is free
};
std::string_view name_of(cause c);

enum class verb : std::uint8_t {
  make_folder,   ///< at `to`
  create_file,   ///< staged content to `to`
  create_link,   ///< at `to`
  replace,       ///< staged content over `from`; the displaced goes to `keep_as` or the trash
  set_mode,      ///< bits of `state` onto `from`
  move,          ///< `from` to `to`
  aside,         ///< my own content gets out of the way: `from` to `to`
  park,          ///< `from` into the parking folder
  remove,        ///< a file or link into the trash, an empty folder by rmdir
};
std::string_view name_of(verb v);

/// One step on the disk. Places are those that hold when the step's turn comes: a batch is carried
/// out in order.
struct disk_op {
  verb what;
  item_id id;
  place from, to;
  std::optional<item> state;           ///< the server's state that is put in place
  mode_bits mode;                      ///< bits the file gets
  std::optional<local_item> expected;  ///< what the index says is at `from`
  std::string keep_name;               ///< replace: conflict name, should the displaced be mine
  item_id keep_id;                     ///< replace: the id it gets
  std::string from_path, to_path;      ///< relative to the root, filled by the planner
  cause why;
  bool insist = false;                 ///< it was busy for long: also while a program has it open
};

/// A change of the trees alone.
struct tree_op {
  enum class what : std::uint8_t {
    set_base,   ///< agreed: base becomes `state`
    drop_base,  ///< no longer agreed about
    rekey,      ///< the local entry `id` is the item `to` (adopted, or created anew)
  } kind;
  item_id id, to;
  std::optional<item> state;
  cause why;
};

struct notice {
  item_id id;
  cause why;
};

struct plan {
  std::vector<tree_op> trees;        ///< in order, before everything else
  std::vector<disk_op> disk;         ///< in order
  std::vector<mutation> mutations;   ///< in order
  std::vector<item_id> settled;      ///< looked at, nothing left to do now
  std::vector<item_id> waiting;      ///< to be looked at again when something has finished
  std::vector<notice> notices;
  bool empty() const { return trees.empty() && disk.empty() && mutations.empty(); }
};

struct plan_options {
  std::string device_label = "device";
  random_source random;             ///< for op ids and new item ids
  seq_no cursor;                    ///< what has been replayed: DeleteSubtree's seen_seq
  std::size_t most_disk_ops = 512;
  std::string correlation;
};

/// Of what a conflict copy is made.
struct copy_of {
  item_id id;
  content_hash hash;
  std::int64_t mtime_ns;
  std::string_view device;  ///< label
};
/// The name of a conflict copy beside `name` (DESIGN §5 Conflict copies); `attempt` > 1 where it is taken.
std::string copy_name(std::string_view name, const copy_of& c, int attempt = 1);

/// Pure: from the trees and the items to look at to operations that cannot conflict with each other.
/// Looks at `dirty` in order and stops when the disk batch is full; what it did not reach is in
/// neither `settled` nor `waiting`.
plan make_plan(tree_view& trees, const std::vector<item_id>& dirty, const plan_options& options);

}  // namespace tinysync::engine
