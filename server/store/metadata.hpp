#pragma once
// The server's truth, whatever keeps it. Every call is one transaction; one thread at a time. Times
// are UTC nanoseconds given by the caller. A database that cannot answer now is errc::unavailable.

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "platform/crypto/sha256.hpp"
#include "proto/codec/messages.hpp"
#include "server/blobs/blob_place.hpp"
#include "server/store/access.hpp"

namespace tinysync::server {

/// One device's request to change a vault, its inline contents stored already.
struct commit_request {
  device_id device;
  codec::mutation_request body;
  std::vector<stored_blob> received;  ///< contents that came with it
};

struct committed {
  /// One each: an answer, or why the request as a whole was refused.
  std::vector<result<codec::mutation_answer>> answers;
  position head;
  bool moved = false;               ///< the log grew
  std::vector<device_id> audience;  ///< devices that may see the vault
};

/// Where a reader wants to go on: a position, or a seq for people.
struct log_cursor {
  std::variant<position, seq_no> from;
  position told{};  ///< the highest the caller was ever told; it must be in the log, too

  log_cursor(const position& p) : from(p) {}
  log_cursor(seq_no s) : from(s) {}
};

/// Part of the vault as it was at one seq, in the order of item ids.
struct snapshot_slice {
  std::vector<std::pair<item_id, std::string>> items;  ///< live then, canonical bytes
  item_id last;                                        ///< go on after this
  bool done = false;
};

/// A snapshot that is served.
struct snapshot_record {
  position at;
  digest_sum digest;
  blob_hash ref;
  std::uint64_t size = 0, items = 0;
};

/// What to do about a request for a snapshot.
struct snapshot_need {
  std::optional<snapshot_record> ready;  ///< serve this
  position at;                           ///< else make one of this position
  digest_sum digest;
};

struct vault_head {
  vault_id vault;
  position at;
  std::vector<device_id> audience;
};

struct swept {
  std::uint64_t tokens = 0, invites = 0, snapshots = 0;
};

class metadata {
 public:
  virtual ~metadata() = default;

  // -- access
  /// Keeps an invite; `owner_if_first` raises it to owner while no owner is registered.
  virtual result<void> add_invite(const new_invite& i, bool owner_if_first) = 0;
  /// Redeems an invite: invite_invalid unless known, unused and of this time.
  virtual result<registered_device> register_device(const registration& r) = 0;
  /// Keeps an access token for the device of this secret; unauthenticated unless it matches.
  virtual result<device_id> open_session(const session_request& s) = 0;
  /// Who the token belongs to; unauthenticated if unknown, expired or revoked.
  virtual result<device_id> authenticate(const crypto::digest& token, std::int64_t now_ns) = 0;
  /// As authenticate, and what that device may do in the vault: not_found alike for unknown vaults
  /// and those out of reach, forbidden below `least`.
  virtual result<grant> authorise(const crypto::digest& token, const vault_id& vault, role least,
                                  std::int64_t now_ns) = 0;
  /// Devices that share a group with this one.
  virtual result<std::vector<codec::device_info>> devices(const device_id& asking) = 0;
  /// Oneself always; others takes an owner of a common group. The sessions end with it.
  virtual result<void> revoke(const device_id& asking, const device_id& who,
                              std::int64_t now_ns) = 0;

  // -- vaults
  virtual result<codec::vault_info> create_vault(const device_id& by, const std::string& name,
                                                 std::int64_t now_ns) = 0;
  /// unauthenticated if the device is revoked or unknown.
  virtual result<std::vector<codec::vault_info>> vaults(const device_id& asking) = 0;
  virtual result<codec::vault_info> rename_vault(const device_id& by, const vault_id& vault,
                                                 const std::string& name) = 0;
  /// A tombstone for the retention time.
  virtual result<void> delete_vault(const vault_id& vault, std::int64_t now_ns) = 0;
  /// Head of the vault and who may hear of it.
  virtual result<vault_head> head(const vault_id& vault) = 0;

  // -- history
  virtual result<committed> commit(const vault_id& vault,
                                   const std::vector<commit_request>& requests,
                                   std::int64_t now_ns) = 0;
  /// Entries after the cursor, at most about `limit` and 8 MiB, never part of a group.
  /// invalid_argument (not ours), history_diverged, snapshot_required.
  virtual result<codec::log_page> read_log(const vault_id& vault, const log_cursor& after,
                                           std::size_t limit, std::int64_t now_ns) = 0;
  virtual result<codec::digest_answer> digest(const vault_id& vault) = 0;
  /// One answer each, in order.
  virtual result<std::vector<codec::known_answer>> known(
      const vault_id& vault, const std::vector<codec::known_query>& queries) = 0;

  // -- snapshots
  virtual result<snapshot_need> need_snapshot(const vault_id& vault, std::int64_t now_ns) = 0;
  /// Items live at `at`, which may be behind the head.
  virtual result<snapshot_slice> slice(const vault_id& vault, seq_no at, const item_id& after,
                                       std::size_t limit) = 0;
  virtual result<codec::snapshot_answer> record_snapshot(const vault_id& vault,
                                                         const snapshot_record& s,
                                                         const stored_blob& blob,
                                                         std::int64_t now_ns) = 0;
  virtual result<codec::snapshot_answer> serve_snapshot(const vault_id& vault,
                                                        const snapshot_record& s) = 0;

  // -- blobs
  /// Which of these were never received in this vault.
  virtual result<std::vector<blob_hash>> missing(const vault_id& vault,
                                                 const std::vector<blob_hash>& hashes) = 0;
  /// Where they are; those not received in this vault are left out.
  virtual result<std::vector<stored_blob>> locate(const vault_id& vault,
                                                  const std::vector<blob_hash>& hashes) = 0;
  /// These were received in this vault and are durable.
  virtual result<void> record_blobs(const vault_id& vault, const std::vector<stored_blob>& blobs,
                                    std::int64_t now_ns) = 0;

  /// Removes what has expired: tokens, invites, snapshots superseded and unread for 7 days.
  virtual result<swept> sweep(std::int64_t now_ns) = 0;
};

}  // namespace tinysync::server
