// Random users on two or three devices, a network that misbehaves, and the ledger's judgement.
// TINYSYNC_SEEDS=FROM..TO chooses the seeds (default 1..1000). A failing seed prints its story.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tools/sim/story.hpp"

namespace tinysync::sim {
namespace {

std::pair<std::uint64_t, std::uint64_t> seeds() {
  const char* text = std::getenv("TINYSYNC_SEEDS");
  unsigned long long from = 1, to = 1000;
  if (text && std::sscanf(text, "%llu..%llu", &from, &to) == 1) to = from;
  return {from, to};
}

TEST(world_seeds, converge_and_lose_nothing) {
  auto [from, to] = seeds();
  auto begin = std::chrono::steady_clock::now();
  story_counts counts;
  int failures = 0;
  for (auto seed = from; seed <= to && failures < 5; ++seed) {
    story s(seed);
    auto wrong = s.play();
    counts.add(s.counts());
    if (!wrong.empty()) {
      ++failures;
      ADD_FAILURE() << "seed " << seed << ": " << wrong.front() << " (and " << wrong.size() - 1
                    << " more)\n" << s.text();
    }
    if (seed % 200 == 0) std::printf("seed %llu\n", static_cast<unsigned long long>(seed)), std::fflush(stdout);
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%llu seeds in %.1f s, %.1f ms each; %s\n", static_cast<unsigned long long>(to - from + 1),
              took.count(), took.count() * 1000 / static_cast<double>(to - from + 1), counts.text().c_str());
  // A fault that never fires is a defect of the world.
  if (to - from >= 99) {
    EXPECT_TRUE(counts.every_kind_happened()) << counts.text();
  }
}

/// Seeds outside the usual range that once failed, with what they found.
constexpr std::uint64_t regressions[] = {
    4692,  // after a rename that failed, the next step put a folder into the one that had not moved
    5229,  // a new folder that was listed on behalf of another was not watched
    9918,  // what had left a folder before that was deleted lost its history and could not be created
    6198,  // a file moved into a new folder of its own name: both waited for each other
    2632,  // a parked item whose intent was dropped passed for deleted
    8465,  // a file that became a folder, whose own event came before that of the folder above
    4314,  // a folder deleted here and what was moved into it there waited for each other
};

TEST(world_seeds, what_failed_once_holds) {
  for (auto seed : regressions) {
    story s(seed);
    auto wrong = s.play();
    EXPECT_TRUE(wrong.empty()) << "seed " << seed << ": " << wrong.front() << "\n" << s.text();
  }
}

TEST(world_seeds, the_same_seed_gives_the_same_run) {
  for (std::uint64_t seed : {3u, 17u, 99u}) {
    story a(seed), b(seed), c(seed + 1);
    a.play();
    b.play();
    c.play();
    EXPECT_EQ(a.trace_hash(), b.trace_hash()) << seed;
    EXPECT_NE(a.trace_hash(), c.trace_hash()) << seed;
  }
}

}  // namespace
}  // namespace tinysync::sim
