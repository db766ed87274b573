// Absence is never evidence: a root that is not the one that was attached tells nothing.

#include <gtest/gtest.h>

#include "actors/faces/client.hpp"
#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;
namespace pb = faces::pb;

struct a_root : ::testing::Test {
  world w{"laptop", "phone"};
  device& laptop = w["laptop"];
  device& phone = w["phone"];
  tree before;

  void SetUp() override {
    laptop.write("a", "1");
    laptop.write("d/b", "2");
    w.settle();
    before = phone.tree();
  }
  void nothing_is_sent_and_it_says(const std::string& words) {
    auto head = w.head();
    w.run_for(20min);
    EXPECT_EQ(w.head(), head);
    EXPECT_EQ(phone.tree(), before);
    auto said = w.status_text(laptop);
    EXPECT_NE(said.find("root_missing"), std::string::npos) << said;
    EXPECT_NE(said.find(words), std::string::npos) << said;
  }
};

TEST_F(a_root, that_is_not_mounted_deletes_nothing_and_is_found_again) {
  laptop.disk().vanish_root(true);
  nothing_is_sent_and_it_says("root");
  phone.write("a", "changed meanwhile");
  w.run_for(1min);
  laptop.disk().vanish_root(false);
  w.run_for(5min);
  w.settle();
  EXPECT_EQ(laptop.read("a"), "changed meanwhile");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST_F(a_root, that_is_missing_at_the_start_is_waited_for_without_haste) {
  laptop.stop();
  laptop.disk().vanish_root(true);
  laptop.start();
  EXPECT_LT(w.simulation().run_for(10min), 3000u) << "messages while nothing can be done";
  laptop.disk().vanish_root(false);
  w.run_for(5min);
  laptop.write("a", "2");
  w.settle();
  EXPECT_EQ(phone.read("a"), "2");
}

TEST_F(a_root, of_which_every_stat_fails_deletes_nothing) {
  laptop.disk().fail_next(fs::verb::stat, errc::io_failed, 1'000'000);
  laptop.disk().fail_next(fs::verb::identity, errc::io_failed, 1'000'000);
  laptop.remove("a");
  nothing_is_sent_and_it_says("error");
}

TEST_F(a_root, replaced_by_an_empty_folder_deletes_nothing) {
  laptop.disk().replace_root();
  nothing_is_sent_and_it_says("marker");
}

TEST_F(a_root, replaced_by_yesterdays_backup_deletes_nothing_and_undoes_nothing) {
  auto marker = laptop.disk().read(".tinysync/marker");
  laptop.write("a", "today");
  laptop.write("new", "today, too");
  w.settle();
  before = phone.tree();
  laptop.disk().replace_root();
  for (auto own : {".tinysync/staging", ".tinysync/parked", ".tinysync/trash"}) laptop.disk().mkdir_p(own);
  laptop.disk().write(".tinysync/marker", marker);
  laptop.disk().write("a", "1");
  laptop.disk().write("d/b", "2");
  nothing_is_sent_and_it_says("another folder");
  laptop.restart();
  nothing_is_sent_and_it_says("another folder");
  EXPECT_EQ(laptop.read("a"), "1") << "and nothing is done to the other folder";
}

TEST_F(a_root, whose_marker_was_cleaned_away_stops_and_says_so) {
  laptop.disk().remove_all(".tinysync/marker");
  laptop.remove("a");
  nothing_is_sent_and_it_says("marker");
}

TEST_F(a_root, that_was_moved_away_while_contents_were_fetched_is_left_alone) {
  phone.write("d/new", "new");
  phone.write("a", "2");
  int seen = 0;
  // Everything of the batch is staged; then the folder goes.
  laptop.disk().fail_when([&](fs::verb v, std::string_view path) -> std::optional<errc> {
    if (v == fs::verb::identity && laptop.disk().exists(".tinysync/staging/1.staged") && seen++ == 0)
      laptop.disk().vanish_root(true);
    return std::nullopt;
  });
  w.run_for(3min);
  ASSERT_GT(seen, 0);
  laptop.disk().fail_when({});
  laptop.disk().vanish_root(false);
  EXPECT_EQ(laptop.read("a"), "1");
  EXPECT_FALSE(laptop.exists("d/new"));
  w.run_for(5min);
  w.settle();
  EXPECT_EQ(laptop.read("a"), "2");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST_F(a_root, a79_in_which_another_file_system_is_mounted_freezes_what_was_there) {
  laptop.disk().mount_over("d", true);
  laptop.write("c", "beside it");
  w.settle();
  EXPECT_EQ(phone.read("d/b"), "2") << "what is not seen is not gone";
  EXPECT_EQ(phone.read("c"), "beside it");
  EXPECT_NE(w.status_of(laptop).find("other_filesystem"), std::string::npos) << w.status_of(laptop);
  phone.write("d/b", "meanwhile");
  phone.write("d/new", "meanwhile, too");
  phone.remove("a");
  w.run_for(5min);
  EXPECT_FALSE(laptop.exists("a")) << "the rest goes on";
  laptop.disk().mount_over("d", false);
  w.run_for(11min);
  w.settle();
  EXPECT_EQ(laptop.read("d/b"), "meanwhile");
  EXPECT_EQ(laptop.read("d/new"), "meanwhile, too");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST_F(a_root, a79_from_which_a_mount_disappears_deletes_nothing) {
  laptop.disk().mkdir_p("usb");
  laptop.disk().mount_over("usb", true);
  w.settle();
  EXPECT_FALSE(phone.exists("usb")) << "another file system is not entered";
  laptop.disk().mount_over("usb", false);
  w.run_for(11min);
  w.settle();
  EXPECT_TRUE(phone.exists("usb")) << "by now it is a folder like any other";
  EXPECT_EQ(phone.read("a"), "1");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST_F(a_root, around_another_agents_root_leaves_that_alone) {
  laptop.disk().mkdir_p("inner/.tinysync/staging");
  laptop.write("inner/.tinysync/marker", "whose it is");
  laptop.write("inner/f", "somebody else's business");
  laptop.write("beside", "1");
  laptop.not_synced = {"inner/f", "inner/.tinysync"};
  w.settle();
  EXPECT_EQ(phone.read("beside"), "1");
  EXPECT_FALSE(phone.exists("inner/f"));
  EXPECT_NE(w.status_of(laptop).find("another_root"), std::string::npos) << w.status_of(laptop);
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST_F(a_root, with_a_folder_that_cannot_be_read_says_so_for_as_long_as_it_cannot) {
  laptop.disk().make_unreadable("d", true);
  w.run_for(11min);
  auto said = [&] { return w.status_of(laptop).find("permission_denied") != std::string::npos; };
  EXPECT_TRUE(said()) << w.status_of(laptop);
  laptop.write("beside", "1");
  w.run_for(1min);
  EXPECT_TRUE(said()) << "after a look at the folder above it";
  laptop.move("d", "e");
  w.run_for(1min);
  EXPECT_EQ(w.status_of(laptop).find("\"d\""), std::string::npos) << w.status_of(laptop);
  laptop.disk().make_unreadable("e", false);
  w.run_for(11min);
  w.settle();
  EXPECT_FALSE(said()) << w.status_of(laptop);
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST_F(a_root, a81_that_another_agent_syncs_is_left_alone_until_that_ends) {
  laptop.stop();
  auto other = laptop.disk().hold(".tinysync/lock");
  ASSERT_TRUE(other) << to_string(other.error());
  laptop.write("a", "2");
  laptop.start();
  nothing_is_sent_and_it_says("another agent");
  other->reset();
  w.run_for(2min);
  w.settle();
  EXPECT_EQ(phone.read("a"), "2");
}

TEST_F(a_root, where_files_cannot_be_locked_is_synced_all_the_same) {
  laptop.stop();
  laptop.disk().fail_when([](fs::verb v, std::string_view path) -> std::optional<errc> {
    return v == fs::verb::lease && path == ".tinysync/lock" ? std::optional(errc::unsupported) : std::nullopt;
  });
  laptop.write("a", "2");
  laptop.start();
  w.settle();
  EXPECT_EQ(phone.read("a"), "2");
}

TEST(roots, a80_overlap_neither_each_other_nor_the_agents_own_folder) {
  world w{"laptop"};
  auto ask = [&](const std::string& actor, auto m) {
    std::string said = "no answer";
    w.simulation().directory().send_any("/agent-laptop/" + actor, std::make_shared<decltype(m)>(m), 1min,
                                        [&](result<actors::message_ptr> r) { said = r ? "" : to_string(r.error()); });
    w.run_for(10s);
    return said;
  };
  pb::CreateVault second;
  second.set_name("second");
  ASSERT_EQ(ask("account", second), "");
  auto attach = [&](const std::string& root) {
    pb::Attach m;
    m.set_vault("second");
    m.set_root(root);
    return ask("attachments", m);
  };
  const auto home = w["laptop"].index_folder();
  EXPECT_NE(attach("/laptop").find("is the root of vault"), std::string::npos) << attach("/laptop");
  for (const auto& root : {std::string("/laptop/inside"), std::string("/"),
                           home.string(), home.parent_path().string(), (home / "inside").string()})
    EXPECT_NE(attach(root).find("overlaps"), std::string::npos) << root << ": " << attach(root);
  EXPECT_EQ(attach("/laptop2").find("overlaps"), std::string::npos) << "beside, although its name begins alike";
}

}  // namespace
}  // namespace tinysync::test
