#pragma once
// The threads on which all sockets and timers of a process live.

#include <chrono>
#include <functional>
#include <memory>

namespace tinysync::net {

/// A timer that may be cancelled from any thread; dropping the handle does not cancel it.
class timer {
 public:
  timer() = default;
  void cancel() const;

 private:
  friend class io_threads;
  struct state;
  explicit timer(std::shared_ptr<state> s) : s_(std::move(s)) {}
  std::shared_ptr<state> s_;
};

/// N threads around one event loop. Everything of platform/net must be destroyed before it or
/// stopped by it. Start it after block_signals().
class io_threads {
 public:
  explicit io_threads(int threads = 1);
  ~io_threads();
  io_threads(const io_threads&) = delete;
  io_threads& operator=(const io_threads&) = delete;

  /// Runs fn soon on one of the threads; dropped after stop().
  void post(std::function<void()> fn);
  /// Runs fn once after d; never after stop() or a cancel() that came first.
  timer after(std::chrono::milliseconds d, std::function<void()> fn);
  /// Closes every listener, session, connection and timer on its own strand, lets the loop run out
  /// and joins the threads. Callbacks of what was open run with an error before it returns. Never
  /// from one of its own threads. Idempotent.
  void stop();

  struct internals;
  /// For platform/net alone.
  internals& inside() { return *in_; }

 private:
  std::unique_ptr<internals> in_;
};

}  // namespace tinysync::net
