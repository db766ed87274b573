#include <boost/asio/post.hpp>
#include <boost/beast/http/string_body.hpp>

#include "platform/net/client_connection.hpp"
#include "platform/net/http_fields.hpp"
#include "platform/net/upgrade.hpp"
#include "platform/net/websocket_stream.hpp"

namespace tinysync::net {
namespace {

// From nothing to an open WebSocket; then it stands on its own.
class opening final : public std::enable_shared_from_this<opening> {
 public:
  opening(std::shared_ptr<const client_target> target, io_threads::internals& io,
          const std::string& path, const header_list& headers, const websocket_limits& limits,
          websocket_callback done)
      : target_(std::move(target)),
        io_(io),
        path_(one_line(path)),
        headers_(headers),
        limits_(limits),
        done_(std::move(done)) {}

  void start(const strand& executor) {
    attempt_ = connect_tls(target_, executor,
                           [me = shared_from_this()](result<std::unique_ptr<tls_stream>> stream) {
                             me->attempt_.reset();
                             if (!stream) return me->finish(failure(stream.error()));
                             me->upgrade(std::move(*stream));
                           });
  }

  void cut() {
    if (auto a = attempt_) a->cut();
    if (raw_) beast::get_lowest_layer(*raw_).socket().close();
    finish(failure(errc::cancelled, "stopped"));
  }

 private:
  void upgrade(std::unique_ptr<tls_stream> stream) {
    if (!done_) return;
    raw_ = std::make_unique<raw_websocket>(std::move(*stream));
    prepare(*raw_, limits_);
    raw_->set_option(beast::websocket::stream_base::decorator(
        [headers = headers_](beast::websocket::request_type& r) { add_headers(r, headers); }));
    raw_->async_handshake(answer_, target_->authority, path_,
                          [me = shared_from_this()](error_code e) { me->upgraded(e); });
  }

  void upgraded(const error_code& e) {
    if (!done_) return;
    if (e == beast::websocket::error::upgrade_declined)
      return finish(failure(refused_upgrade(static_cast<int>(answer_.result_int()))));
    if (e)
      return finish(failure(broken_connection(e) ? errc::offline : errc::not_tinysync,
                            target_->authority + path_ + ": " + e.message()));
    auto socket = std::make_shared<websocket_stream>(std::move(raw_), limits_, io_);
    socket->adopt({});
    finish(std::shared_ptr<websocket>(std::move(socket)));
  }

  void finish(result<std::shared_ptr<websocket>> r) {
    if (auto done = std::exchange(done_, nullptr)) done(std::move(r));
  }

  std::shared_ptr<const client_target> target_;
  io_threads::internals& io_;
  std::string path_;
  header_list headers_;
  websocket_limits limits_;
  websocket_callback done_;
  std::shared_ptr<connect_attempt> attempt_;
  std::unique_ptr<raw_websocket> raw_;
  beast::websocket::response_type answer_;
};

}  // namespace

std::function<void()> open_client_websocket(std::shared_ptr<const client_target> target,
                                            io_threads::internals& io, const strand& executor,
                                            const std::string& path, const header_list& headers,
                                            const websocket_limits& limits,
                                            websocket_callback done) {
  auto o = std::make_shared<opening>(std::move(target), io, path, headers, limits, std::move(done));
  asio::post(executor, [o, executor] { o->start(executor); });
  return [weak = std::weak_ptr(o)] {
    if (auto o = weak.lock()) o->cut();
  };
}

}  // namespace tinysync::net
