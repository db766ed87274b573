#pragma once
// Inside server/store only: one group commit on one vault, inside the caller's transaction.

#include "platform/crypto/history.hpp"
#include "server/store/sqlite_vault.hpp"

namespace tinysync::server {

/// Judges and writes request after request; finish() makes the vault's row follow.
class sqlite_metadata::committer {
 public:
  /// Throws not_found.
  committer(sqlite_metadata& store, const vault_id& id, std::int64_t now_ns);

  /// `careful`: each unit in a savepoint; what fails for no fault of the database is answered
  /// rejected(internal).
  result<codec::mutation_answer> run(const commit_request& r, bool careful);
  void append_epoch();
  void finish();
  bool moved() const { return moved_; }
  const vault_row& vault() const { return v_; }

 private:
  struct working;
  /// What a failed unit must leave as it was.
  struct state {
    vault_row v;
    vault_digest sums;
    bool moved;
  };

  result<void> check_positions(const commit_request& r);
  result<void> find_known(working& w);
  void retire(working& w);
  void run_units(working& w, bool careful);
  bool run_unit(working& w, const std::vector<std::size_t>& members, bool careful);
  void judge_unit(working& w, const std::vector<std::size_t>& members);
  void record(working& w, std::size_t i, const decision& d, position at);
  outcome applied_before(const op_id& op, sqlite::rows& r);
  std::vector<position> write(working& w, const std::vector<std::size_t>& members,
                              const judgement& j);
  void change(const item& now, bool place_it, std::string& canonical);
  position append(log_row row, std::optional<crypto::digest> request);

  sqlite_metadata& store_;
  sqlite::database& db_;
  vault_id id_;
  std::int64_t now_ns_;
  vault_row v_;
  vault_digest sums_;
  bool moved_ = false;
  sqlite_vault tree_;
};

}  // namespace tinysync::server
