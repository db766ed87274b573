// timerfd_create(2): a timer on wall time that is cancelled when that is set, which every resume does.
// Whether it was one is told by the clock that counts sleep.

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cstring>
#include <ctime>
#include <limits>
#include <thread>

#include "platform/clock/resume.hpp"

namespace tinysync::clock {
namespace {

constexpr std::int64_t longest_nap_s = 10;  // connections outlive that

std::int64_t suspended_s() {
  timespec all{}, awake{};
  ::clock_gettime(CLOCK_BOOTTIME, &all);
  ::clock_gettime(CLOCK_MONOTONIC, &awake);
  return all.tv_sec - awake.tv_sec;
}

class linux_resume_watch final : public resume_watch {
 public:
  explicit linux_resume_watch(std::function<void()> resumed)
      : resumed_(std::move(resumed)),
        timer_(::timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC)),
        end_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  ~linux_resume_watch() override {
    if (thread_.joinable()) {
      const std::uint64_t one = 1;
      std::ignore = ::write(end_, &one, sizeof one);
      thread_.join();
    }
    for (int fd : {timer_, end_})
      if (fd >= 0) ::close(fd);
  }

  result<void> start() {
    if (timer_ < 0 || end_ < 0 || !arm())
      return failure(errc::unsupported, std::string("watching for a suspend: ") + std::strerror(errno));
    thread_ = std::thread([this] { run(); });
    return {};
  }

 private:
  bool arm() const {
    itimerspec never{};
    never.it_value.tv_sec = std::numeric_limits<std::int32_t>::max();
    return ::timerfd_settime(timer_, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) == 0;
  }

  void run() {
    auto known = suspended_s();
    for (;;) {
      pollfd fds[2] = {{timer_, POLLIN, 0}, {end_, POLLIN, 0}};
      ::poll(fds, 2, -1);
      if (fds[1].revents) return;
      std::uint64_t times = 0;
      std::ignore = ::read(timer_, &times, sizeof times);  // ECANCELED: wall time was set
      if (!arm()) return;
      auto now = suspended_s();
      if (now - std::exchange(known, now) > longest_nap_s) resumed_();
    }
  }

  std::function<void()> resumed_;
  int timer_, end_;
  std::thread thread_;
};

}  // namespace

result<std::unique_ptr<resume_watch>> watch_resume(std::function<void()> resumed) {
  auto made = std::make_unique<linux_resume_watch>(std::move(resumed));
  if (auto ok = made->start(); !ok) return failure(ok.error());
  return std::unique_ptr<resume_watch>(std::move(made));
}

}  // namespace tinysync::clock
