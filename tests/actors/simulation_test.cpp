#include "tests/actors/kit.hpp"

namespace tinysync::actors {
namespace {

/// Passes each number it is told on to a random peer, minus one; sometimes crashes; sometimes
/// waits.
using player_face = protocol<tells<Int64Value>>;
class player {
 public:
  explicit player(context& self) : self_(self) {}
  void handle(const Int64Value& n, context& self) {
    if (self.random() % 200 == 0) throw std::runtime_error("injected");
    if (n.value() == 0) return;
    auto peer = self.sibling<player_face>("p" + std::to_string(self.random() % 4));
    if (self.random() % 3 == 0)
      return self.delay(std::chrono::milliseconds(self.random() % 20), number(n.value() - 1));
    self.send(peer, number(n.value() - 1));
  }

 private:
  context& self_;
};

supervisor_spec players(std::string name) {
  supervisor_spec tree{.name = std::move(name), .budget = {.max_restarts = 1000000}};
  for (int i = 0; i < 4; ++i) {
    tree.children.push_back(
        child<player_face, player>("p" + std::to_string(i), runs_on::own_thread));
  }
  return tree;
}

struct run_result {
  std::uint64_t hash;
  std::vector<std::string> trace;
  friend bool operator==(const run_result&, const run_result&) = default;
};

run_result play(std::uint64_t seed) {
  simulation sim(seed);
  run_result r{};
  sim.trace_to([&](const std::string& line) { r.trace.push_back(line); });
  for (auto name : {"one", "two"}) {
    sim.start(players(name));
    sim.settle();
    for (int i = 0; i < 4; ++i) {
      sim.directory()
          .find<player_face>("/" + std::string(name) + "/p" + std::to_string(i))
          .tell(number(300));
    }
  }
  sim.post(100ms, [&] { sim.kill("one"); });
  sim.post(200ms, [&] { sim.start(players("one")); });
  sim.run_for(10s);
  r.hash = sim.trace_hash();
  return r;
}

TEST(simulations, of_one_seed_are_equal_and_of_different_seeds_differ) {
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto first = play(seed);
    EXPECT_TRUE(first == play(seed)) << "seed " << seed;
    EXPECT_GT(first.trace.size(), 100u);
    hashes.push_back(first.hash);
  }
  std::sort(hashes.begin(), hashes.end());
  EXPECT_EQ(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

/// Tells itself the same for ever.
class eager {
 public:
  explicit eager(context& self) : self_(self) {}
  void handle(const Int64Value& n) { self_.send(self_.self<player_face>(), number(n.value())); }

 private:
  context& self_;
};

TEST(simulations, in_which_actors_are_busy_without_end_are_stopped) {
  simulation sim(1);
  sim.start({.name = "one", .children = {child<player_face, eager>("e", runs_on::own_thread)}});
  sim.settle();
  sim.directory().find<player_face>("/one/e").tell(number(1));
  EXPECT_THROW(sim.run_for(1s), std::runtime_error);
}

struct simulated : stage {};

TEST_F(simulated, time_stands_still_until_it_is_told_to_pass) {
  start({.children = {probe_child("a")}});
  auto begun = sim.now();
  std::vector<std::string> fired;
  sim.post(2s, [&] { fired.push_back("b"); });
  sim.post(1s, [&] { fired.push_back("a"); });
  auto cancelled = sim.post(1s, [&] { fired.push_back("never"); });
  EXPECT_TRUE(sim.clock().cancel(cancelled));
  EXPECT_FALSE(sim.clock().cancel(cancelled));
  EXPECT_EQ(*sim.next_timeout() - begun, 1s);
  sim.settle();
  EXPECT_EQ(sim.now(), begun);
  sim.run_for(3s);
  EXPECT_EQ(sim.now() - begun, 3s);
  EXPECT_EQ(fired, (std::vector<std::string>{"a", "b"}));
}

TEST_F(simulated, a_killed_root_vanishes_undrained_and_can_be_started_anew) {
  start({.children = {probe_child("a")}});
  auto a = at("a");
  std::vector<errc> got;
  for (int i = 0; i < 3; ++i) {
    outside.ask(a, number(1), 1min,
                [&](result<Int64Value> r) { got.push_back(r ? errc::internal : r.error().code); });
  }
  sim.kill("root");
  EXPECT_EQ(j.count("stop a"), 1);
  EXPECT_FALSE(sim.running("root"));
  sim.settle();
  EXPECT_EQ(got, std::vector<errc>(3, errc::unreachable));
  EXPECT_EQ(code_of(ask(a, number(1))), errc::unreachable);
  start({.children = {probe_child("a")}});
  EXPECT_EQ(ask(a, number(1))->value(), 1);  // the old reference works again
  EXPECT_FALSE(sim.failure_of("root"));
}

TEST_F(simulated, roots_are_independent) {
  start({.children = {probe_child("a")}});
  sim.start({.name = "phone", .children = {probe_child("a")}});
  sim.settle();
  EXPECT_THROW(sim.start({.name = "phone"}), std::logic_error);
  auto phone = sim.directory().find<probe_face>("/phone/a");
  EXPECT_EQ(ask(phone, number(1))->value(), 1);
  sim.kill("root");
  EXPECT_EQ(ask(phone, number(1))->value(), 2);
  EXPECT_TRUE(sim.stop("phone"));
  EXPECT_EQ(sim.inspect().children.size(), 2u);
}

TEST_F(simulated, a_root_can_be_killed_while_it_stops_restarts_or_has_not_begun) {
  start({.children = {probe_child("a"), probe_child("b")}});
  order("a", "boom");
  sim.settle();
  sim.kill("root");
  sim.run_for(1min);
  sim.start({.name = "root", .children = {probe_child("a")}});
  sim.kill("root");
  sim.run_for(1min);
  EXPECT_EQ(j.count("start a"), 1);
  for (std::size_t steps = 0; steps < 30; ++steps) {
    sim.start({.name = "root",
               .strategy = strategy::one_for_all,
               .children = {probe_child("a"), probe_child("b")}});
    sim.settle(steps);
    order("a", "boom");
    sim.settle(steps / 2);
    sim.kill("root");
  }
  sim.run_for(1min);
  EXPECT_EQ(j.count("start a"), j.count("stop a"));
  EXPECT_EQ(j.count("start b"), j.count("stop b"));
}

}  // namespace
}  // namespace tinysync::actors
