#include "tests/scenarios/matrix/meeting.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tinysync::test {

using namespace std::chrono_literals;

act nothing() {
  return [](device&) {};
}
act write(std::string path, std::string text) {
  return [=](device& d) { d.write(path, text); };
}
act remove(std::string path) {
  return [=](device& d) { d.remove(path); };
}
act move(std::string from, std::string to) {
  return [=](device& d) { d.move(from, to); };
}
act exchange(std::string a, std::string b) {
  return [=](device& d) { d.exchange(a, b); };
}
act mkdir(std::string path) {
  return [=](device& d) { d.mkdir(path); };
}
act chmod(std::string path, std::uint32_t mode) {
  return [=](device& d) { d.chmod(path, mode); };
}
act symlink(std::string target, std::string path) {
  return [=](device& d) { d.symlink(target, path); };
}
act all(std::vector<act> acts) {
  return [=](device& d) {
    for (const auto& a : acts) a(d);
  };
}

both_orders::both_orders(act before, act one, act other)
    : before_(std::move(before)), one_(std::move(one)), other_(std::move(other)) {}

both_orders& both_orders::in_rows(std::uint64_t rows) {
  rows_ = rows;
  return *this;
}

void both_orders::end_as(const std::string& one_first, const std::string& other_first) const {
  for (auto how : {apart::offline, apart::stopped}) {
    play(one_, other_, how, one_first);
    play(other_, one_, how, other_first);
  }
  play_at_once(one_first, other_first);
}

/// The second user acts first, but the server hears of it last. In the stopped variant agents also
/// die: the first one's while it sends, the second one's while it finds out.
void both_orders::play(const act& first, const act& second, apart how,
                       const std::string& expected) const {
  bool stopped = how == apart::stopped;
  world w({"laptop", "phone", "desk"});
  before_(w["laptop"]);
  w.settle();
  auto head = w.head();
  if (stopped) w["phone"].stop();
  else w["phone"].go_offline();
  second(w["phone"]);
  w.run_for(3s);
  first(w["laptop"]);
  if (stopped) {
    w.run_for(40ms);
    w["laptop"].restart();
  }
  w.settle();
  if (stopped) {
    w["phone"].start();
    w.run_for(90ms);
    w["phone"].restart();
  } else {
    w["phone"].go_online();
  }
  w.settle();
  judge(w, {expected}, head, stopped ? "the second one's agent did not run" : "the second was offline");
}

void both_orders::play_at_once(const std::string& one_first, const std::string& other_first) const {
  world w{"laptop", "phone", "desk"};
  before_(w["laptop"]);
  w.settle();
  auto head = w.head();
  one_(w["laptop"]);
  other_(w["phone"]);
  w.settle();
  judge(w, {one_first, other_first}, head, "both at once");
}

void both_orders::judge(world& w, const std::vector<std::string>& allowed, std::uint64_t head_before,
                        const std::string& story) const {
  auto rows = w.head() - head_before;
  auto line = line_of(w["laptop"].tree());
  bool as_expected = std::find(allowed.begin(), allowed.end(), line) != allowed.end();
  EXPECT_TRUE(as_expected) << story << ": " << line << "\n  instead of: " << allowed.front()
                           << (allowed.size() > 1 ? "\n  or: " + allowed.back() : "");
  if (rows_) {
    EXPECT_EQ(rows, *rows_) << story << ": rows of the log";
  }
  EXPECT_EQ(w.findings(), std::vector<std::string>{}) << story << ": " << line;
}

}  // namespace tinysync::test
