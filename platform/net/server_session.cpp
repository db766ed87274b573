// One connection of an https_server: handshake, requests one after the other, perhaps an upgrade.
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <sstream>

#include "platform/log/log.hpp"
#include "platform/net/http_fields.hpp"
#include "platform/net/response_writer.hpp"
#include "platform/net/server_internals.hpp"
#include "platform/net/websocket_stream.hpp"

namespace tinysync::net {
namespace {

namespace http = beast::http;
using std::chrono::seconds;

constexpr seconds handshake_limit{15};
constexpr seconds header_limit{30};
constexpr seconds linger_limit{5};

class server_session final : public live_session,
                             public std::enable_shared_from_this<server_session> {
 public:
  server_session(std::shared_ptr<https_server::internals> server, tcp_socket socket)
      : server_(std::move(server)), context_(server_->tls()), executor_(socket.get_executor()) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    peer_ = text_of(socket.remote_endpoint(ignored));
    stream_ = std::make_unique<tls_stream>(tcp_stream(std::move(socket)), *context_);
  }

  void start() {
    number_ = server_->sessions.add(weak_from_this());
    closer_ = remembered(server_->io, [weak = weak_from_this()] {
      if (auto me = weak.lock()) me->cut();
    });
    asio::dispatch(stream_->get_executor(), [me = shared_from_this()] { me->handshake(); });
  }

  void wind_down() override {
    asio::post(executor_, [me = shared_from_this()] {
      if (me->idle_) me->close();
    });
  }
  void cut() override {
    asio::post(executor_, [me = shared_from_this()] {
      if (auto upgraded = me->upgraded_.lock()) return upgraded->cut();
      me->close();
    });
  }

 private:
  static std::string text_of(const tcp::endpoint& e) {
    std::ostringstream out;
    out << e;
    return out.str();
  }

  void expires(seconds s) { beast::get_lowest_layer(*stream_).expires_after(s); }

  void handshake() {
    if (ended_) return;
    expires(handshake_limit);
    stream_->async_handshake(ssl::stream_base::server, [me = shared_from_this()](error_code e) {
      if (e || me->ended_) return me->close();
      me->next_request();
    });
  }

  // Waits, at most the idle time, for the first byte of a request; its header then has a deadline
  // of its own, which bytes that trickle in do not prolong.
  void next_request() {
    if (server_->draining) return shut_down();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(server_->options.header_limit));
    parser_->body_limit(server_->options.body_limit);
    continue_sent_ = false;
    idle_ = buffer_.size() == 0;
    expires(idle_ ? server_->options.idle_timeout : header_limit);
    read();
  }

  void read() {
    http::async_read_some(*stream_, buffer_, *parser_,
                          [me = shared_from_this()](error_code e, std::size_t) { me->took(e); });
  }

  void took(error_code e) {
    if (ended_) return;
    if (e) return refuse(e);
    if (std::exchange(idle_, false)) expires(header_limit);
    if (parser_->is_done()) return handle();
    if (parser_->is_header_done()) {
      expires(server_->options.idle_timeout);
      if (!continue_sent_ && beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
        continue_sent_ = true;
        return write({.status = 100}, [](server_session& me) { me.read(); });
      }
    }
    read();
  }

  // A request that cannot be read is answered if the peer may still listen, and ends the
  // connection.
  void refuse(error_code e) {
    int status = 0;
    if (e == http::error::body_limit)
      status = 413;
    else if (e == http::error::header_limit || e == http::error::buffer_overflow)
      status = 431;
    else if (e.category() == http::make_error_code(http::error::bad_field).category() &&
             e != http::error::end_of_stream && e != http::error::partial_message)
      status = 400;
    if (status == 0) return close();
    answer_and_close(status);
  }

  void answer_and_close(int status) {
    keep_alive_ = false;
    expires(server_->options.idle_timeout);
    http_response r;
    r.status = status;
    write(std::move(r), [](server_session& me) { me.linger(); });
  }

  // The peer may still be sending: a close now would reset the connection and take the answer with
  // it. What comes is thrown away, below TLS, until the peer closes or the time is over.
  void linger() {
    auto& tcp_layer = beast::get_lowest_layer(*stream_);
    error_code ignored;
    tcp_layer.socket().shutdown(tcp::socket::shutdown_send, ignored);
    tcp_layer.expires_after(linger_limit);
    scratch_.resize(64u << 10);
    drain();
  }
  void drain() {
    beast::get_lowest_layer(*stream_).async_read_some(
        asio::buffer(scratch_), [me = shared_from_this()](error_code e, std::size_t) {
          if (e || me->ended_) return me->close();
          me->drain();
        });
  }

  void handle() {
    auto& message = parser_->get();
    const auto method = message.method_string();
    auto request = request_for({method.data(), method.size()},
                               {message.target().data(), message.target().size()});
    const bool wrong_version = message.version() != 11 && message.version() != 10;
    const bool no_host = message.version() == 11 && message.count(http::field::host) != 1;
    if (!request || wrong_version || no_host) return answer_and_close(400);
    request->headers = headers_of(message);
    request->body = std::move(message.body());
    request->peer = peer_;
    request->websocket_upgrade = beast::websocket::is_upgrade(message);
    upgrade_ = request->websocket_upgrade;
    head_ = message.method() == http::verb::head;
    keep_alive_ = message.keep_alive();
    beast::get_lowest_layer(*stream_).expires_never();
    // The answer keeps the session alive while nothing else does.
    responder answer([me = shared_from_this()](http_response r) {
      asio::post(me->executor_, [me, r = std::move(r)]() mutable { me->answer(std::move(r)); });
    });
    try {
      server_->handler(std::move(*request), answer);
    } catch (const std::exception& e) {
      log::error("http.handler_threw", "what={}", e.what());
      answer.send({.status = 500});
    }
  }

  void answer(http_response r) {
    if (ended_) return;
    if (upgrade_ && r.on_websocket) return upgrade(std::move(r));
    if (server_->draining) keep_alive_ = false;
    expires(server_->options.idle_timeout);
    write(std::move(r), [](server_session& me) {
      if (me.keep_alive_)
        me.next_request();
      else
        me.shut_down();
    });
  }

  void write(http_response r, void (*then)(server_session&)) {
    writer_.emplace(std::move(r), keep_alive_, head_);
    write_some(then);
  }
  void write_some(void (*then)(server_session&)) {
    writer_->async_write_some(*stream_, [me = shared_from_this(), then](error_code e, std::size_t) {
      if (e || me->ended_) return me->close();
      if (me->writer_->is_done()) {
        me->writer_.reset();
        return then(*me);
      }
      me->expires(me->server_->options.idle_timeout);
      me->write_some(then);
    });
  }

  void upgrade(http_response r) {
    auto raw = std::make_unique<raw_websocket>(std::move(*stream_));
    prepare(*raw, server_->options.websockets);
    auto& w = *raw;
    upgrading_ = &w;
    w.async_accept(parser_->get(), [me = shared_from_this(), raw = std::move(raw),
                                    r = std::move(r)](error_code e) mutable {
      me->upgrading_ = nullptr;
      if (e || me->ended_) return me->end();
      auto socket = std::make_shared<websocket_stream>(
          std::move(raw), me->server_->options.websockets, me->server_->io);
      me->server_->sessions.replace(me->number_, socket);
      socket->adopt(
          [server = me->server_, number = me->number_] { server->sessions.remove(number); });
      me->upgraded_ = socket;
      me->ended_ = true;
      if (me->server_->draining) socket->close();
      r.on_websocket(socket);
    });
  }

  // Says goodbye in TLS, so that the peer can tell an end from a cut.
  void shut_down() {
    if (ended_) return;
    idle_ = false;
    expires(seconds(2));
    stream_->async_shutdown([me = shared_from_this()](error_code) { me->close(); });
  }

  void close() {
    if (ended_) return;
    error_code ignored;
    if (upgrading_)
      beast::get_lowest_layer(*upgrading_).socket().close(ignored);
    else
      beast::get_lowest_layer(*stream_).close();
    end();
  }

  void end() {
    if (std::exchange(ended_, true)) return;
    server_->sessions.remove(number_);
  }

  std::shared_ptr<https_server::internals> server_;
  std::shared_ptr<ssl::context> context_;  // its certificate outlives a reload
  std::unique_ptr<tls_stream> stream_;
  strand executor_;
  std::string peer_;
  std::uint64_t number_ = 0;
  remembered closer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<response_writer> writer_;
  raw_websocket* upgrading_ = nullptr;
  std::weak_ptr<websocket_stream> upgraded_;
  std::string scratch_;
  bool idle_ = false, continue_sent_ = false, upgrade_ = false, head_ = false;
  bool keep_alive_ = false, ended_ = false;
};

}  // namespace

void serve_connection(std::shared_ptr<https_server::internals> server, tcp_socket socket) {
  std::make_shared<server_session>(std::move(server), std::move(socket))->start();
}

}  // namespace tinysync::net
