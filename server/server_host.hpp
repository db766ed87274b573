#pragma once
// The server as a process: real doors, real threads, and the order in which they start and stop.

#include <memory>
#include <optional>

#include "server/installation.hpp"

namespace tinysync::server {

class server_host {
 public:
  server_host(installation where, serve_config config);
  ~server_host();
  /// Serves when it returns; the URL devices use.
  result<std::string> start();
  /// Until a signal (nothing) or the root's escalation (why). Renews the certificate meanwhile.
  std::optional<error> wait();
  /// Drains: connections first, then the tree in reverse order. False if something did not end.
  bool stop();

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace tinysync::server
