#pragma once
// The metadata in SQLite: one file, WAL, every commit on the disk when it returns.

#include <functional>

#include "platform/crypto/history.hpp"
#include "platform/sqlite/database.hpp"
#include "server/core/judge.hpp"
#include "server/store/metadata.hpp"

namespace tinysync::server {

struct sqlite_store_options {
  std::string path;
  bool in_memory = false;  ///< tests
  sqlite::files* where = &sqlite::real_files();
  random_source random;
  std::optional<std::uint64_t> vault_quota;    ///< bytes of live content; nothing: unlimited
  std::uint64_t snapshot_tail = 10'000;        ///< renewed past this many rows …
  std::uint64_t page_bytes = 8 * 1024 * 1024;  ///< of one log page, about
  std::size_t page_entries = 5'000;            ///< most of one log page
  std::function<void(const mutation&)> before_judging;  ///< tests: throws to be a culprit
};

class sqlite_metadata final : public metadata {
 public:
  /// Opens or creates, and migrates. local_state_corrupt, update_required, permission_denied, …
  static result<std::unique_ptr<sqlite_metadata>> open(sqlite_store_options options);

  result<void> add_invite(const new_invite& i, bool owner_if_first) override;
  result<registered_device> register_device(const registration& r) override;
  result<device_id> open_session(const session_request& s) override;
  result<device_id> authenticate(const crypto::digest& token, std::int64_t now_ns) override;
  result<grant> authorise(const crypto::digest& token, const vault_id& vault, role least,
                          std::int64_t now_ns) override;
  result<std::vector<codec::device_info>> devices(const device_id& asking) override;
  result<void> revoke(const device_id& asking, const device_id& who, std::int64_t now_ns) override;

  result<codec::vault_info> create_vault(const device_id& by, const std::string& name,
                                         std::int64_t now_ns) override;
  result<std::vector<codec::vault_info>> vaults(const device_id& asking) override;
  result<codec::vault_info> rename_vault(const device_id& by, const vault_id& vault,
                                         const std::string& name) override;
  result<void> delete_vault(const vault_id& vault, std::int64_t now_ns) override;
  result<vault_head> head(const vault_id& vault) override;

  result<committed> commit(const vault_id& vault, const std::vector<commit_request>& requests,
                           std::int64_t now_ns) override;
  result<codec::log_page> read_log(const vault_id& vault, const log_cursor& after,
                                   std::size_t limit, std::int64_t now_ns) override;
  result<codec::digest_answer> digest(const vault_id& vault) override;
  result<std::vector<codec::known_answer>> known(
      const vault_id& vault, const std::vector<codec::known_query>& queries) override;

  result<snapshot_need> need_snapshot(const vault_id& vault, std::int64_t now_ns) override;
  result<snapshot_slice> slice(const vault_id& vault, seq_no at, const item_id& after,
                               std::size_t limit) override;
  result<codec::snapshot_answer> record_snapshot(const vault_id& vault, const snapshot_record& s,
                                                 const stored_blob& blob,
                                                 std::int64_t now_ns) override;
  result<codec::snapshot_answer> serve_snapshot(const vault_id& vault,
                                                const snapshot_record& s) override;

  result<std::vector<blob_hash>> missing(const vault_id& vault,
                                         const std::vector<blob_hash>& hashes) override;
  result<std::vector<stored_blob>> locate(const vault_id& vault,
                                          const std::vector<blob_hash>& hashes) override;
  result<void> record_blobs(const vault_id& vault, const std::vector<stored_blob>& blobs,
                            std::int64_t now_ns) override;
  result<swept> sweep(std::int64_t now_ns) override;

  /// Forgets the log up to this seq, as retention would; for tests of 410.
  result<void> retain_after(const vault_id& vault, seq_no seq);
  /// The open database, for tests that look or that restore a backup.
  sqlite::database& raw_database() { return db_; }

 private:
  struct vault_row;
  class sqlite_vault;
  class committer;
  enum class standing { fine, foreign, diverged, ahead };

  sqlite_metadata(sqlite::database db, sqlite_store_options options);
  void load_seal_key();
  vault_row vault_of(const vault_id& id);  ///< throws not_found
  std::vector<item> deleted_at(const vault_row& v, const place& at);
  bool is_deleted(const vault_row& v, const item_id& id);
  position head_of(const vault_id& id, const vault_row& v);
  position sealed(const vault_id& id, position p) const;
  bool seal_holds(const vault_id& id, const position& p) const;
  standing standing_of(const vault_id& id, const vault_row& v, const position& p);
  void open_epoch(const vault_id& id, std::int64_t now_ns);
  codec::vault_info info_of(const device_id& asking, const vault_id& vault);
  role role_of(const device_id& device, std::int64_t vault_no);
  std::vector<device_id> audience_of(std::int64_t vault_no);
  void keep_blob(std::int64_t vault_no, const stored_blob& b, std::int64_t now_ns);
  codec::snapshot_answer answer_of(const vault_id& id, const vault_row& v,
                                   const snapshot_record& s);
  template <class F>
  auto attempt(F f) -> result<decltype(f())>;

  sqlite::database db_;
  sqlite_store_options options_;
  std::string seal_key_;
};

}  // namespace tinysync::server
