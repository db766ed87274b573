// The agent's side of the local socket.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstring>
#include <deque>
#include <set>

#include "platform/net/io_internals.hpp"
#include "platform/net/ipc.hpp"
#include "platform/net/ipc_frame.hpp"

namespace tinysync::net {
namespace {

using local = asio::local::stream_protocol;
using boost::system::error_code;

constexpr std::size_t unread_limit = 16u << 20;

class connection final : public ipc_connection, public std::enable_shared_from_this<connection> {
 public:
  connection(local::socket socket, ipc_peer peer, io_threads::internals& io)
      : socket_(std::move(socket)), peer_(peer), io_(io) {}

  void adopt() {
    closer_ = remembered(io_, [weak = weak_from_this()] {
      if (auto me = weak.lock()) me->cut({errc::cancelled, "stopped"});
    });
  }

  void listen(std::function<void(std::string)> on_frame,
              std::function<void(const error&)> on_close) override {
    asio::post(socket_.get_executor(), [me = shared_from_this(), on_frame = std::move(on_frame),
                                        on_close = std::move(on_close)]() mutable {
      me->on_frame_ = std::move(on_frame);
      me->on_close_ = std::move(on_close);
      if (me->why_)
        me->finish(*me->why_);
      else
        me->read();
    });
  }

  void send(std::string frame) override {
    if (frame.size() > ipc_frame_limit)
      return cut({errc::too_large, "a frame over the limit was to be sent"});
    if (queued_.fetch_add(frame.size() + 4) + frame.size() + 4 > unread_limit)
      return cut({errc::overloaded, "the peer does not read"});
    asio::post(socket_.get_executor(), [me = shared_from_this(), f = std::move(frame)]() mutable {
      if (me->why_ || me->closing_) return;
      me->queue_.push_back({length_prefix(f.size()), std::move(f)});
      me->write();
    });
  }

  void close() override {
    asio::post(socket_.get_executor(), [me = shared_from_this()] {
      if (me->why_) return;
      me->closing_ = true;
      me->write();
    });
  }

  ipc_peer peer() const override { return peer_; }

  void cut(error why) {
    asio::post(socket_.get_executor(), [me = shared_from_this(), why = std::move(why)]() mutable {
      me->finish(std::move(why));
    });
  }

 private:
  struct outgoing {
    std::array<unsigned char, 4> length;
    std::string body;
  };

  void read() {
    asio::async_read(socket_, asio::buffer(length_),
                     [me = shared_from_this()](error_code e, std::size_t) {
                       if (me->why_) return;
                       if (e) return me->broke(e);
                       const auto size = length_of(me->length_);
                       if (size > ipc_frame_limit)
                         return me->finish({errc::too_large, "a frame over the limit came"});
                       me->read_body(size);
                     });
  }

  void read_body(std::size_t size) {
    body_.resize(size);
    asio::async_read(socket_, asio::buffer(body_),
                     [me = shared_from_this()](error_code e, std::size_t) {
                       if (me->why_) return;
                       if (e) return me->broke(e);
                       me->on_frame_(std::move(me->body_));
                       me->body_ = {};
                       if (!me->why_) me->read();
                     });
  }

  void write() {
    if (writing_ || why_) return;
    if (queue_.empty()) {
      if (closing_) finish({errc::cancelled, "closed"});
      return;
    }
    writing_ = true;
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(queue_.front().length),
                                                     asio::buffer(queue_.front().body)};
    asio::async_write(socket_, parts, [me = shared_from_this()](error_code e, std::size_t n) {
      me->writing_ = false;
      if (me->why_) return;
      if (e) return me->broke(e);
      me->queued_ -= n;
      me->queue_.pop_front();
      me->write();
    });
  }

  void broke(const error_code& e) {
    finish(e == asio::error::eof ? error{errc::cancelled, "closed by the peer"}
                                 : error{errc::offline, e.message()});
  }

  void finish(error why) {
    if (!why_) {
      error_code ignored;
      socket_.close(ignored);
      why_ = std::move(why);
    }
    auto on_frame = std::exchange(on_frame_, nullptr);  // may hold the last reference to us
    if (auto told = std::exchange(on_close_, nullptr)) told(*why_);
  }

  local::socket socket_;
  const ipc_peer peer_;
  io_threads::internals& io_;
  std::atomic<std::size_t> queued_{0};
  // On the strand:
  std::array<unsigned char, 4> length_;
  std::string body_;
  std::deque<outgoing> queue_;
  bool writing_ = false, closing_ = false;
  std::function<void(std::string)> on_frame_;
  std::function<void(const error&)> on_close_;
  std::optional<error> why_;
  remembered closer_;
};

// A socket file that nobody answers on is a former agent's.
result<void> clear_stale(const std::string& path) {
  struct stat st;
  if (::lstat(path.c_str(), &st) != 0) return {};
  if (!S_ISSOCK(st.st_mode)) return failure(errc::exists, path + " is not a socket");
  auto living = ipc_client::connect(path, std::chrono::seconds(1));
  if (living || living.error().code == errc::timeout)
    return failure(errc::busy, path + " is served by another process");
  ::unlink(path.c_str());
  return {};
}

}  // namespace

struct ipc_listener::internals : std::enable_shared_from_this<internals> {
  internals(io_threads& threads, accept_callback f)
      : io(threads.inside()),
        acceptor(asio::make_strand(io.context)),
        on_connection(std::move(f)) {}

  result<void> open(const std::string& where) {
    if (where.size() >= sizeof(sockaddr_un::sun_path))
      return failure(errc::invalid_argument, "too long for a socket: " + where);
    if (auto cleared = clear_stale(where); !cleared) return cleared;
    error_code e;
    acceptor.open(local(), e);
    if (!e) acceptor.bind(local::endpoint(where), e);
    if (e) return failure(errc::io_failed, where + ": " + e.message());
    path = where;
    // Nobody can connect before listen(): the mode is right when it matters.
    if (::chmod(where.c_str(), 0600) != 0) return failure(errc::io_failed, where);
    acceptor.listen(64, e);
    if (e) return failure(errc::io_failed, where + ": " + e.message());
    return {};
  }

  void accept() {
    acceptor.async_accept(asio::make_strand(io.context),
                          [me = shared_from_this()](error_code e, auto socket) {
                            if (!me->acceptor.is_open()) return;
                            if (!e) me->greet(local::socket(std::move(socket)));
                            me->accept();
                          });
  }

  void greet(local::socket socket) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return;
    if (who.uid != ::geteuid() && who.uid != 0) return;
    auto c = std::make_shared<connection>(
        std::move(socket), ipc_peer{who.pid, static_cast<std::uint32_t>(who.uid)}, io);
    c->adopt();
    std::erase_if(connections, [](const auto& weak) { return weak.expired(); });
    connections.push_back(c);
    std::lock_guard lock(m);
    if (!stopped) on_connection(c);
  }

  void stop() {
    asio::post(acceptor.get_executor(), [me = shared_from_this()] {
      error_code ignored;
      me->acceptor.close(ignored);
      for (auto& weak : me->connections)
        if (auto c = weak.lock()) c->close();
      me->connections.clear();
    });
  }

  io_threads::internals& io;
  local::acceptor acceptor;
  accept_callback on_connection;
  std::string path;
  std::vector<std::weak_ptr<connection>> connections;
  std::mutex m;
  bool stopped = false;  // by the destructor: on_connection may be gone
  remembered closer;
};

ipc_listener::ipc_listener(std::shared_ptr<internals> in) : in_(std::move(in)) {}

ipc_listener::~ipc_listener() {
  {
    std::lock_guard lock(in_->m);
    in_->stopped = true;
  }
  ::unlink(in_->path.c_str());
  in_->stop();
}

result<std::unique_ptr<ipc_listener>> ipc_listener::start(io_threads& io, const std::string& path,
                                                          accept_callback on_connection) {
  auto in = std::make_shared<internals>(io, std::move(on_connection));
  if (auto opened = in->open(path); !opened) return failure(opened.error());
  in->closer = remembered(in->io, [weak = std::weak_ptr(in)] {
    if (auto me = weak.lock()) me->stop();
  });
  asio::post(in->acceptor.get_executor(), [in] { in->accept(); });
  return std::unique_ptr<ipc_listener>(new ipc_listener(std::move(in)));
}

}  // namespace tinysync::net
