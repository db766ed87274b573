#pragma once
// Inside platform/net only: what the clients and servers of a simulated network share.

#include <map>
#include <set>

#include "platform/crypto/randomness.hpp"
#include "platform/net/fake_network.hpp"

namespace tinysync::net {

struct fake_call;
class fake_websocket;

/// Both ends of one WebSocket.
struct fake_socket_pair {
  std::string client, server;
  std::shared_ptr<fake_websocket> ends[2];  ///< the client's, the server's
};

struct fake_network::world : std::enable_shared_from_this<fake_network::world> {
  struct server_state {
    http_handler handler;
    std::uint64_t life = 0;  ///< grows when its process dies
  };

  world(scheduler s, std::uint64_t seed) : after(std::move(s)), random(seed) {}

  const network_faults& faults_of(const std::string& client) const;
  std::chrono::milliseconds delay(const std::string& client);
  bool happens(double probability);

  std::shared_ptr<fake_call> call(const std::string& client, const std::string& server,
                                  http_request request, response_callback done);
  void arrive(const std::shared_ptr<fake_call>& c,
              const std::shared_ptr<const http_request>& request);
  void answered(const std::shared_ptr<fake_call>& c, const http_request& request, std::uint64_t life,
                http_response r);
  void settle(const std::shared_ptr<fake_call>& c, result<http_response> r);
  void settle_later(const std::shared_ptr<fake_call>& c, errc code, std::string why);

  /// The client's end and the server's.
  std::pair<std::shared_ptr<websocket>, std::shared_ptr<websocket>> connect_websocket(
      const std::string& client, const std::string& server);
  void break_websockets(const std::function<bool(const fake_socket_pair&)>& which);

  scheduler after;
  crypto::seeded_randomness random;
  std::map<std::string, server_state> servers;
  network_faults for_all;
  std::map<std::string, network_faults> faults;
  std::set<std::string> cut_off;
  std::map<std::uint64_t, std::shared_ptr<fake_call>> calls;  ///< by age, never by address
  std::uint64_t next_call = 1;
  std::map<std::uint64_t, fake_socket_pair> sockets;
  std::uint64_t next_socket = 1;
  std::uint64_t exchanges = 0;
  network_fault_counts counts;
  std::function<void(const http_request&, const http_response&)> ear;
};

}  // namespace tinysync::net
