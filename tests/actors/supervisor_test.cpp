#include "tests/actors/kit.hpp"

namespace tinysync::actors {
namespace {

using lines = std::vector<std::string>;
struct supervisor : stage {};

TEST_F(supervisor, one_for_one_keeps_the_reference_and_drops_the_state) {
  start({.children = {probe_child("a"), probe_child("b")}});
  auto a = at("a");
  EXPECT_EQ(ask(a, number(5))->value(), 5);
  EXPECT_EQ(add("b", 7)->value(), 7);
  auto r = ask(a, word("boom"));
  EXPECT_EQ(code_of(r), errc::crashed);
  EXPECT_EQ(r.error().text, "boom");
  sim.run_for(100ms);
  EXPECT_EQ(ask(a, number(1))->value(), 1);  // same reference, new state
  EXPECT_EQ(add("b", 1)->value(), 8);        // untouched
  EXPECT_EQ(j.count("start a"), 2);
  EXPECT_EQ(j.count("start b"), 1);
}

TEST_F(supervisor, requests_sent_while_restarting_are_held) {
  start({.children = {probe_child("a")}});
  order("a", "boom");
  sim.settle();
  EXPECT_EQ(j.count("start a"), 1);  // the restart is 10 ms away
  EXPECT_EQ(add("a", 3)->value(), 3);
  EXPECT_EQ(j.count("start a"), 2);
}

TEST_F(supervisor, more_than_1024_held_requests_are_refused_with_restarting) {
  start({.budget = {.backoff = 1s}, .children = {probe_child("a")}});
  order("a", "boom");
  sim.settle();
  int answered = 0;
  int refused = 0;
  for (int i = 0; i < 1030; ++i) {
    outside.ask(at("a"), number(1), 1min, [&](result<Int64Value> r) {
      if (r) ++answered;
      if (!r && r.error().code == errc::restarting) ++refused;
    });
  }
  EXPECT_EQ(refused, 6);
  sim.run_for(5s);
  EXPECT_EQ(answered, 1024);
}

TEST_F(supervisor, children_start_in_order_and_stop_in_reverse) {
  for (auto how :
       {strategy::one_for_one, strategy::rest_for_one, strategy::one_for_all, strategy::resync}) {
    j.lines.clear();
    start({.strategy = how, .children = {probe_child("a"), probe_child("b"), probe_child("c")}});
    EXPECT_TRUE(sim.stop("root"));
    EXPECT_EQ(j.lines, (lines{"start a", "start b", "start c", "stop c", "stop b", "stop a"}));
  }
}

TEST_F(supervisor, rest_for_one_restarts_those_started_later) {
  start({.strategy = strategy::rest_for_one,
         .children = {probe_child("a"), probe_child("b"), probe_child("c")}});
  order("b", "boom");
  sim.run_for(1s);
  EXPECT_EQ(j.lines,
            (lines{"start a", "start b", "start c", "stop b", "stop c", "start b", "start c"}));
}

TEST_F(supervisor, one_for_all_restarts_everyone) {
  start({.strategy = strategy::one_for_all,
         .children = {probe_child("a"), probe_child("b"), probe_child("c")}});
  order("b", "boom");
  sim.run_for(1s);
  EXPECT_EQ(j.lines, (lines{"start a", "start b", "start c", "stop b", "stop c", "stop a",
                            "start a", "start b", "start c"}));
}

TEST_F(supervisor, transient_and_temporary_children_may_end) {
  start({.children = {probe_child("t").restarts(restart::transient),
                      probe_child("o").restarts(restart::temporary), probe_child("p")}});
  for (auto name : {"t", "o", "p"}) at(name).tell(Empty{});
  sim.run_for(1s);
  EXPECT_EQ(j.count("start t"), 1);
  EXPECT_EQ(j.count("start o"), 1);
  EXPECT_EQ(j.count("start p"), 2);
  EXPECT_EQ(code_of(add("o", 1)), errc::unreachable);  // ended for good: refused, not held
}

TEST_F(supervisor, a_transient_child_is_restarted_after_a_failure_a_temporary_one_is_not) {
  start({.children = {probe_child("t").restarts(restart::transient),
                      probe_child("o").restarts(restart::temporary)}});
  order("t", "boom");
  order("o", "boom");
  sim.run_for(1s);
  EXPECT_EQ(j.count("start t"), 2);
  EXPECT_EQ(j.count("start o"), 1);
}

TEST_F(supervisor, waits_double_and_a_healthy_run_resets_them) {
  start({.budget = {.max_restarts = 100}, .children = {probe_child("a")}});
  auto crash = [this, n = 0]() mutable {
    order("a", "boom " + std::to_string(n++));
    sim.run_for(2s);
    return j.times("start a").back() - j.times("stop a").back();
  };
  for (auto base = 10ms; base < 1s; base *= 2) {
    auto wait = crash();
    EXPECT_GE(wait, base);
    EXPECT_LE(wait, base + base / 4);
  }
  sim.run_for(30s);
  EXPECT_LE(crash(), 12500us);
}

TEST_F(supervisor, escalation_restarts_the_subtree_and_spares_its_siblings) {
  supervisor_spec inner{
      .name = "inner", .budget = {.max_restarts = 2}, .children = {probe_child("a")}};
  start({.children = {inner, probe_child("z")}});
  for (int i = 0; i < 3; ++i) {
    order("inner/a", i == 0 ? "violate" : i == 1 ? "corrupt" : "boom");
    sim.run_for(500ms);
  }
  ASSERT_EQ(j.count("start a"), 4);  // 1 + 2 restarts + 1 by the restarted subtree
  auto started = j.times("start a");
  auto stopped = j.times("stop a");
  EXPECT_GE(started[1] - stopped[0], 10ms);
  EXPECT_LE(started[1] - stopped[0], 12500us + 1ns);
  EXPECT_GE(started[2] - stopped[1], 20ms);
  EXPECT_LE(started[2] - stopped[1], 25ms + 1ns);
  EXPECT_EQ(j.count("start z"), 1);
  EXPECT_EQ(add("inner/a", 2)->value(), 2);
}

TEST_F(supervisor, escalation_climbs_two_levels_to_the_root_which_gives_up_with_a_reason) {
  supervisor_spec low{.name = "low", .budget = {.max_restarts = 0}, .children = {probe_child("a")}};
  supervisor_spec mid{.name = "mid", .budget = {.max_restarts = 0}, .children = {low}};
  start({.budget = {.max_restarts = 0}, .children = {probe_child("z"), mid}});
  order("mid/low/a", "boom");
  sim.run_for(1s);
  EXPECT_FALSE(sim.running("root"));
  ASSERT_TRUE(sim.failure_of("root"));
  EXPECT_EQ(sim.failure_of("root")->code, errc::escalated);
  EXPECT_NE(sim.failure_of("root")->text.find("/root/mid/low/a: boom"), std::string::npos)
      << sim.failure_of("root")->text;
  EXPECT_EQ(j.count("stop z"), 1);
  EXPECT_EQ(code_of(add("z", 1)), errc::unreachable);
}

TEST_F(supervisor, a_message_that_crashed_three_times_is_quarantined) {
  start({.budget = {.max_restarts = 100}, .children = {probe_child("a")}});
  for (int i = 0; i < 10; ++i) {
    order("a", "boom");
    sim.run_for(1s);
  }
  EXPECT_EQ(j.count("start a"), 4);
  EXPECT_EQ(code_of(say("a", "boom")), errc::poisoned);
  EXPECT_EQ(say("a", "food")->value(), "food");
}

TEST_F(supervisor, failures_to_start_count) {
  start({.budget = {.max_restarts = 5}, .children = {probe_child("unborn")}});
  sim.run_for(1s);
  EXPECT_EQ(add("unborn", 1)->value(), 1);
  EXPECT_EQ(j.count("start unborn"), 3);
  sim.start(
      {.name = "other", .budget = {.max_restarts = 3}, .children = {probe_child("stillborn")}});
  sim.run_for(5s);
  ASSERT_TRUE(sim.failure_of("other"));
  EXPECT_EQ(sim.failure_of("other")->code, errc::escalated);
}

TEST_F(supervisor, a_stop_drains_the_mailbox_first) {
  start({.children = {probe_child("a")}});
  int answered = 0;
  for (int i = 0; i < 100; ++i) {
    outside.ask(at("a"), number(1), 1min, [&](result<Int64Value> r) { answered += r.has_value(); });
  }
  EXPECT_TRUE(sim.stop("root"));
  EXPECT_EQ(answered, 100);
}

// -- slow to stop -------------------------------------------------------------------------------

/// Ends itself `linger` after it was told to stop.
class lingerer {
 public:
  lingerer(context& self, journal* j, duration linger) : self_(self), journal_(j), linger_(linger) {
    journal_->add("start slow", self.now());
  }
  ~lingerer() { journal_->add("stop slow", self_.now()); }
  void stopping(context& self) { self.delay(linger_, Empty{}); }
  void handle(const Empty&, context& self) { self.quit(); }
  void handle(const StringValue&) {}

 private:
  context& self_;
  journal* journal_;
  duration linger_;
};
using lingerer_face = protocol<tells<Empty>, tells<StringValue>>;

TEST_F(supervisor, a_stuck_child_is_killed_after_its_timeout) {
  start({.children = {probe_child("a"),
                      child<lingerer_face, lingerer>("slow", runs_on::scheduler, &j, duration(1h))
                          .stops_within(3s)}});
  auto begun = sim.now();
  EXPECT_TRUE(sim.stop("root"));
  EXPECT_EQ(j.times("stop slow").at(0) - begun, 3s);
  EXPECT_EQ(j.lines.back(), "stop a");
}

TEST_F(supervisor, the_successor_waits_for_a_stopped_child) {
  start({.strategy = strategy::one_for_all,
         .children = {probe_child("a"), child<lingerer_face, lingerer>("slow", runs_on::scheduler,
                                                                       &j, duration(2s))}});
  order("a", "boom");
  sim.run_for(1s);
  EXPECT_EQ(j.count("start a"), 1);
  sim.run_for(2s);
  EXPECT_EQ(j.lines,
            (lines{"start a", "start slow", "stop a", "stop slow", "start a", "start slow"}));
}

TEST_F(supervisor, a_flood_does_not_delay_a_kill) {
  start({.children = {child<lingerer_face, lingerer>("slow", runs_on::scheduler, &j, duration(1h))
                          .stops_within(0s)}});
  for (int i = 0; i < 1000; ++i) at<lingerer_face>("slow").tell(word("x"));
  EXPECT_TRUE(sim.stop("root"));
  EXPECT_EQ(j.count("stop slow"), 1);
}

// -- resync -------------------------------------------------------------------------------------

TEST_F(supervisor, resync_treats_a_crash_as_one_for_one) {
  start({.strategy = strategy::resync, .children = {probe_child("a"), probe_child("b")}});
  order("a", "boom");
  sim.run_for(1s);
  EXPECT_EQ(j.lines, (lines{"start a", "start b", "stop a", "start a"}));
}

TEST_F(supervisor, resync_restarts_all_children_distrustful_after_the_hook) {
  for (auto order_word : {"violate", "corrupt"}) {
    j.lines.clear();
    start({.strategy = strategy::resync,
           .children = {probe_child("a"), probe_child("b"), probe_child("c")},
           .on_resync = [this](const error& why) {
             j.add("hook " + std::string(name_of(why.code)), sim.now());
           }});
    order("b", order_word);
    sim.run_for(1s);
    auto code =
        order_word == std::string("violate") ? "integrity_violation" : "local_state_corrupt";
    EXPECT_EQ(j.lines, (lines{"start a", "start b", "start c", "stop b", "stop c", "stop a",
                              "hook " + std::string(code), "resync a", "resync b", "resync c"}));
    order("a", "boom");
    sim.run_for(1s);
    EXPECT_EQ(j.lines.back(), "start a");  // the next crash is an ordinary one
    sim.kill("root");
  }
}

TEST_F(supervisor, resyncs_count_against_the_budget) {
  start({.strategy = strategy::resync,
         .budget = {.max_restarts = 1},
         .children = {probe_child("a")}});
  order("a", "violate");
  sim.run_for(1s);
  EXPECT_TRUE(sim.running("root"));
  order("a", "corrupt");
  sim.run_for(1s);
  EXPECT_FALSE(sim.running("root"));
}

TEST_F(supervisor, a_failing_resync_hook_escalates) {
  start({.strategy = strategy::resync,
         .children = {probe_child("a")},
         .on_resync = [](const error&) { throw std::runtime_error("no disk"); }});
  order("a", "violate");
  sim.run_for(1s);
  ASSERT_TRUE(sim.failure_of("root"));
  EXPECT_NE(sim.failure_of("root")->text.find("no disk"), std::string::npos);
}

}  // namespace
}  // namespace tinysync::actors
