#pragma once
// A client of the simulated server that is no agent: it reads what anybody may.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proto/codec/messages.hpp"
#include "tools/sim/world.hpp"

namespace tinysync::sim {

class probe {
 public:
  /// Registers as a device of its own.
  explicit probe(world& w);
  std::vector<log_entry> log();
  /// Nothing: the server has none of that hash (32 bytes).
  std::optional<std::string> blob(const std::string& hash);

 private:
  net::http_response ask(const std::string& method, const std::string& target, std::string body = {});
  net::http_response with_token(const std::string& target);

  world& w_;
  std::unique_ptr<net::transport> line_;
  std::string secret_, token_;
};

}  // namespace tinysync::sim
