#include "platform/net/websocket_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>

namespace tinysync::net {

namespace ws = beast::websocket;

void prepare(raw_websocket& w, const websocket_limits& limits) {
  // The WebSocket has timers of its own; both at once would disagree.
  beast::get_lowest_layer(w).expires_never();
  ws::stream_base::timeout t;
  t.handshake_timeout = std::chrono::seconds(10);
  t.idle_timeout = std::chrono::seconds(2 * limits.ping_after_idle_s);
  t.keep_alive_pings = true;  // after half of the idle timeout
  w.set_option(t);
  // The buffer bounds a message: Beast's own bound begins a close whose error hides the cause.
  w.read_message_max(0);
  w.binary(true);
  w.auto_fragment(false);
}

websocket_stream::websocket_stream(std::unique_ptr<raw_websocket> w, const websocket_limits& limits,
                                   io_threads::internals& io)
    : ws_(std::move(w)),
      executor_(ws_->get_executor()),
      limits_(limits),
      io_(io),
      buffer_(limits.message_bytes) {}

// Let go by everybody before it listened.
websocket_stream::~websocket_stream() {
  if (ended_) ended_();
}

void websocket_stream::adopt(std::function<void()> ended) {
  ended_ = std::move(ended);
  closer_ = remembered(io_, [weak = weak_from_this()] {
    if (auto me = weak.lock()) me->cut();
  });
}

void websocket_stream::listen(std::function<void(std::string)> on_message,
                              std::function<void(const error&)> on_close) {
  asio::post(executor_, [me = shared_from_this(), on_message = std::move(on_message),
                         on_close = std::move(on_close)]() mutable {
    me->on_message_ = std::move(on_message);
    me->on_close_ = std::move(on_close);
    if (me->why_)
      me->finish(*me->why_);
    else
      me->read();
  });
}

void websocket_stream::send(std::string message) {
  if (dead_) return;
  const auto messages = queued_messages_.fetch_add(1) + 1;
  const auto bytes = queued_bytes_.fetch_add(message.size()) + message.size();
  if (messages > limits_.queued_messages || bytes > limits_.queued_bytes) {
    if (!dead_.exchange(true))
      asio::post(executor_, [me = shared_from_this()] {
        me->cut_now({errc::overloaded, "the peer does not read"});
      });
    return;
  }
  asio::post(executor_, [me = shared_from_this(), m = std::move(message)]() mutable {
    if (me->why_ || me->closing_) return;
    me->queue_.push_back(std::move(m));
    me->write();
  });
}

void websocket_stream::write() {
  if (writing_ || close_sent_ || why_) return;
  if (queue_.empty()) {
    if (closing_) begin_close();
    return;
  }
  writing_ = true;
  ++under_way_;
  ws_->async_write(asio::buffer(queue_.front()),
                   [me = shared_from_this()](error_code e, std::size_t) {
                     me->writing_ = false;
                     me->release();
                     if (e) return me->failed(e);
                     if (me->why_) return;
                     me->queued_messages_ -= 1;
                     me->queued_bytes_ -= me->queue_.front().size();
                     me->queue_.pop_front();
                     me->write();
                   });
}

void websocket_stream::close() {
  asio::post(executor_, [me = shared_from_this()] {
    if (me->why_ || me->closing_) return;
    me->closing_ = true;
    me->write();
  });
}

void websocket_stream::begin_close() {
  close_sent_ = true;
  ++under_way_;
  ws_->async_close(ws::close_code::normal, [me = shared_from_this()](error_code e) {
    me->release();
    me->failed(e ? e : error_code(ws::error::closed));
  });
}

void websocket_stream::cut() {
  asio::post(executor_, [me = shared_from_this()] { me->cut_now({errc::cancelled, "stopped"}); });
}

void websocket_stream::cut_now(error why) {
  if (why_) return;
  beast::get_lowest_layer(*ws_).close();
  finish(std::move(why));
}

// Its idle timer would keep the loop running: the stream goes as soon as nothing refers to it.
void websocket_stream::release() {
  --under_way_;
  if (why_ && under_way_ == 0) ws_.reset();
}

void websocket_stream::read() {
  ++under_way_;
  ws_->async_read(buffer_, [me = shared_from_this()](error_code e, std::size_t) {
    me->release();
    if (e) return me->failed(e);
    if (me->why_) return;
    auto message = beast::buffers_to_string(me->buffer_.data());
    me->buffer_.consume(me->buffer_.size());
    if (me->on_message_) me->on_message_(std::move(message));
    if (!me->why_) me->read();
  });
}

void websocket_stream::failed(const error_code& e) {
  if (why_) return;
  // A peer's close frame ends a read; an orderly close that this side began ends in async_close.
  if (e == ws::error::closed) return finish({errc::cancelled, "closed"});
  if (close_sent_) return finish({errc::cancelled, "closed"});
  if (e == ws::error::buffer_overflow)
    return cut_now({errc::too_large, "a WebSocket message over the limit"});
  cut_now({errc::offline, "the WebSocket broke: " + e.message()});
}

// Tells the listener before the server counts the connection as gone: nothing is told after a stop.
void websocket_stream::finish(error why) {
  dead_ = true;
  why_ = std::move(why);
  if (under_way_ == 0) ws_.reset();
  auto on_message = std::exchange(on_message_, nullptr);  // may hold the last reference to us
  if (auto told = std::exchange(on_close_, nullptr); told && !std::exchange(told_, true))
    told(*why_);
  if (auto ended = std::exchange(ended_, nullptr)) ended();
}

}  // namespace tinysync::net
