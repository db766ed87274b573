#include "platform/net/io_threads.hpp"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "platform/net/io_internals.hpp"

namespace tinysync::net {

std::uint64_t io_threads::internals::remember(std::function<void()> close) {
  std::unique_lock lock(m);
  const auto number = next++;
  if (stopping) {
    lock.unlock();
    close();
  } else {
    closers.emplace(number, std::move(close));
  }
  return number;
}

void io_threads::internals::forget(std::uint64_t number) {
  std::function<void()> dropped;  // destroyed without the lock: it may hold more of us
  std::lock_guard lock(m);
  if (auto at = closers.find(number); at != closers.end()) {
    dropped = std::move(at->second);
    closers.erase(at);
  }
}

// The timer lives on a strand of its own; only the flag is shared.
struct timer::state : std::enable_shared_from_this<timer::state> {
  explicit state(asio::io_context& io) : alarm(asio::make_strand(io)) {}
  void cancel() {
    if (cancelled.exchange(true)) return;
    asio::post(alarm.get_executor(), [me = shared_from_this()] { me->alarm.cancel(); });
  }
  asio::steady_timer alarm;
  std::atomic<bool> cancelled{false};
  remembered closer;
};

void timer::cancel() const {
  if (s_) s_->cancel();
}

io_threads::io_threads(int threads) : in_(std::make_unique<internals>(threads)) {
  in_->work.emplace(asio::make_work_guard(in_->context));
  for (int i = 0; i < threads; ++i)
    in_->threads.emplace_back([in = in_.get()] { in->context.run(); });
}

io_threads::~io_threads() { stop(); }

void io_threads::post(std::function<void()> fn) {
  {
    std::lock_guard lock(in_->m);
    if (in_->stopping) return;
  }
  asio::post(in_->context, std::move(fn));
}

timer io_threads::after(std::chrono::milliseconds d, std::function<void()> fn) {
  auto s = std::make_shared<timer::state>(in_->context);
  s->closer = remembered(*in_, [weak = std::weak_ptr(s)] {
    if (auto s = weak.lock()) s->cancel();
  });
  asio::post(s->alarm.get_executor(), [s, d, fn = std::move(fn)]() mutable {
    if (s->cancelled) return;
    s->alarm.expires_after(d);
    s->alarm.async_wait([s, fn = std::move(fn)](boost::system::error_code e) {
      if (!e && !s->cancelled) fn();
    });
  });
  return timer(s);
}

void io_threads::stop() {
  std::map<std::uint64_t, std::function<void()>> closers;
  {
    std::lock_guard lock(in_->m);
    if (std::exchange(in_->stopping, true)) return;
    closers = in_->closers;
  }
  for (auto& [number, close] : closers) close();
  closers.clear();
  in_->work.reset();
  for (auto& t : in_->threads) t.join();
}

}  // namespace tinysync::net
