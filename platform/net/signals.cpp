#include "platform/net/signals.hpp"

#include <signal.h>
#include <time.h>

#include <cerrno>

namespace tinysync::net {
namespace {

sigset_t waited_for() {
  sigset_t set;
  sigemptyset(&set);
  for (int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, s);
  return set;
}

}  // namespace

void block_signals() {
  auto set = waited_for();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

int wait_for_signal() {
  auto set = waited_for();
  int number = 0;
  while (sigwait(&set, &number) != 0) {
  }
  return number;
}

std::optional<int> wait_for_signal(std::chrono::milliseconds limit) {
  auto set = waited_for();
  const auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() < 0) left = {};
    timespec t{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    int number = sigtimedwait(&set, nullptr, &t);
    if (number > 0) return number;
    if (errno != EINTR) return std::nullopt;
  }
}

}  // namespace tinysync::net
