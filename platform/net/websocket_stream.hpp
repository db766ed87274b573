#pragma once
// Inside platform/net only: a WebSocket over TLS, either side, once the upgrade is done.

#include <atomic>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>

#include "platform/net/live_session.hpp"
#include "platform/net/tls.hpp"
#include "platform/net/websocket.hpp"

namespace tinysync::net {

using raw_websocket = beast::websocket::stream<tls_stream>;

/// Applies the limits that must be set before the upgrade's handshake.
void prepare(raw_websocket& ws, const websocket_limits& limits);

class websocket_stream final : public websocket,
                               public live_session,
                               public std::enable_shared_from_this<websocket_stream> {
 public:
  /// `ended` is called once, on its strand or by the destructor, when the connection is over.
  websocket_stream(std::unique_ptr<raw_websocket> ws, const websocket_limits& limits,
                   io_threads::internals& io);
  ~websocket_stream() override;
  /// Ties it to the loop's end and, if given, to the sessions of a server.
  void adopt(std::function<void()> ended);

  void listen(std::function<void(std::string)> on_message,
              std::function<void(const error&)> on_close) override;
  void send(std::string message) override;
  void close() override;
  void wind_down() override { close(); }
  void cut() override;

 private:
  void read();
  void release();
  void write();
  void begin_close();
  void cut_now(error why);
  void failed(const error_code& e);
  void finish(error why);

  std::unique_ptr<raw_websocket> ws_;  // null once it is over and nothing of it is under way
  const strand executor_;
  const websocket_limits limits_;
  io_threads::internals& io_;
  std::atomic<std::size_t> queued_messages_{0};
  std::atomic<std::size_t> queued_bytes_{0};
  std::atomic<bool> dead_{false};
  // On the strand:
  std::deque<std::string> queue_;
  int under_way_ = 0;  // operations whose handler has not run
  bool writing_ = false, closing_ = false, close_sent_ = false;
  beast::flat_buffer buffer_;
  std::function<void(std::string)> on_message_;
  std::function<void(const error&)> on_close_;
  std::function<void()> ended_;
  std::optional<error> why_;
  bool told_ = false;
  remembered closer_;
};

}  // namespace tinysync::net
