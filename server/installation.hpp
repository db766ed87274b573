#pragma once
// The data folder of one installation: its certificate authority, certificate, database, blobs.

#include <memory>
#include <string>

#include "platform/crypto/authority.hpp"
#include "proto/vocabulary/invite.hpp"
#include "proto/vocabulary/result.hpp"
#include "server/serve_config.hpp"
#include "server/store/metadata.hpp"

namespace tinysync::server {

/// What an operator asks of a new invite.
struct invite_wish {
  std::string group{first_group};
  std::optional<server::role> role;  ///< nothing: writer, or owner while there is none
  std::uint32_t uses = 1;
  std::chrono::milliseconds expires{std::chrono::hours(7 * 24)};
};

class installation {
 public:
  /// Makes the folder (0700) and, the first time, the authority. local_state_corrupt where a former
  /// authority is gone: devices trust no other.
  static result<installation> open(const std::string& folder);
  /// Makes nothing: invalid_argument where no server has ever served.
  static result<installation> open_existing(const std::string& folder);

  const std::string& folder() const { return folder_; }
  std::string file(std::string_view name) const { return folder_ + "/" + std::string(name); }
  const crypto::authority& authority() const { return authority_; }

  /// The server's certificate for these names: the one kept, or a fresh one if that expires within
  /// 30 days or lacks a name.
  result<crypto::server_certificate> certificate(const crypto::server_names& names,
                                                 std::int64_t now_s) const;
  result<std::shared_ptr<metadata>> open_database(const server_config& limits) const;

  /// How devices reach the server, as told by the last run that served.
  result<std::string> public_url() const;
  result<void> keep_public_url(const std::string& url) const;
  /// A new invite, durable; works while a server runs on the folder.
  result<invite> make_invite(const std::string& url, const invite_wish& wish) const;

 private:
  installation(std::string folder, crypto::authority authority)
      : folder_(std::move(folder)), authority_(std::move(authority)) {}
  std::string folder_;
  crypto::authority authority_;
};

}  // namespace tinysync::server
