#pragma once
// Known mistakes, of which a build with TINYSYNC_PLANTED makes the one that TINYSYNC_MISTAKE names: what the
// tests and the simulator are tested with. In every other build there are none, and their code is none.

#include <array>
#include <cstdlib>
#include <string_view>

namespace tinysync {

// name, what is wrong
#define TINYSYNC_MISTAKES(X)                                                                    \
  X(no_folder_fsync, "entries of folders are not made durable before the index says they are")  \
  X(no_content_fsync, "a download is put in place before its bytes are durable")                \
  X(index_not_durable, "commits of the agent's index are not synced")                           \
  X(scan_ahead_of_disk, "what a scan found is recorded before it is durable")                   \
  X(recursive_delete, "a deleted folder goes with whatever is in it")                           \
  X(copy_over_what_is_there, "a conflict copy takes the place of what has its name")            \
  X(swap_without_inspection, "what a swap brought out is not looked at")                        \
  X(delete_without_inspection, "what is deleted is not looked at")                              \
  X(staging_swept, "recovery removes all that is in staging")                                   \
  X(parked_forgotten, "recovery leaves what is parked where it is")                             \
  X(work_forgotten, "recovery does not know again what had been achieved")                      \
  X(stat_of_afterwards, "the index takes what is there after a move for what was moved")        \
  X(half_a_move_is_a_delete, "what is missing in one folder is not looked for in others")       \
  X(errors_look_empty, "a folder that cannot be listed is an empty one")                        \
  X(absence_is_evidence, "what a folder that cannot be read held counts as gone")                       \
  X(overflow_ignored, "lost events are not made up for by a scan")                              \
  X(size_and_mtime_trusted, "a file is unchanged if size and mtime are")                        \
  X(inode_alone_trusted, "an inode number is an identity")                                      \
  X(delete_beats_edit, "a delete here removes what was edited there meanwhile")                 \
  X(theirs_replaces_mine, "an edit from elsewhere replaces mine without a copy")                \
  X(modes_forgotten, "new files get the usual permissions")                                     \
  X(any_content_wins, "the server does not compare the content an edit was made from")          \
  X(any_place_wins, "the server does not compare the place a move was made from")               \
  X(any_delete_wins, "the server does not compare what a delete has seen")                      \
  X(no_idempotency, "the server judges a repeated operation anew")                              \
  X(refusals_remembered, "the server repeats every refusal of an operation")                    \
  X(groups_in_parts, "the server judges the members of a group one by one")                     \
  X(server_not_durable, "commits of the server are not synced")                                 \
  X(blobs_not_durable, "contents on the server are not synced before they are referred to")      \
  X(root_not_checked, "whatever folder is at the root's path is taken for the root")            \
  X(echo_by_time, "what happens within two seconds of the agent's own work is its echo")        \
  X(answers_move_trees, "what the server answered is agreed upon before its row is replayed")   \
  X(cursor_apart, "the cursor moves in a transaction of its own, before what it stands for")    \
  X(told_forgotten, "a position that was told is not presented to the server again")            \
  X(other_history_believed, "what a restored server lost is taken for deleted and undone")      \
  X(modes_not_agreed, "a replaced file's new permissions are not part of what is agreed upon")  \
  X(moves_not_followed, "what was noted for a folder is looked for where it was")               \
  X(parked_not_looked_at, "what is written to a parked file is not looked at")                  \
  X(folder_made_in_place, "the index takes what has a new folder's name for that folder")        \
  X(old_folder_is_the_new, "recovery takes a folder that has not left yet for the one to come")

enum class mistake : unsigned char {
#define X(name, wrong) name,
  TINYSYNC_MISTAKES(X)
#undef X
};

struct mistake_row {
  std::string_view name, wrong;
};
inline constexpr std::array mistakes = {
#define X(name, wrong) mistake_row{#name, wrong},
    TINYSYNC_MISTAKES(X)
#undef X
};

#ifdef TINYSYNC_PLANTED
inline bool planted(mistake m) {
  static const char* chosen = std::getenv("TINYSYNC_MISTAKE");
  return chosen && mistakes[static_cast<std::size_t>(m)].name == chosen;
}
#else
constexpr bool planted(mistake) { return false; }
#endif

}  // namespace tinysync
