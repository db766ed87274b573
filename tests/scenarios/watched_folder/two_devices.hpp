#pragma once
// A laptop with a user, and a phone on which what they do must arrive.

#include <gtest/gtest.h>

#include "tests/support/line_of.hpp"
#include "tests/support/world.hpp"

namespace tinysync::test {

using namespace std::chrono_literals;

class two_devices {
 public:
  explicit two_devices(world_options o = {}) : w({"laptop", "phone"}, std::move(o)) {}

  world w;
  device& laptop = w["laptop"];
  device& phone = w["phone"];

  /// Everything so far is in sync; rows are counted from here.
  void begin() {
    w.settle();
    head_ = w.head();
  }
  /// What the vault's log grew by.
  std::uint64_t rows() { return w.head() - head_; }
  /// In sync, nothing lost or invented, at rest, and this is the tree on the phone.
  void end_as(const std::string& line) {
    w.settle();
    EXPECT_EQ(line_of(phone.tree()), line);
    end();
  }
  void end() {
    w.settle();
    EXPECT_EQ(w.findings(), std::vector<std::string>{});
  }
  /// Does the device say so of this path, in its list of what is not synced?
  bool says(device& d, const std::string& reason) {
    return w.status_of(d).find("\"" + reason + "\"") != std::string::npos;
  }

 private:
  std::uint64_t head_ = 0;
};

}  // namespace tinysync::test
