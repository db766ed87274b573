#pragma once
// A network without sockets or threads: exchanges are routed to a handler of the same type as the
// real server's, in virtual time, and go wrong as told. Deterministic from its seed.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "platform/net/transport.hpp"

namespace tinysync::net {

/// Probabilities are per exchange, 0..1.
struct network_faults {
  std::chrono::milliseconds delay_min{0};
  std::chrono::milliseconds delay_max{0};  ///< each way, uniform
  double lose_request = 0;                 ///< the server never sees it; the client hears offline
  double lose_answer = 0;                  ///< the server did it; the client hears offline
  double duplicate_request = 0;            ///< the server gets it twice; the first answer counts
  double cut_websocket = 0;                ///< per message: the connection breaks instead
};

/// How often each took effect.
struct network_fault_counts {
  std::uint64_t lost_requests = 0, lost_answers = 0, doubled_requests = 0, cut_websockets = 0;
};

/// Clients and one or more servers by name.
class fake_network {
 public:
  /// Runs fn after d of virtual time; must keep the order of equal times and never call at once.
  using scheduler = std::function<void(std::chrono::milliseconds, std::function<void()>)>;
  fake_network(scheduler after, std::uint64_t seed);
  ~fake_network();

  /// Takes requests for this server name; an empty handler: the server is down (offline).
  void serve(const std::string& server, http_handler handler);
  /// The server's process dies: requests under way are cut, WebSockets break, answers are lost.
  void crash_server(const std::string& server);
  /// A client's door. What it has under way is cancelled when it is destroyed.
  std::unique_ptr<transport> connect(const std::string& client, const std::string& server);

  void set_faults(const network_faults& faults);  ///< for everybody
  void set_faults(const std::string& client, const network_faults& faults);
  /// While true: nothing goes either way, WebSockets break, exchanges hear offline (after delay).
  void partition(const std::string& client, bool cut);
  /// Breaks the client's WebSockets, as a router that forgets does.
  void cut_websockets(const std::string& client);
  /// The client's WebSockets are dead and neither end is told, as after a long suspend.
  void forget_websockets(const std::string& client);
  std::uint64_t exchanges() const;  ///< seen by servers, duplicates counted
  network_fault_counts fault_counts() const;
  /// Called with every answer that a server gave, whether or not it arrives.
  void overhear(std::function<void(const http_request&, const http_response&)> ear);

  struct world;

 private:
  std::shared_ptr<world> w_;
};

}  // namespace tinysync::net
