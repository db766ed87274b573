#pragma once
// The index of one vault on one device: the trees on SQLite, and every change of them as one
// transaction. One thread at a time. Members throw sqlite::failure when the database itself fails.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/engine/brake.hpp"
#include "client/engine/observe.hpp"
#include "client/engine/plan.hpp"
#include "platform/crypto/history.hpp"
#include "platform/sqlite/database.hpp"
#include "proto/codec/messages.hpp"

namespace tinysync::journal {

struct journal_options {
  std::string path;  ///< of the database file
  sqlite::files* where = &sqlite::real_files();
  random_source random;
  std::string device_label = "device";
  engine::brake_limits brake;
  std::uint32_t most_pages = 0;  ///< see sqlite::options
  std::string vault, device;  ///< whose index it is: one of others is not trusted
};

/// A disk operation recorded before it is begun.
struct intent {
  std::uint64_t id = 0;
  engine::disk_op op;
};

/// What became of an intent.
struct intent_result {
  std::uint64_t id = 0;
  std::optional<errc> failed;
  engine::seen now;    ///< what is at the place after it
  engine::seen kept;   ///< replace: the displaced content, where it was kept as a conflict copy
  content_hash kept_hash;
  std::string kept_name;  ///< its name; empty: no copy was made
  std::string trashed;    ///< entry of the local trash that holds what was displaced
  bool open = false;      ///< somebody may still write to that
  /// Failed with something left in staging, a user's file perhaps: the intent stays, and recovery ends it.
  bool unfinished = false;
};

/// Where something in the local trash came from.
struct trashed {
  std::string path;
  item_id item;
  content_hash hash;
  bool open = false;  ///< somebody may still write to it
};

struct planned {
  std::vector<intent> disk;
  std::size_t mutations = 0, left = 0, waiting = 0;
  std::vector<engine::notice> notices;
};

struct outbox_row {
  op_id op;
  item_id item;
  tinysync::mutation mutation;
  bool sent = false;
  std::string path;  ///< where its content is; empty if it has none
  std::optional<engine::local_item> local;
};

struct summary {
  position cursor;
  seq_no head;
  std::uint64_t dirty = 0, outbox = 0, intents = 0, conflicts = 0, items = 0, parked = 0, braked = 0;
  std::vector<std::pair<std::string, std::string>> exempt;  ///< but for what a rule ignores
  std::uint64_t ignored = 0;
  std::vector<std::pair<std::string, std::string>> held_up;  ///< path and why it waits
  std::string state, reason;
};

struct conflict_copy {
  item_id item, original;
  std::string path, original_path;
  std::int64_t found_ns = 0;
  std::string cause;
  std::optional<engine::local_item> mine, theirs;
};

/// An operation that waits for a person: see engine/brake.
struct held_operation {
  item_id item;
  bool overwrites = false;  ///< else it deletes
  std::uint64_t items = 1;
  std::int64_t found_ns = 0;
  std::string path;  ///< by the server's tree
};

/// What there is between an index and the one before it (DESIGN §5 Panic-resync). Its name is stored.
enum class phase : std::uint8_t {
  none,       ///< the index is trusted
  snapshot,   ///< nothing but the server's tree, on its way in
  salvage,    ///< the server's tree is here; the old index and the disk have not been looked at
  reconcile,  ///< salvaged and in place: after the first scan the server is asked what is stale
};
std::string_view name_of(phase p);

/// What the synced folder tells of its index.
struct root_says {
  bool had_index = false;   ///< it was synced before
  bool last_index = false;  ///< and the former index is the one it was last synced with
};

/// What became of the former index.
struct salvage_report {
  std::uint64_t rows = 0;
  std::vector<std::string> damaged;  ///< tables that could be read in part at most
};

/// A local entry of which only the server can tell what it is: a version of the item (`item`), or of
/// what was deleted where it is (`query.at`).
struct doubt {
  item_id local;
  codec::known_query query;
};

/// A file that a program holds open for writing is waited for so long, then it is swapped all the same.
inline constexpr std::int64_t busy_for_ns = 60'000'000'000;
/// This often refused without a change in between, an item is parked with the reason.
inline constexpr int most_refusals = 8;

class journal final : public engine::tree_view {
 public:
  static result<std::unique_ptr<journal>> open(journal_options options);
  /// Is it an index of this vault, sound, with the remote tree that it says? Reads all of it.
  /// local_state_corrupt says what is wrong.
  result<void> check();
  /// Whatever differs is looked at, should the index have forgotten that it must be; what no scan
  /// would come by is forgotten.
  result<void> heal();

  // -- tree_view
  std::optional<item> remote(const item_id& id) override;
  std::optional<item> base(const item_id& id) override;
  std::optional<engine::local_item> local(const item_id& id) override;
  std::optional<item_id> remote_at(const place& p) override;
  std::optional<item_id> local_at(const place& p) override;
  std::vector<item_id> remote_children(const item_id& parent) override;
  std::vector<item_id> local_children(const item_id& parent) override;
  std::vector<item_id> local_by_inode(std::uint64_t inode) override;
  engine::busy busy(const item_id& id) override;
  bool being_created(const item_id& id) override;

  // -- observations of the disk
  /// Records what a scan concluded. Returns how many items differ from before.
  std::size_t record(const engine::local_changes& changes);
  /// Of the listed folders those that could not be listed before: nothing is known of what happened below.
  std::vector<std::string> listed_again(const engine::local_changes& changes);
  std::vector<std::string> suspect_folders();
  /// The next so many files, in turns, are read again although nothing about them has changed.
  void distrust_some(std::size_t files);
  /// Path by the local tree; nothing if the item is not on the disk.
  std::optional<std::string> local_path(const item_id& id);
  /// Path by the server's tree; nothing if it does not have the item.
  std::optional<std::string> remote_path(const item_id& id);

  // -- planning
  planned plan_next(std::size_t most_items, std::size_t most_disk_ops,
                    const std::string& correlation, std::int64_t now_ns);
  void record(const std::vector<intent_result>& results, std::int64_t now_ns);
  std::vector<intent> intents();
  /// Something that others may wait for has ended: they are looked at again.
  void wake_waiting();
  void mark_all_dirty();

  // -- the local trash
  std::optional<tinysync::journal::trashed> trashed_as(const std::string& entry);
  void put_trashed(const std::string& entry, const tinysync::journal::trashed& from);
  void record_trashed(const intent& i, const std::string& entry, bool open);
  /// Entries that somebody may still write to.
  std::vector<std::string> open_trash();
  void close_trash(const std::vector<std::string>& entries);
  /// Something that was written to while it was displaced is a file of the folder again, at `path`:
  /// the conflict copy of an item.
  void adopt_displaced(const std::string& path, const engine::seen& now, const item_id& of,
                       std::int64_t now_ns);
  void forget_trashed(const std::vector<std::string>& entries);

  // -- the mass-change brake
  std::vector<held_operation> held_back();
  /// They go to the server; returns how many.
  std::size_t approve_held_back();
  /// They are undone here; returns how many.
  std::size_t reject_held_back();
  /// Everything is in sync: what is destroyed from now on is counted anew.
  void burst_over();

  // -- outbox
  /// Unanswered operations, sent ones first, in order; at most `limit`.
  std::vector<outbox_row> unanswered(std::size_t limit);
  void mark_sent(const std::vector<op_id>& ops);
  /// Drops operations never sent: their content is not what it was.
  void give_up(const std::vector<op_id>& ops);
  std::vector<op_id> retired();
  /// Records an answer. Returns how many operations were refused.
  std::size_t record(const codec::mutation_answer& answer);

  // -- the server's log
  position cursor();
  position highest();  ///< the highest position anything told
  bool bootstrapped();
  void note_head(const position& p);
  /// Replays one page; errors: integrity_violation (chain or digest), update_required (a kind this
  /// version does not know), malformed. On an error nothing has changed.
  result<void> replay(const codec::log_page& page);
  void snapshot_begin();
  /// Adds items by their canonical bytes; malformed changes nothing.
  result<void> snapshot_add(const std::vector<std::string>& canonicals);
  /// Puts the snapshot in place if its digest holds, else integrity_violation.
  result<void> snapshot_end(const position& at, const digest_sum& digest);
  vault_digest digest();

  // -- panic-resync
  enum phase phase();
  void set_phase(enum phase p);
  /// A new index: it says whose it is, and waits for the snapshot.
  void begin_phases();
  /// What recovery and the lifecycle need of the index at `path`, before the snapshot is here.
  void take_over_state(const std::string& path);
  /// Takes over what the index at `path` holds, if there is one, row by row as far as it can be read,
  /// next to the server's tree that is here; then the phase is reconcile. The file is not changed.
  salvage_report salvage(const std::optional<std::string>& path, const root_says& root,
                         std::int64_t now_ns);
  /// Intents of the index at `path`, as far as they can be read: to be ended before the salvage.
  std::vector<intent> intents_of(const std::string& path);
  /// After a scan: joins entries to items of their paths where that says nothing new, and returns
  /// what to ask the server. `lost`: there was an index here, so what the server does not have may
  /// have been deleted there. Nothing to ask: the index is as it should be.
  std::vector<doubt> reconcile(bool lost);
  /// Where replay has been, oldest first.
  std::vector<std::pair<seq_no, chain_hash>> chains();
  /// The server's history is another since that seq: known to the index that is built next.
  void part_at(seq_no agreed);
  void settle(const std::vector<doubt>& asked, const std::vector<codec::known_answer>& answers);

  // -- state
  std::string state(std::string_view key);
  void put_state(std::string_view key, std::string_view value);
  tinysync::journal::summary summary();
  std::vector<conflict_copy> conflicts();
  /// Paths that a rule keeps from being synced; at most 1,000.
  std::vector<std::string> ignored();
  /// It is settled: the copy is a file like any other.
  void close_conflict(const item_id& copy);
  bool synced();  ///< nothing dirty, nothing under way, the cursor at the highest position told

 private:
  explicit journal(sqlite::database db, journal_options options);
  void touch(const item_id& id);
  void put_base(const item& it);
  void put_local(const engine::local_item& l);
  void put_remote(const item& it, std::string_view canonical, vault_digest& sums);
  void drop_remote(const item_id& id, vault_digest& sums);
  void drop_remote_subtree(const item_id& id, vault_digest& sums);
  void drop_others_at(const place& at, const item_id& here);
  std::optional<item_id> local_at_except(const place& at, const item_id& here);
  void forget_exempt(const std::string& path);
  void dirty_base_below(const item_id& folder);
  void drop_local_below(const item_id& folder);
  bool holds_only_what_is_not_synced(const item_id& folder);
  void leave_alone(const item_id& folder);
  void note_held_up(const engine::disk_op& op, const std::optional<errc>& failed, std::int64_t now_ns);
  void drop_base_subtree(const item_id& id);
  void apply(const engine::tree_op& op);
  void brake_plan(engine::plan& p, std::int64_t now_ns);
  std::vector<engine::destruction> burst();
  void bring_back(const item_id& id);
  std::uint64_t add(const engine::disk_op& op);
  intent read_intent(const sqlite::rows& r);
  void finish(const intent& i, const intent_result& r, std::int64_t now_ns);
  void keep_displaced(const engine::disk_op& op, const intent_result& r, std::int64_t now_ns);
  bool nothing_new(const codec::log_page& page);
  result<void> replay_row(const codec::log_page& page, const log_entry& e, position& at,
                          vault_digest& sums);
  result<void> apply_row(const log_row& row, vault_digest& sums);
  void complete_due(seq_no cursor);
  void complete(const op_id& op, const mutation& m, bool succeeded, std::string_view canonical,
                std::string_view why);
  void store_cursor(const position& at, const vault_digest& sums);
  void read_old(const std::string& path, salvage_report& report);
  result<std::string> old_state(const std::string& key);
  bool old_is_ours();
  void drop_orphans();
  std::string old_columns(const struct salvaged_table& t);
  void copy_rows(const salvaged_table& t, salvage_report& report);
  void drop_unreadable(salvage_report& report);
  void keep_only_evidence();
  void distrust_local_rows();
  std::optional<seq_no> parted();
  void follow_other_history(seq_no agreed);
  item confirmed(item agreed, const item& theirs, seq_no both);
  void doubt_those_missing(std::vector<doubt>& out);
  bool settle_missing(const doubt& d, const codec::known_answer& a);
  void join_by_path(const item_id& folder, bool lost, std::vector<doubt>& out);
  bool join_one(const engine::local_item& l, const item& theirs, std::vector<doubt>& out);
  void doubt_identified(const item_id& id, std::vector<doubt>& out);
  void settle_one(const doubt& d, const codec::known_answer& a);
  void rekey(const item_id& from, const item_id& to);
  void agree_on(const engine::local_item& l, const std::optional<item>& as);
  std::optional<item_id> one(std::string_view query, const place& p);
  std::vector<item_id> many(std::string_view query, const item_id& parent);

  sqlite::database db_;
  journal_options options_;
  std::set<item_id> asked_;  // in this reconciliation
};

}  // namespace tinysync::journal
