#include "platform/net/tls_connect.hpp"

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

namespace tinysync::net {
namespace {

class attempt final : public connect_attempt, public std::enable_shared_from_this<attempt> {
 public:
  using callback = std::function<void(result<std::unique_ptr<tls_stream>>)>;

  attempt(std::shared_ptr<const client_target> target, const strand& executor, callback done)
      : target_(std::move(target)),
        resolver_(executor),
        stream_(std::make_unique<tls_stream>(executor, *target_->context)),
        done_(std::move(done)) {}

  void start() {
    resolver_.async_resolve(
        target_->server.host, std::to_string(target_->port), tcp::resolver::numeric_service,
        [me = shared_from_this()](error_code e, tcp::resolver::results_type found) {
          if (e) return me->fail(errc::offline, e);
          me->connect(found);
        });
  }

  void cut() override {
    resolver_.cancel();
    if (stream_) beast::get_lowest_layer(*stream_).close();
    fail(errc::cancelled, {});
  }

 private:
  void connect(const tcp::resolver::results_type& found) {
    if (!done_) return;
    auto& tcp_layer = beast::get_lowest_layer(*stream_);
    tcp_layer.expires_after(target_->connect_timeout);
    tcp_layer.async_connect(found, [me = shared_from_this()](error_code e, const tcp::endpoint&) {
      if (e) return me->fail(errc::offline, e);
      me->handshake();
    });
  }

  void handshake() {
    if (!done_) return;
    auto& tcp_layer = beast::get_lowest_layer(*stream_);
    error_code ignored;
    tcp_layer.socket().set_option(tcp::no_delay(true), ignored);
    asio::ip::make_address(target_->server.host, ignored);
    if (ignored)  // a name, not an address
      SSL_set_tlsext_host_name(stream_->native_handle(), target_->server.host.c_str());
    tcp_layer.expires_after(target_->connect_timeout);
    stream_->async_handshake(ssl::stream_base::client, [me = shared_from_this()](error_code e) {
      if (refused_certificate(e)) return me->fail(errc::pin_mismatch, e);
      if (e) return me->fail(broken_connection(e) ? errc::offline : errc::not_tinysync, e);
      beast::get_lowest_layer(*me->stream_).expires_never();
      if (auto done = std::exchange(me->done_, nullptr)) done(std::move(me->stream_));
    });
  }

  void fail(errc code, const error_code& e) {
    auto done = std::exchange(done_, nullptr);
    if (!done) return;
    auto text = target_->authority;
    if (e == beast::error::timeout)
      text += ": no answer within " + std::to_string(target_->connect_timeout.count()) + " s";
    else if (e)
      text += ": " + e.message();
    done(failure(code, std::move(text)));
  }

  std::shared_ptr<const client_target> target_;
  tcp::resolver resolver_;
  std::unique_ptr<tls_stream> stream_;
  callback done_;
};

}  // namespace

std::shared_ptr<connect_attempt> connect_tls(
    std::shared_ptr<const client_target> target, const strand& executor,
    std::function<void(result<std::unique_ptr<tls_stream>>)> done) {
  auto a = std::make_shared<attempt>(std::move(target), executor, std::move(done));
  asio::post(executor, [a] { a->start(); });
  return a;
}

}  // namespace tinysync::net
