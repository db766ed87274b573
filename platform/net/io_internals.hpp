#pragma once
// Inside platform/net only: the event loop, and who must be closed before it can end.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "platform/net/io_threads.hpp"

namespace tinysync::net {

namespace asio = boost::asio;
/// Everything of one connection runs on one. Concrete, because a type-erased executor costs a tenth
/// of the bulk throughput.
using strand = asio::strand<asio::io_context::executor_type>;

struct io_threads::internals {
  explicit internals(int threads) : context(threads) {}

  /// `close` is called by stop(), at once if that has begun; it must only post. Returns a number
  /// for forget().
  std::uint64_t remember(std::function<void()> close);
  void forget(std::uint64_t number);

  std::mutex m;
  std::uint64_t next = 1;
  std::map<std::uint64_t, std::function<void()>> closers;
  bool stopping = false;
  // After the above: handlers left in it may hold what forgets itself when it is destroyed.
  asio::io_context context;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
  std::vector<std::thread> threads;
};

/// Remembers a closer for as long as it lives.
class remembered {
 public:
  remembered() = default;
  remembered(io_threads::internals& io, std::function<void()> close)
      : io_(&io), number_(io.remember(std::move(close))) {}
  remembered(const remembered&) = delete;
  remembered& operator=(remembered&& other) noexcept {
    std::swap(io_, other.io_);
    std::swap(number_, other.number_);
    return *this;
  }
  ~remembered() {
    if (io_) io_->forget(number_);
  }

 private:
  io_threads::internals* io_ = nullptr;
  std::uint64_t number_ = 0;
};

}  // namespace tinysync::net
