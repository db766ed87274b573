// Files that are written to all the time.

#include "tests/scenarios/watched_folder/two_devices.hpp"

namespace tinysync::test {
namespace {

TEST(writing, a10_a_log_appended_ten_times_a_second_is_sent_now_and_then) {
  two_devices t;
  t.laptop.write("log", "begin\n");
  t.begin();
  std::size_t seen_late = 0;
  for (int i = 0; i < 6000; ++i) {
    t.laptop.append("log", "line " + std::to_string(i) + "\n");
    t.w.run_for(100ms);
    // What the other device has is never older than the longest wait and the way there.
    auto late = t.laptop.read("log").size() - t.phone.read("log").size();
    seen_late = std::max(seen_late, late);
  }
  EXPECT_LE(t.rows(), 70u);
  EXPECT_GE(t.rows(), 50u);
  EXPECT_LE(seen_late, 12u * 10 * 10) << "bytes";
  auto last = t.laptop.read("log");
  t.w.run_for(3s);  // nobody waits for it, and nothing more happens
  EXPECT_EQ(t.phone.read("log"), last);
  t.end();
}

TEST(writing, a_file_saved_over_and_over_by_renaming_is_held_back_likewise) {
  two_devices t;
  t.laptop.write("state.json", "0");
  t.begin();
  for (int i = 1; i <= 600; ++i) {
    t.laptop.save("state.json", std::to_string(i));
    t.w.run_for(100ms);
  }
  EXPECT_LE(t.rows(), 12u);
  t.w.run_for(3s);
  EXPECT_EQ(t.phone.read("state.json"), "600");
  t.end();
}

TEST(writing, who_waits_for_sync_does_not_wait_for_the_pace) {
  two_devices t;
  t.laptop.write("log", "0");
  t.begin();
  for (int i = 1; i <= 40; ++i) {
    t.laptop.write("log", "now " + std::to_string(i));
    t.w.run_for(100ms);
  }
  ASSERT_NE(t.phone.read("log"), "now 40");
  EXPECT_NE(t.w.status_text(t.laptop).find("pending"), std::string::npos) << t.w.status_text(t.laptop);
  t.w.settle();
  EXPECT_EQ(t.phone.read("log"), "now 40");
  t.end();
}

TEST(writing, a_held_file_that_only_looks_changed_or_cannot_be_read_keeps_nobody_waiting) {
  for (bool readable : {true, false}) {
    two_devices t;
    t.laptop.write("log", "0");
    t.begin();
    for (int i = 1; i <= 20; ++i) {
      t.laptop.write("log", "v" + std::to_string(i));
      t.w.run_for(100ms);
    }
    auto arrived = t.phone.read("log");
    t.laptop.write("log", readable ? arrived : "last");
    if (!readable) t.laptop.disk().make_unreadable("log", true);
    t.w.settle();
    EXPECT_EQ(t.phone.read("log"), arrived);
    t.laptop.disk().make_unreadable("log", false);
    t.w.run_for(2min);  // it is tried again now and then
    t.end_as(readable ? "log:" + arrived : "log:last");
  }
}

TEST(writing, a_held_file_is_moved_deleted_and_replaced_like_any_other) {
  for (int what = 0; what < 4; ++what) {
    two_devices t;
    t.laptop.write("d/log", "0");
    t.begin();
    for (int i = 1; i <= 20; ++i) {
      t.laptop.write("d/log", "v" + std::to_string(i));
      t.w.run_for(100ms);
    }
    if (what == 0) t.laptop.move("d/log", "log");
    if (what == 1) t.laptop.remove("d");
    if (what == 2) t.laptop.move("d", "e");
    if (what == 3) t.phone.write("d/log", "phone's");
    t.w.run_for(20s);
    t.w.settle();
    EXPECT_EQ(t.laptop.tree(), t.phone.tree()) << what;
    if (what == 0) EXPECT_EQ(t.phone.read("log"), "v20");
    if (what == 1) EXPECT_FALSE(t.phone.exists("d"));
    if (what == 2) EXPECT_EQ(t.phone.read("e/log"), "v20");
    if (what == 3) EXPECT_EQ(t.laptop.conflicts_of("d/log").size() + t.phone.conflicts_of("d/log").size(), 2u);
    t.end();
  }
}

}  // namespace
}  // namespace tinysync::test
