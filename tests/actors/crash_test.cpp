// Every actor can be told to die of a bug, in builds that obey.

#include <gmock/gmock.h>

#include <future>
#include <map>

#include "actors/faults.hpp"
#include "actors/ipc_bridge.hpp"
#include "actors/system.hpp"
#include "proto/actors/common.pb.h"
#include "tests/actors/kit.hpp"

namespace tinysync::actors {
namespace {

using ::testing::HasSubstr;

/// What a Crash to `path` brings, by the error's name or "crashed".
std::string crash(simulation& sim, const std::string& path, const std::string& as = "") {
  auto m = std::make_shared<common::Crash>();
  m->set_as(as);
  std::string got = "no answer";
  sim.directory().send_any(path, m, 1s, [&](result<message_ptr> r) {
    got = r ? (*r)->GetTypeName() : std::string(name_of(r.error().code));
  });
  sim.settle();
  return got;
}

constexpr const char* crashed = "tinysync.actors.common.Crashed";

struct crashes : stage {};

TEST_F(crashes, an_actor_asked_to_dies_and_is_restarted) {
  start({.children = {probe_child("a"), probe_child("b")}});
  EXPECT_TRUE(add("a", 5));
  EXPECT_EQ(crash(sim, "/root/a"), crashed);
  EXPECT_THAT(sim.inspect("/root/a").last_error, HasSubstr("asked to crash"));
  EXPECT_EQ(add("a", 1)->value(), 1);  // not 6: its state died with it
  EXPECT_EQ(sim.inspect("/root/a").restarts, 1u);
  EXPECT_EQ(sim.inspect("/root/b").restarts, 0u);
}

TEST_F(crashes, a_request_for_one_is_never_poison) {
  start({.budget = {.max_restarts = 100}, .children = {probe_child("a")}});
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(crash(sim, "/root/a"), crashed);
    sim.run_for(20s);  // past the back-off
  }
  EXPECT_EQ(sim.inspect("/root/a").restarts, 8u);
}

TEST_F(crashes, what_else_waits_at_the_dying_actor_fails_as_at_any_crash) {
  start({.children = {probe_child("a")}});
  auto m = std::make_shared<common::Crash>();
  sim.directory().find_any("/root/a").tell(m);
  std::vector<errc> got;
  outside.ask(at("a"), number(1), 1s, [&](result<Int64Value> r) { got.push_back(code_of(r)); });
  sim.settle();
  EXPECT_EQ(got, std::vector<errc>{errc::crashed});
}

TEST_F(crashes, a_supervisor_asked_to_dies_and_its_children_start_anew) {
  start({.children = {supervisor_spec{.name = "sub", .children = {probe_child("a")}}}});
  EXPECT_TRUE(add("sub/a", 5));
  EXPECT_EQ(crash(sim, "/root/sub"), crashed);
  EXPECT_EQ(add("sub/a", 1)->value(), 1);
  EXPECT_EQ(sim.inspect("/root/sub").restarts, 1u);
}

TEST_F(crashes, an_actor_dies_of_what_it_is_told_to_die_of) {
  start({.strategy = strategy::resync, .children = {probe_child("a"), probe_child("b")}});
  for (const char* cause : {"integrity_violation", "local_state_corrupt"}) {
    EXPECT_EQ(crash(sim, "/root/b", cause), crashed);
    sim.run_for(1s);
    EXPECT_EQ(j.last(2), (std::vector<std::string>{"resync a", "resync b"})) << cause;
  }
  EXPECT_EQ(crash(sim, "/root/b", "crashed"), crashed);
  sim.run_for(1s);
  EXPECT_EQ(j.last(1), std::vector<std::string>{"start b"});
  EXPECT_EQ(crash(sim, "/root/b", "disk_full"), "invalid_argument");
  EXPECT_EQ(crash(sim, "/root/b", "boredom"), "invalid_argument");
  EXPECT_EQ(sim.inspect("/root/b").restarts, 3u);
}

/// Whatever order the scheduler takes: two lives of one actor never overlap, also below a supervisor
/// below the one that died.
TEST(crash_of_a_supervisor, lets_its_children_end_before_they_start_anew) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    journal j;
    simulation sim(seed);
    budget at_once{.max_restarts = 100, .backoff = duration(0), .backoff_max = duration(0)};
    supervisor_spec low{.name = "low", .budget = at_once};
    for (const char* name : {"a", "b", "c"})
      low.children.push_back(child<probe_face, probe>(name, runs_on::scheduler, &j));
    supervisor_spec mid{.name = "mid", .budget = at_once, .children = {low}};
    sim.start({.name = "root", .budget = at_once, .children = {mid}});
    sim.settle();
    for (const char* path : {"/root/mid", "/root/mid/low", "/root/mid"}) {
      for (int n = 0; n < 20; ++n) sim.directory().find<probe_face>("/root/mid/low/b").tell(number(1));
      sim.directory().find_any(path).tell(std::make_shared<common::Crash>());
      sim.run_for(1s);
    }
    std::map<char, int> alive;
    for (const auto& line : j.lines) {
      auto& n = alive[line.back()];
      n += line.starts_with("stop") ? -1 : 1;
      EXPECT_LE(n, 1) << line << ", seed " << seed;
    }
    EXPECT_EQ(alive, (std::map<char, int>{{'a', 1}, {'b', 1}, {'c', 1}})) << seed;
    EXPECT_EQ(j.count("start a"), 4) << seed;
  }
}

TEST(crash_requests, are_refused_where_they_are_to_be_refused) {
  simulation sim(1, crash_requests::refused);
  sim.start({.name = "root", .children = {child<probe_face, probe>("a", runs_on::scheduler, nullptr)}});
  sim.settle();
  for (const char* path : {"/root/a", "/root"}) {
    EXPECT_EQ(crash(sim, path), "development_only") << path;
    EXPECT_EQ(sim.inspect(path).restarts, 0u) << path;
    EXPECT_EQ(sim.inspect(path).state, "up") << path;
  }
  std::string frame;
  answer_ipc(sim.directory(), R"({"id":1,"actor":"/root/a","type":"Crash","json":"{}"})",
             [&](std::string reply) { frame = std::move(reply); });
  sim.settle();
  EXPECT_THAT(frame, HasSubstr("development_only"));
  EXPECT_THAT(frame, HasSubstr("only programs built for development do that"));
}

TEST(crash_requests, are_obeyed_by_every_build_but_release) {
  bool release = std::string(TINYSYNC_BUILD_TYPE) == "Release";
  EXPECT_EQ(crash_requests_of_this_build(), release ? crash_requests::refused : crash_requests::obeyed);
  EXPECT_EQ(system_options{}.crashes, crash_requests_of_this_build());
}

TEST(crash_requests, reach_the_actors_of_a_real_process) {
  for (auto how : {crash_requests::refused, crash_requests::obeyed}) {
    system_options options;
    options.crashes = how;
    system sys(options);
    sys.start({.name = "root", .children = {child<probe_face, probe>("a", runs_on::own_thread, nullptr)}});
    std::promise<bool> died;
    sys.directory().send_any("/root/a", std::make_shared<common::Crash>(), 10s,
                             [&](result<message_ptr> r) { died.set_value(r.has_value()); });
    EXPECT_EQ(died.get_future().get(), how == crash_requests::obeyed);
  }
}

}  // namespace
}  // namespace tinysync::actors
