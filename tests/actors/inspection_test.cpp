#include <google/protobuf/descriptor.h>

#include "tests/actors/kit.hpp"

namespace tinysync::actors {
namespace {

struct inspection : stage {
  inspection() {
    start({.children = {supervisor_spec{.name = "sub", .children = {probe_child("a")}},
                        probe_child("b")}});
  }
};

TEST_F(inspection, shows_the_tree_in_start_order) {
  auto root = sim.inspect("/root");
  EXPECT_EQ(root.kind, "supervisor (one_for_one)");
  ASSERT_EQ(root.children.size(), 2u);
  EXPECT_EQ(root.children[0].name, "sub");
  EXPECT_EQ(root.children[0].state, "up");
  EXPECT_EQ(root.children[0].children.at(0).path, "/root/sub/a");
  EXPECT_EQ(root.children[0].children.at(0).kind, "probe");
  EXPECT_EQ(root.children[1].name, "b");
  EXPECT_EQ(sim.inspect("/nowhere").path, "");
}

TEST_F(inspection, counts_waits_ages_rates_and_work) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(add("b", 1));
  EXPECT_TRUE(say("b", "note"));
  auto b = sim.inspect("/root/b");
  EXPECT_EQ(b.handled, 101u);
  EXPECT_EQ(b.depth, 0u);
  EXPECT_NEAR(b.rate, 10.1, 0.01);
  EXPECT_EQ(b.work, "counting");
  at("b").tell(number(1));
  sim.clock().after(0s, [] {});
  EXPECT_EQ(sim.inspect("/root/b").depth, 1u);
  sim.settle();
  sim.run_for(1h);
  EXPECT_LT(sim.inspect("/root/b").rate, 0.001);
}

TEST_F(inspection, shows_restarts_held_messages_and_the_last_error) {
  order("b", "boom");
  sim.settle();
  at("b").tell(number(1));
  EXPECT_EQ(sim.inspect("/root/b").state, "restarting");
  EXPECT_EQ(sim.inspect("/root/b").depth, 1u);
  sim.run_for(9ms);
  EXPECT_EQ(sim.inspect("/root/b").oldest_ms, 9u);
  sim.run_for(1s);
  auto b = sim.inspect("/root/b");
  EXPECT_EQ(b.state, "up");
  EXPECT_EQ(b.restarts, 1u);
  EXPECT_EQ(b.last_error.substr(0, 4), "boom");
  EXPECT_EQ(b.depth, 0u);
  sim.stop("root");
  EXPECT_EQ(sim.inspect("/root/b").state, "stopped");
}

TEST_F(inspection, every_accepted_message_can_be_sent_by_name) {
  auto names = sim.directory().accepts("/root/b");
  EXPECT_EQ(names, (std::vector<std::string>{
                       "google.protobuf.Int64Value", "google.protobuf.StringValue",
                       "google.protobuf.Empty", "tinysync.actors.common.Crash"}));
  names.pop_back();  // beside its face: crash_test.cpp
  for (auto& name : names) {
    auto type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
    message_ptr message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    bool answered = false;
    sim.directory().send_any("/root/b", message, 1s, [&](result<message_ptr> r) {
      ASSERT_TRUE(r) << to_string(r.error());
      answered = true;
      if (*r) {
        EXPECT_EQ((*r)->GetDescriptor(), type);  // the probe answers in kind
      }
      EXPECT_EQ(*r == nullptr, name == "google.protobuf.Empty");
    });
    sim.settle();
    EXPECT_TRUE(answered);
  }
}

TEST_F(inspection, foreign_messages_and_unknown_paths_are_refused) {
  auto send = [this](const std::string& path) {
    auto got = errc::internal;
    sim.directory().send_any(path, std::make_shared<BoolValue>(), 1s,
                             [&](result<message_ptr> r) { got = r.error().code; });
    return got;
  };
  EXPECT_EQ(send("/root/b"), errc::unexpected_message);
  EXPECT_EQ(send("/root/sub"), errc::unexpected_message);
  EXPECT_EQ(send("/root/c"), errc::not_found);
  sim.directory().find_any("/root/b").tell(std::make_shared<BoolValue>());
  sim.settle();
  EXPECT_EQ(sim.inspect("/root/b").refused, 1u);
}

}  // namespace
}  // namespace tinysync::actors
