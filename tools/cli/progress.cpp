#include "tools/cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tinysync::cli {
namespace {

using namespace std::chrono_literals;
constexpr auto first_after = 1s;  // what is over sooner needs no bar
constexpr std::chrono::milliseconds on_terminal{250}, elsewhere{5'000};
constexpr std::size_t bar_width = 24;

}  // namespace

std::string progress_line(std::uint64_t left, std::uint64_t most, std::uint64_t transfers) {
  most = std::max(most, left);
  auto filled = most == 0 ? bar_width : static_cast<std::size_t>((most - left) * bar_width / most);
  std::string line = "[" + std::string(filled, '#') + std::string(bar_width - filled, '.') + "] ";
  line += left == 0 ? "looking for changes" : std::to_string(left) + " of " + std::to_string(most) + " changes to go";
  if (transfers > 0) line += ", " + std::to_string(transfers) + " in transfer";
  return line;
}

progress::progress(const common& c, std::string vault)
    : common_(c), vault_(std::move(vault)), terminal_(::isatty(2) != 0), thread_([this] { run(); }) {}

progress::~progress() {
  over_.release();
  thread_.join();
  if (terminal_ && !last_.empty()) std::fputs("\r\033[K", stderr);
}

void progress::show(const std::string& line) {
  if (line == last_) return;
  last_ = line;
  std::fprintf(stderr, terminal_ ? "\r\033[K%s" : "%s\n", line.c_str());
  std::fflush(stderr);
}

void progress::run() {
  const auto period = terminal_ ? on_terminal : elsewhere;
  if (over_.try_acquire_for(first_after)) return;
  auto a = open(common_);
  if (!a) return;
  std::uint64_t most = 0;
  do {
    auto vaults = vaults_named(*a, vault_);
    if (!vaults) return;
    std::uint64_t left = 0, transfers = 0;
    for (const auto& v : *vaults) {
      left += v.pending() + (v.head_seq() > v.seq() ? v.head_seq() - v.seq() : 0);
      transfers += v.transfers();
    }
    most = std::max(most, left);
    show(progress_line(left, most, transfers));
  } while (!over_.try_acquire_for(period));
}

}  // namespace tinysync::cli
