#pragma once
// Inside platform/net only: one answer on its way, its bytes kept alive and not copied.

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>

#include "platform/net/http_fields.hpp"
#include "platform/net/tls.hpp"

namespace tinysync::net {

class response_writer {
 public:
  response_writer(http_response r, bool keep_alive, bool head)
      : kept_(std::make_unique<http_response>(std::move(r))) {
    auto& m = message_;
    m.version(11);
    m.result(static_cast<unsigned>(kept_->status));
    add_headers(m, kept_->headers);
    const auto& content = kept_->content();
    const bool bodiless = kept_->status == 100 || kept_->status == 204 || kept_->status == 304;
    if (kept_->status != 100) m.keep_alive(keep_alive);
    if (!bodiless && m.count(boost::beast::http::field::content_length) == 0)
      m.content_length(content.size());
    if (!bodiless && !head) m.body() = {content.data(), content.size()};
    serializer_.emplace(m);
  }
  // The serializer refers to the message: neither moves.
  response_writer(const response_writer&) = delete;

  template <class Handler>
  void async_write_some(tls_stream& stream, Handler&& handler) {
    boost::beast::http::async_write_some(stream, *serializer_, std::forward<Handler>(handler));
  }
  bool is_done() { return serializer_->is_done(); }

 private:
  using body = boost::beast::http::span_body<const char>;
  std::unique_ptr<http_response> kept_;
  boost::beast::http::response<body> message_;
  std::optional<boost::beast::http::response_serializer<body>> serializer_;
};

}  // namespace tinysync::net
