#include "proto/actors/common.pb.h"
#include "tests/actors/kit.hpp"

namespace tinysync::actors {
namespace {

struct dynamic_children : stage {
  dynamic_children() {
    start({.children = {supervisor_spec{.name = "vaults", .dynamic = true}, probe_child("fixed")}});
    vaults = sim.directory().find_supervisor("/root/vaults");
  }
  errc add_vault(node_spec spec) {
    auto got = errc::internal;
    vaults.add(std::move(spec), [&](result<void> r) { got = r ? errc::missing : r.error().code; });
    sim.settle();
    return got;
  }
  errc remove_vault(const std::string& name) {
    auto got = errc::internal;
    vaults.remove(name, [&](result<void> r) { got = r ? errc::missing : r.error().code; });
    sim.run_for(100ms);
    return got;
  }
  static constexpr auto ok = errc::missing;  // no error has this meaning here
  supervisor_spec vault(std::string name) {
    return {
        .name = std::move(name), .strategy = strategy::resync, .children = {probe_child("engine")}};
  }
  supervisor_ref vaults;
};

TEST_F(dynamic_children, are_added_used_and_removed) {
  EXPECT_EQ(add_vault(vault("v1")), ok);
  EXPECT_EQ(add_vault(probe_child("plain")), ok);
  EXPECT_EQ(add("vaults/v1/engine", 2)->value(), 2);
  EXPECT_EQ(add("vaults/plain", 2)->value(), 2);
  auto held = at("vaults/v1/engine");
  EXPECT_EQ(remove_vault("v1"), ok);
  EXPECT_EQ(j.count("stop engine"), 1);
  EXPECT_FALSE(at("vaults/v1/engine"));
  EXPECT_EQ(code_of(ask(held, number(1))), errc::unreachable);
}

TEST_F(dynamic_children, a_removed_name_can_be_added_again_and_old_references_work_again) {
  add_vault(vault("v1"));
  auto held = at("vaults/v1/engine");
  remove_vault("v1");
  EXPECT_EQ(add_vault(vault("v1")), ok);
  EXPECT_EQ(ask(held, number(1))->value(), 1);
}

TEST_F(dynamic_children, mistakes_are_answered) {
  add_vault(vault("v1"));
  EXPECT_EQ(add_vault(vault("v1")), errc::already_exists);
  EXPECT_EQ(remove_vault("v2"), errc::not_found);
  vaults = sim.directory().find_supervisor("/root");
  EXPECT_EQ(add_vault(vault("v3")), errc::unsupported);
  EXPECT_EQ(remove_vault("fixed"), errc::unsupported);
  vaults = sim.directory().find_supervisor("/root/fixed");
  EXPECT_FALSE(vaults);
  EXPECT_EQ(add_vault(vault("v3")), errc::unreachable);
  vaults = sim.directory().find_supervisor("/root/vaults");
  sim.stop("root");
  EXPECT_EQ(add_vault(vault("v3")), errc::unreachable);
}

TEST_F(dynamic_children, restart_and_escalate_like_others_without_disturbing_their_neighbours) {
  auto fragile = vault("v1");
  fragile.budget.max_restarts = 1;
  add_vault(fragile);
  add_vault(probe_child("plain"));
  EXPECT_TRUE(add("vaults/plain", 1));
  order("vaults/v1/engine", "violate");
  sim.run_for(1s);
  EXPECT_EQ(j.count("resync engine"), 1);
  order("vaults/v1/engine", "boom");
  sim.run_for(1s);
  EXPECT_EQ(j.count("start engine"), 2);
  EXPECT_EQ(add("vaults/v1/engine", 1)->value(), 1);
  EXPECT_EQ(add("vaults/plain", 1)->value(), 2);
}

TEST_F(dynamic_children, stop_in_reverse_with_the_tree) {
  add_vault(vault("v1"));
  add_vault(probe_child("plain"));
  EXPECT_TRUE(sim.stop("root"));
  EXPECT_EQ(j.last(3), (std::vector<std::string>{"stop fixed", "stop plain", "stop engine"}));
}

TEST_F(dynamic_children, one_that_is_being_restarted_can_be_removed) {
  add_vault(probe_child("plain"));
  order("vaults/plain", "boom");
  sim.settle();
  EXPECT_EQ(remove_vault("plain"), ok);
  sim.run_for(1min);
  EXPECT_EQ(j.count("start plain"), 1);
}

TEST_F(dynamic_children, one_that_ended_for_good_is_forgotten) {
  add_vault(probe_child("once").restarts(restart::temporary));
  at("vaults/once").tell(Empty{});
  sim.settle();
  EXPECT_FALSE(at("vaults/once"));
  EXPECT_EQ(add_vault(probe_child("once")), ok);
}

/// Adds or removes "made" below /root/vaults and answers with what came of it.
class landlord {
 public:
  explicit landlord(journal* j) : journal_(j) {}
  later<StringValue> handle(const StringValue& w, context& self) {
    later<StringValue> answer(self);
    auto tell = [answer](result<void> r) {
      answer.deliver(word(r ? "ok" : std::string(name_of(r.error().code))));
    };
    if (w.value() == "add") {
      self.start_child("/root/vaults",
                       child<probe_face, probe>("made", runs_on::scheduler, journal_), tell);
    } else {
      self.stop_child("/root/vaults", "made", tell);
    }
    return answer;
  }

 private:
  journal* journal_;
};
using landlord_face = protocol<asks<StringValue, StringValue>>;

TEST_F(dynamic_children, are_managed_from_inside_actors_too) {
  add_vault(child<landlord_face, landlord>("landlord", runs_on::scheduler, &j));
  auto boss = at<landlord_face>("vaults/landlord");
  EXPECT_EQ(ask(boss, word("remove"))->value(), "not_found");
  EXPECT_EQ(ask(boss, word("add"))->value(), "ok");
  EXPECT_EQ(ask(boss, word("add"))->value(), "already_exists");
  EXPECT_EQ(add("vaults/made", 4)->value(), 4);
  EXPECT_EQ(ask(boss, word("remove"))->value(), "ok");
  EXPECT_EQ(j.count("stop made"), 1);
}

TEST_F(dynamic_children, come_back_with_their_supervisor) {
  EXPECT_EQ(add_vault(vault("v1")), ok);
  EXPECT_EQ(add_vault(probe_child("plain")), ok);
  EXPECT_EQ(add_vault(vault("gone")), ok);
  EXPECT_EQ(remove_vault("gone"), ok);
  for (int i = 0; i < 3; ++i) {
    sim.directory().find_any("/root/vaults").tell(std::make_shared<common::Crash>());
    sim.run_for(20s);
    EXPECT_EQ(add("vaults/v1/engine", 1)->value(), 1) << i;
    EXPECT_EQ(add("vaults/plain", 1)->value(), 1) << i;
    EXPECT_FALSE(at("vaults/gone/engine")) << i;
  }
  EXPECT_EQ(sim.inspect("/root/vaults").restarts, 3u);
  EXPECT_EQ(remove_vault("v1"), ok);
  EXPECT_FALSE(at("vaults/v1/engine"));
}

TEST_F(dynamic_children, asked_for_when_their_supervisor_dies_can_be_asked_for_again) {
  sim.directory().find_any("/root/vaults").tell(std::make_shared<common::Crash>());
  EXPECT_EQ(add_vault(vault("v1")), errc::restarting);
  sim.run_for(1s);
  EXPECT_EQ(add_vault(vault("v1")), ok);
}

TEST_F(dynamic_children, come_back_when_their_supervisor_had_escalated) {
  EXPECT_EQ(add_vault(probe_child("plain")), ok);
  EXPECT_EQ(add_vault(probe_child("other")), ok);
  for (int i = 0; i < 20 && sim.inspect("/root/vaults").restarts == 0; ++i) {
    order("vaults/plain", "boom" + std::to_string(i));
    sim.run_for(200ms);
  }
  sim.run_for(20s);
  EXPECT_EQ(sim.inspect("/root/vaults").restarts, 1u);
  EXPECT_EQ(add("vaults/plain", 1)->value(), 1);
  EXPECT_EQ(add("vaults/other", 1)->value(), 1);
}

}  // namespace
}  // namespace tinysync::actors
