#pragma once
// The real transport: HTTPS to one server whose CA is pinned.

#include <memory>
#include <string>

#include "platform/crypto/sha256.hpp"
#include "platform/net/io_threads.hpp"
#include "platform/net/transport.hpp"

namespace tinysync::net {

struct https_transport_options {
  std::string url;     ///< "https://host[:port]"; a path is refused
  crypto::digest pin;  ///< SHA-256 of the CA's SubjectPublicKeyInfo
  int metadata_connections = 1;
  int small_connections = 1;
  int bulk_connections = 2;
  std::size_t response_limit = 40u << 20;
  std::size_t header_limit = 16u << 10;
  std::size_t queued_requests = 4096;  ///< waiting in one lane; beyond: overloaded
  std::chrono::seconds connect_timeout{10};
  std::chrono::seconds keep_idle{50};  ///< an unused connection is closed after this
  websocket_limits websockets;
};

/// The server's chain must contain a CA with the pinned key, be signed by it, be valid today and
/// name the host; otherwise pin_mismatch. Thread-safe.
class https_transport final : public transport {
 public:
  /// Connects to nobody yet. invalid_argument on a bad URL.
  static result<std::unique_ptr<https_transport>> create(io_threads& io,
                                                         https_transport_options options);
  /// Everything under way hears cancelled, on an io thread, soon after this returned.
  ~https_transport() override;
  void exchange(cloud_request request, response_callback done) override;
  void open_websocket(std::string target, header_list headers, websocket_callback done) override;
  /// TCP connections made so far (for tests and metrics).
  std::uint64_t connections_made() const;

  struct internals;

 private:
  explicit https_transport(std::shared_ptr<internals> in);
  std::shared_ptr<internals> in_;
};

struct url_parts {
  std::string host;
  std::uint16_t port = 443;
};
/// Of "https://host[:port][/]"; invalid_argument otherwise. IPv6 hosts in brackets.
result<url_parts> parse_https_url(std::string_view url);

}  // namespace tinysync::net
