// Random scenarios, as `tinysync-sim run` plays them. TINYSYNC_SEEDS=FROM..TO chooses others (default 1..2000).

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "tools/sim/batch.hpp"

namespace tinysync::sim {
namespace {

TEST(seeds, find_nothing_and_every_fault_takes_effect) {
  batch_options o;
  o.jobs = 2;
  o.to = 2000;
  unsigned long long from = 0, to = 0;
  const char* asked = std::getenv("TINYSYNC_SEEDS");
  if (asked && std::sscanf(asked, "%llu..%llu", &from, &to) == 2) o.from = from, o.to = to;
  std::uint64_t shown = 0;
  auto report = run_batch(o, [&](const batch_report& r) {
    if (r.played / 500 > shown) std::printf("%llu seeds\n", static_cast<unsigned long long>((shown = r.played / 500) * 500)), std::fflush(stdout);
  });
  for (const auto& f : report.failed)
    for (const auto& one : f.findings) ADD_FAILURE() << "seed " << f.seed << ": " << one.rule << ": " << one.text;
  EXPECT_EQ(report.played, o.to - o.from + 1);
  if (report.played < 2000) return;
  // A fault that never takes effect is a defect of the simulator.
  for (const auto& verb : never_fired(report.fired)) ADD_FAILURE() << verb << " never took effect";
}

}  // namespace
}  // namespace tinysync::sim
