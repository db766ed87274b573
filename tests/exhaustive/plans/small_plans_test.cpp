// Every outcome of up to three operations on one device against every outcome of up to three on the
// other, over a tree of three items: the pure planner and the pure judge alone. Different stories
// that leave a device in the same state count once.

#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "tests/exhaustive/small_acts.hpp"
#include "tests/support/planner_model.hpp"

namespace tinysync::test {
namespace {

struct outcome_of_acts {
  std::string story;
  model_device device;
};

/// In sync on the small tree: both devices and the server.
model synced() {
  model_device laptop("laptop");
  begin_small_tree(laptop);
  model m(laptop, model_device("phone"), {}, 1);
  EXPECT_EQ(m.settle(meeting::one_after_the_other), "");
  return m;
}

/// Every state that at most `most` operations lead to, with the shortest story that does.
std::vector<outcome_of_acts> outcomes(const model_device& from, int most) {
  std::vector<outcome_of_acts> out{{"nothing", from}};
  std::set<std::string> seen{from.key()};
  for (std::size_t begin = 0; most > 0; --most) {
    auto end = out.size();
    for (; begin < end; ++begin)
      for (const auto& act : small_acts) {
        auto after = out[begin].device;
        act.perform(after, after.name() + ": " + act.name);
        if (seen.insert(after.key()).second)
          out.push_back({begin ? out[begin].story + ", " + act.name : act.name, std::move(after)});
      }
  }
  return out;
}

TEST(small_plans, three_operations_on_each_side_converge_and_lose_nothing) {
  auto begin = synced();
  auto here = outcomes(begin.first(), 3);
  auto there = outcomes(begin.second(), 3);
  std::size_t failures = 0;
  std::uint64_t seed = 1;
  for (const auto& mine : here)
    for (const auto& theirs : there)
      for (auto how : {meeting::one_after_the_other, meeting::at_once}) {
        auto finding = model(mine.device, theirs.device, begin.server(), ++seed).settle(how);
        if (finding.empty()) continue;
        ADD_FAILURE() << mine.story << " | " << theirs.story
                      << (how == meeting::at_once ? ", at once: " : ", one after the other: ")
                      << finding;
        ASSERT_LT(++failures, 20u) << "and more";
      }
  EXPECT_GT(here.size(), 500u) << "the operations do little";
  std::cout << here.size() << " × " << there.size() << " outcomes, each met in two ways\n";
}

}  // namespace
}  // namespace tinysync::test
