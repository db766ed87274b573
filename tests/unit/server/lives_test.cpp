// Which life of a device comes next, and when another agent must have begun one.

#include <gtest/gtest.h>

#include "server/store/access.hpp"

namespace tinysync::server {
namespace {

TEST(lives, go_on_one_by_one_and_may_be_begun_twice_by_who_missed_the_answer) {
  struct row {
    device_life last;
    codec::life_claim claim;
    std::optional<device_life> next;
  };
  const row table[] = {
      {{0, ""}, {0, "", "a"}, {{1, "a"}}},
      {{1, "a"}, {1, "a", "b"}, {{2, "b"}}},
      {{1, "a"}, {0, "", "a"}, {{1, "a"}}},    // the answer was lost
      {{1, "a"}, {0, "", "b"}, std::nullopt},  // begun by another
      {{2, "b"}, {1, "a", "c"}, std::nullopt},
      {{2, "b"}, {2, "x", "c"}, std::nullopt},
      {{9, "i"}, {2, "b", "c"}, std::nullopt},  // a home of last week
      {{2, "b"}, {9, "i", "j"}, {{10, "j"}}},   // a server of last week
      {{5, "e"}, {0, "", ""}, {{5, "e"}}},      // who does not keep count
  };
  for (const auto& r : table) {
    auto next = next_life(r.last, r.claim);
    EXPECT_EQ(next.has_value(), r.next.has_value());
    if (!next || !r.next) continue;
    EXPECT_EQ(next->count, r.next->count);
    EXPECT_EQ(next->mark, r.next->mark);
  }
}

}  // namespace
}  // namespace tinysync::server
