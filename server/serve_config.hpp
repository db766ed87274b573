#pragma once
// What an operator decides, with defaults. One struct; a file sets it, the command line wins.

#include <optional>
#include <string>

#include "proto/vocabulary/result.hpp"
#include "server/actors/server_doors.hpp"

namespace tinysync::server {

struct serve_config {
  std::string data;                       ///< the data folder; created if absent
  std::string listen = "127.0.0.1:8443";  ///< host:port; port 0: any free one
  std::string public_url;                 ///< as devices reach it; else made from `listen`
  std::string store = "sqlite";           ///< or postgres://…
  std::string blobs = "dir";              ///< or s3://…
  std::string log_level = "info";
  server_config limits;

  /// Reads the keys of a TOML file over the defaults.
  result<void> load(const std::string& path);
  /// invalid_argument, or not_built_yet for engines of a later version.
  result<void> validate() const;
};

struct host_port {
  std::string host;
  std::uint16_t port = 0;
};
/// Of "host:port" or "[::1]:port"; invalid_argument otherwise.
result<host_port> parse_listen(const std::string& text);

}  // namespace tinysync::server
