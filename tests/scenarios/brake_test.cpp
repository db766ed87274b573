// The mass-change brake (docs/decisions/0006).

#include <gtest/gtest.h>

#include <google/protobuf/util/json_util.h>

#include "actors/faces/client.hpp"
#include "actors/ipc_bridge.hpp"
#include "proto/ipc/v1/ipc.pb.h"
#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

std::string photo(int i) { return "photos/" + std::to_string(i); }

struct the_brake : ::testing::Test {
  world w{"laptop", "phone"};
  device& laptop = w["laptop"];
  device& phone = w["phone"];

  void SetUp() override {
    for (int i = 0; i < 100; ++i) laptop.write(photo(i), "photo " + std::to_string(i));
    laptop.write("other", "1");
    w.settle();
  }
  std::size_t photos_on(device& d) {
    std::size_t n = 0;
    for (const auto& [path, e] : d.tree()) n += path.starts_with("photos/");
    return n;
  }
};

TEST_F(the_brake, holds_a_mass_deletion_back_and_lets_everything_else_flow) {
  laptop.remove("photos");
  laptop.write("other", "2");
  laptop.write("new", "3");
  w.settle();
  EXPECT_EQ(w.held_back(laptop), 1u);
  EXPECT_EQ(photos_on(phone), 100u);
  EXPECT_EQ(phone.read("other"), "2");
  EXPECT_EQ(phone.read("new"), "3");
  laptop.restart();
  w.settle();
  EXPECT_EQ(w.held_back(laptop), 1u) << "held back across a restart";
  EXPECT_EQ(photos_on(phone), 100u);
}

TEST_F(the_brake, once_approved_lets_it_pass_everywhere) {
  laptop.remove("photos");
  w.settle();
  w.decide_brake(laptop, true);
  w.settle();
  EXPECT_EQ(w.held_back(laptop), 0u);
  EXPECT_FALSE(phone.exists("photos"));
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST_F(the_brake, once_rejected_brings_everything_back) {
  for (int i = 0; i < 60; ++i) laptop.remove(photo(i));
  for (int i = 60; i < 70; ++i) laptop.write(photo(i), "scrambled " + std::to_string(i));
  w.settle();
  EXPECT_EQ(w.held_back(laptop), 70u);
  EXPECT_EQ(phone.read(photo(65)), "photo 65");
  w.decide_brake(laptop, false);
  w.settle();
  EXPECT_EQ(w.held_back(laptop), 0u);
  EXPECT_EQ(photos_on(laptop), 100u);
  EXPECT_EQ(laptop.read(photo(65)), "photo 65");
  EXPECT_EQ(laptop.tree(), phone.tree());
  EXPECT_EQ(laptop.conflicts_of(photo(65)).size(), 0u) << "mine went to the local trash";
}

TEST_F(the_brake, sees_a_mass_deletion_that_comes_in_small_parts) {
  laptop.go_offline();  // nothing gets in sync in between
  for (int i = 0; i < 100; ++i) {
    laptop.remove(photo(i));
    w.run_for(300ms);
  }
  laptop.go_online();
  w.settle();
  EXPECT_GE(w.held_back(laptop), 50u);
  EXPECT_GE(photos_on(phone), 50u);
}

TEST_F(the_brake, does_no_harm_to_what_was_put_back_by_hand) {
  for (bool approve : {false, true}) {
    laptop.remove("photos");
    w.settle();
    for (int i = 0; i < 100; ++i) laptop.write(photo(i), "photo " + std::to_string(i));
    w.run_for(1min);
    EXPECT_EQ(photos_on(phone), 100u);
    w.decide_brake(laptop, approve);
    w.settle();
    EXPECT_EQ(photos_on(laptop), 100u) << approve;
    EXPECT_EQ(laptop.tree(), phone.tree()) << approve;
  }
}

TEST_F(the_brake, an_edit_elsewhere_of_what_is_held_back_wins) {
  laptop.remove("photos");
  w.settle();
  phone.write(photo(7), "retouched");
  w.settle();
  EXPECT_EQ(laptop.read(photo(7)), "retouched");
  EXPECT_EQ(photos_on(phone), 100u);
}

TEST_F(the_brake, keeps_an_approval_until_it_has_been_used) {
  laptop.remove("photos");
  w.settle();
  auto vaults = w.simulation().directory().inspect("/agent-laptop/vaults").children;
  auto tell = [&](const std::string& actor, auto m) {
    w.simulation().directory().send_any(vaults.at(0).path + "/" + actor, std::make_shared<decltype(m)>(m),
                                        1min, [](result<actors::message_ptr>) {});
  };
  faces::pb::DecideBrake approve;
  approve.set_approve(true);
  faces::pb::RecordState idle;  // of a moment before, and late
  idle.set_state("OnlineIdle");
  tell("local_store", approve);
  tell("local_store", idle);
  w.run_for(1s);
  tell("engine", faces::pb::OutboxChanged{});
  w.settle();
  EXPECT_EQ(w.held_back(laptop), 0u);
  EXPECT_FALSE(phone.exists("photos"));
}

TEST_F(the_brake, shows_what_does_not_fit_into_one_frame) {
  std::string folder = "photos";
  for (int i = 0; i < 14; ++i) folder += "/" + std::string(250, static_cast<char>('a' + i));
  for (int i = 0; i < 300; ++i) laptop.write(folder + "/" + std::to_string(i), "deep " + std::to_string(i));
  w.settle();
  for (int i = 0; i < 300; ++i) laptop.remove(folder + "/" + std::to_string(i));
  w.settle();
  std::string json;
  std::size_t frames = 0, largest = 0;
  bool more = true;
  ipc::v1::Request request;
  request.set_id(7);
  request.set_actor(w.simulation().directory().inspect("/agent-laptop/vaults").children.at(0).path + "/local_store");
  request.set_type("AskBrake");
  std::string asked;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(request, &asked).ok());
  actors::answer_ipc(w.simulation().directory(), asked, [&](std::string frame) {
    ipc::v1::Answer part;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(frame, &part).ok());
    EXPECT_TRUE(more) << "a frame after the last";
    more = part.more();
    ++frames;
    largest = std::max(largest, frame.size());
    json += part.json();
  });
  w.run_for(1s);
  EXPECT_FALSE(more);
  EXPECT_GT(frames, 5u);
  EXPECT_LE(largest, 1u << 20);
  faces::pb::Brake all;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &all).ok());
  EXPECT_EQ(all.held_size(), 300);
}

}  // namespace
}  // namespace tinysync::test
