#include "platform/net/client_connection.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "platform/net/http_fields.hpp"

namespace tinysync::net {
namespace {

namespace http = beast::http;

class connection final : public client_connection, public std::enable_shared_from_this<connection> {
 public:
  connection(std::shared_ptr<const client_target> target, std::unique_ptr<tls_stream> stream,
             std::size_t response_limit, std::size_t header_limit)
      : target_(std::move(target)),
        stream_(std::move(stream)),
        response_limit_(response_limit),
        header_limit_(header_limit) {}

  void exchange(std::shared_ptr<const cloud_request> request,
                std::function<void(exchange_outcome)> done) override {
    request_ = std::move(request);
    done_ = std::move(done);
    message_ = {};
    message_.version(11);
    message_.method_string(one_line(request_->method));
    message_.target(one_line(request_->target));
    message_.set(http::field::host, target_->authority);
    add_headers(message_, request_->headers);
    message_.body() = {request_->body.data(), request_->body.size()};
    if (!request_->body.empty() || (request_->method != "GET" && request_->method != "HEAD"))
      message_.content_length(request_->body.size());
    parser_.emplace();
    parser_->body_limit(response_limit_);
    parser_->header_limit(static_cast<std::uint32_t>(header_limit_));
    parser_->skip(request_->method == "HEAD");
    http::async_write(*stream_, message_, [me = shared_from_this()](error_code e, std::size_t) {
      // A server may answer and close before it has read everything: its answer is worth a look.
      me->write_error_ = e;
      me->read();
    });
  }

  void cut() override {
    beast::get_lowest_layer(*stream_).close();
    finish({failure(errc::cancelled, "stopped"), false, false});
  }

 private:
  // The header first: Beast 1.74 forgets the body limit of an answer when it reads on eagerly.
  void read() {
    if (!done_) return;
    http::async_read_header(*stream_, buffer_, *parser_,
                            [me = shared_from_this()](error_code e, std::size_t) {
                              if (e || me->parser_->is_done()) return me->took(e);
                              me->read_body();
                            });
  }

  void read_body() {
    if (!done_) return;
    http::async_read(*stream_, buffer_, *parser_,
                     [me = shared_from_this()](error_code e, std::size_t) { me->took(e); });
  }

  void took(const error_code& e) {
    if (!done_) return;
    if (e) return finish({failed(e), false, !parser_->got_some() && broken_connection(e)});
    auto& message = parser_->get();
    http_response r;
    r.status = static_cast<int>(message.result_int());
    r.headers = headers_of(message);
    r.body = std::move(message.body());
    finish({std::move(r), message.keep_alive() && !write_error_ && buffer_.size() == 0, false});
  }

  tl::unexpected<error> failed(const error_code& e) const {
    const auto text = target_->authority + ": " + request_->method + ' ' + request_->target + ": " + e.message();
    if (e == http::error::body_limit || e == http::error::header_limit ||
        e == http::error::buffer_overflow)
      return failure(errc::too_large, text);
    return failure(broken_connection(e) ? errc::offline : errc::not_tinysync, text);
  }

  void finish(exchange_outcome outcome) {
    auto done = std::exchange(done_, nullptr);
    request_.reset();
    if (done) done(std::move(outcome));
  }

  std::shared_ptr<const client_target> target_;
  std::unique_ptr<tls_stream> stream_;
  const std::size_t response_limit_, header_limit_;
  beast::flat_buffer buffer_;
  std::shared_ptr<const cloud_request> request_;
  std::function<void(exchange_outcome)> done_;
  http::request<http::span_body<const char>> message_;
  std::optional<http::response_parser<http::string_body>> parser_;
  error_code write_error_;
};

}  // namespace

std::shared_ptr<client_connection> keep_connection(std::shared_ptr<const client_target> target,
                                                   std::unique_ptr<tls_stream> stream,
                                                   std::size_t response_limit,
                                                   std::size_t header_limit) {
  return std::make_shared<connection>(std::move(target), std::move(stream), response_limit,
                                      header_limit);
}

}  // namespace tinysync::net
