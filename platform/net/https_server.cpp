#include "platform/net/https_server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "platform/net/server_internals.hpp"

namespace tinysync::net {

result<void> https_server::internals::open() {
  error_code e;
  tcp::resolver resolver(io.context);
  auto found = resolver.resolve(options.host, std::to_string(options.port),
                                tcp::resolver::passive | tcp::resolver::numeric_service, e);
  if (e || found.empty()) return failure(errc::invalid_argument, options.host + ": " + e.message());
  const tcp::endpoint at = found.begin()->endpoint();
  acceptor.open(at.protocol(), e);
  if (!e) acceptor.set_option(tcp::acceptor::reuse_address(true), e);
  if (!e) acceptor.bind(at, e);
  if (!e) acceptor.listen(asio::socket_base::max_listen_connections, e);
  const auto where = options.host + ':' + std::to_string(options.port) + ": ";
  if (e == asio::error::address_in_use) return failure(errc::busy, where + e.message());
  if (e == asio::error::access_denied) return failure(errc::permission_denied, where + e.message());
  if (e) return failure(errc::invalid_argument, where + e.message());
  port = acceptor.local_endpoint().port();
  return {};
}

void https_server::internals::accept() {
  acceptor.async_accept(asio::make_strand(io.context),
                        [me = shared_from_this()](error_code e, tcp_socket socket) {
                          if (!me->acceptor.is_open()) return;
                          if (!e && me->sessions.size() < me->options.max_connections)
                            serve_connection(me, std::move(socket));
                          if (e != asio::error::no_descriptors && e != asio::error::no_buffer_space)
                            return me->accept();
                          // Descriptors come back when sessions end; asking again at once would
                          // spin.
                          me->pause.expires_after(std::chrono::milliseconds(100));
                          me->pause.async_wait([me](error_code cancelled) {
                            if (!cancelled && me->acceptor.is_open()) me->accept();
                          });
                        });
}

void https_server::internals::close_acceptor() {
  asio::post(acceptor.get_executor(), [me = shared_from_this()] {
    error_code ignored;
    me->acceptor.close(ignored);
    me->pause.cancel();
  });
}

https_server::https_server(std::shared_ptr<internals> in) : in_(std::move(in)) {}

https_server::~https_server() { stop(std::chrono::milliseconds(0)); }

result<std::unique_ptr<https_server>> https_server::start(io_threads& io,
                                                          https_server_options options,
                                                          http_handler handler) {
  auto context = server_context(options.certificate_pem, options.key_pem);
  if (!context) return failure(context.error());
  auto in = std::make_shared<internals>(io, std::move(options), std::move(handler));
  in->context = std::move(*context);
  if (auto opened = in->open(); !opened) return failure(opened.error());
  in->closer = remembered(in->io, [weak = std::weak_ptr(in)] {
    if (auto me = weak.lock()) me->close_acceptor();
  });
  asio::post(in->acceptor.get_executor(), [in] { in->accept(); });
  return std::unique_ptr<https_server>(new https_server(std::move(in)));
}

std::uint16_t https_server::port() const { return in_->port; }
std::size_t https_server::connections() const { return in_->sessions.size(); }

result<void> https_server::reload_certificate(const std::string& certificate_pem,
                                              const std::string& key_pem) {
  auto context = server_context(certificate_pem, key_pem);
  if (!context) return failure(context.error());
  std::lock_guard lock(in_->m);
  in_->context = std::move(*context);
  return {};
}

void https_server::stop(std::chrono::milliseconds deadline) {
  const auto limit = std::chrono::steady_clock::now() + deadline;
  in_->draining = true;
  in_->close_acceptor();
  in_->sessions.wind_down_all();
  if (in_->sessions.wait_until_none(limit)) return;
  in_->sessions.cut_all();
  // Cutting needs only that the loop runs; if it has ended already, its end has cut them.
  in_->sessions.wait_until_none(std::chrono::steady_clock::now() + std::chrono::seconds(5));
}

}  // namespace tinysync::net
