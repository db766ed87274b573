// An older copy of the server's data was put back, or there are two of it: agents notice, delete nothing, and offer
// again what the server lost (DESIGN §3 Position; docs/decisions/0011).

#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> blocked(world& w) {
  std::vector<std::string> out;
  for (auto* d : w.devices())
    if (w.status_of(*d).find("Blocked") != std::string::npos) out.push_back(d->name());
  return out;
}

TEST(a_restored_server, is_given_again_what_it_lost) {
  world w{"laptop", "phone"};
  w["laptop"].write("edited", "v1");
  w["laptop"].write("moved", "stays the same");
  w["laptop"].mkdir("folder");
  w.settle();
  auto backup = w.back_up_server();
  w["laptop"].write("new", "after the backup");
  w["phone"].write("folder/in/it", "likewise");
  w["laptop"].write("edited", "v2");
  w["phone"].move("moved", "folder/moved");
  w.settle();
  auto before = w["laptop"].tree();
  w.restore_server(backup);
  w.settle();
  EXPECT_EQ(w["laptop"].tree(), before);
  EXPECT_EQ(w["phone"].tree(), before);
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
  EXPECT_EQ(blocked(w), std::vector<std::string>{});
}

TEST(a_restored_server, is_told_of_it_in_the_status) {
  world w{"laptop"};
  w["laptop"].write("a", "1");
  w.settle();
  auto backup = w.back_up_server();
  w["laptop"].write("b", "2");
  w.settle();
  w.restore_server(backup);
  w.settle();
  EXPECT_NE(w.status_text(w["laptop"]).find("restored or forked"), std::string::npos) << w.status_text(w["laptop"]);
}

TEST(a_restored_server, brings_back_what_was_deleted_since_its_copy) {
  world w{"laptop", "phone"};
  w["laptop"].write("old", "before the backup");
  w["laptop"].write("kept", "too");
  w.settle();
  auto backup = w.back_up_server();
  w["phone"].remove("old");
  w["phone"].write("new", "after the backup");
  w.settle();
  w.restore_server(backup);
  w.settle();
  for (auto* d : w.devices()) {
    EXPECT_EQ(d->read("old"), "before the backup");
    EXPECT_EQ(d->read("new"), "after the backup");
  }
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST(a_restored_server, that_went_on_meanwhile_was_first) {
  world w{"laptop", "phone"};
  w["laptop"].write("both", "v1");
  w["laptop"].write("gone", "deleted in the new history");
  w.settle();
  auto backup = w.back_up_server();
  w["phone"].go_offline();
  w["laptop"].write("both", "v2 of the lost history");
  w["laptop"].write("new", "after the backup");
  w.settle();
  w["laptop"].go_offline();
  w.restore_server(backup);
  // The phone never saw what was lost: for it this is the same history, and it goes on.
  w["phone"].write("both", "v2 of the new history");
  w["phone"].remove("gone");
  w["phone"].write("other", "after the restore");
  w["phone"].go_online();
  w.settle();
  // The laptop's next seq exists there, with another chain.
  w["laptop"].write("offline", "written in between");
  w["laptop"].go_online();
  w.settle();
  EXPECT_EQ(w["laptop"].tree(), w["phone"].tree());
  EXPECT_EQ(w["phone"].read("both"), "v2 of the new history");
  ASSERT_EQ(w["phone"].conflicts_of("both").size(), 1u);
  EXPECT_EQ(w["phone"].conflicts_of("both").at(0).read(), "v2 of the lost history");
  EXPECT_FALSE(w["laptop"].exists("gone"));
  for (const char* kept : {"new", "other", "offline"}) EXPECT_TRUE(w["phone"].exists(kept)) << kept;
  EXPECT_EQ(blocked(w), std::vector<std::string>{});
}

/// The answer told a row that the device had not replayed when the server lost it.
TEST(a_restored_server, loses_no_edit_whose_answer_was_here_and_whose_row_was_not) {
  world w{"laptop", "phone"};
  w["laptop"].write("a", "v1");
  w.settle();
  auto backup = w.back_up_server();
  w["laptop"].write("a", "v2");
  w["laptop"].write("b", "new");
  auto accepted = w.head();
  for (int i = 0; i < 4000 && w.head() == accepted; ++i) w.run_for(1ms);
  ASSERT_GT(w.head(), accepted);
  w.run_for(1ms);
  w.restore_server(backup);
  w.settle();
  for (auto* d : w.devices()) {
    EXPECT_EQ(d->read("a"), "v2");
    EXPECT_EQ(d->read("b"), "new");
  }
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST(a_restored_server, may_be_restored_again) {
  world w{"laptop", "phone"};
  w["laptop"].write("a", "v1");
  w.settle();
  auto backup = w.back_up_server();
  for (int i = 0; i < 3; ++i) {
    w["phone"].write("a", "v2." + std::to_string(i));
    w["laptop"].write("b" + std::to_string(i), "new");
    w.settle();
    w.restore_server(backup);
    w.settle();
    EXPECT_EQ(w["laptop"].read("a"), "v2." + std::to_string(i));
    EXPECT_EQ(w["laptop"].tree(), w["phone"].tree());
  }
  EXPECT_EQ(w["laptop"].tree().size(), 4u);
}

}  // namespace
}  // namespace tinysync::test
