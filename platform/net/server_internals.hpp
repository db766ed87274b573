#pragma once
// Inside platform/net only: what the sessions of one server share.

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>

#include "platform/net/https_server.hpp"
#include "platform/net/live_session.hpp"
#include "platform/net/tls.hpp"

namespace tinysync::net {

struct https_server::internals : std::enable_shared_from_this<https_server::internals> {
  internals(io_threads& threads, https_server_options how, http_handler h)
      : io(threads.inside()),
        options(std::move(how)),
        handler(std::move(h)),
        acceptor(asio::make_strand(io.context)),
        pause(acceptor.get_executor()) {}

  result<void> open();
  void accept();
  void close_acceptor();
  std::shared_ptr<ssl::context> tls() const {
    std::lock_guard lock(m);
    return context;
  }

  io_threads::internals& io;
  const https_server_options options;
  const http_handler handler;
  mutable std::mutex m;
  std::shared_ptr<ssl::context> context;
  asio::basic_socket_acceptor<tcp> acceptor;
  asio::steady_timer pause;  ///< after an accept that failed for want of descriptors
  std::uint16_t port = 0;
  std::atomic<bool> draining{false};
  live_sessions sessions;
  remembered closer;
};

/// Serves one accepted connection until it ends.
void serve_connection(std::shared_ptr<https_server::internals> server, tcp_socket socket);

}  // namespace tinysync::net
