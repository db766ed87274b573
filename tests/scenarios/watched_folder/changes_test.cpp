// A32–A47: what a stat, an event or a read does not show, and files that change while they are read.

#include "tests/scenarios/watched_folder/two_devices.hpp"

namespace tinysync::test {
namespace {

using fs::verb;

/// Past every periodic scan.
void wait_for_a_scan(two_devices& t) { t.w.run_for(11min); }

TEST(changes, a32_a_rewrite_within_one_tick_of_the_clock_is_found_without_an_event) {
  world_options o;
  o.disk.timestamp_granularity_ns = 1'000'000'000;
  two_devices t(o);
  t.begin();
  t.w.run_for(1s);
  t.laptop.write("f", "one");
  t.w.run_for(100ms);
  ASSERT_EQ(t.phone.read("f"), "one");  // read and hashed by now
  auto before = t.laptop.disk().stat("f").value();
  t.laptop.deafen(true);
  t.laptop.write("f", "two");
  ASSERT_EQ(t.laptop.disk().stat("f").value(), before) << "not within one tick";
  t.w.run_for(5s);
  EXPECT_EQ(t.phone.read("f"), "two");
  t.end();
}

TEST(changes, a33_a_rewrite_whose_mtime_was_put_back_is_found) {
  two_devices t;
  t.laptop.write("f", "one");
  t.begin();
  t.w.run_for(1min);
  t.laptop.deafen(true);
  auto mtime = t.laptop.disk().stat("f")->mtime_ns;
  t.laptop.write("f", "two");
  t.laptop.disk().touch("f", mtime);
  wait_for_a_scan(t);
  EXPECT_EQ(t.phone.read("f"), "two");
  t.end();
}

TEST(changes, a35_a_store_without_an_event_is_found_by_the_periodic_scan) {
  two_devices t;
  t.laptop.write("d/f", "one");
  t.begin();
  t.w.run_for(1min);
  t.laptop.deafen(true);
  t.laptop.write("d/f", "two");  // as through a mapping that is still open
  wait_for_a_scan(t);
  EXPECT_EQ(t.phone.read("d/f"), "two");
  t.end();
}

TEST(changes, a36_a_write_through_a_name_outside_the_root_is_found) {
  two_devices t;
  t.laptop.write("f", "one");
  t.laptop.disk().hard_link("f", "f.other");
  t.laptop.disk().move_out("f.other");
  t.begin();
  t.w.run_for(1min);
  t.laptop.deafen(true);  // the event goes to the other name
  t.laptop.write("f", "two");
  wait_for_a_scan(t);
  EXPECT_EQ(t.phone.read("f"), "two");
  t.end();
}

TEST(changes, a37_two_names_of_one_file_are_two_files_elsewhere) {
  two_devices t;
  t.laptop.write("f", "one");
  t.laptop.disk().hard_link("f", "g");
  t.begin();
  EXPECT_EQ(line_of(t.phone.tree()), "f:one g:one");
  t.laptop.write("f", "two");  // and so does g
  wait_for_a_scan(t);
  t.end_as("f:two g:two");
  t.phone.write("f", "three");  // elsewhere they are apart, and from now on here
  wait_for_a_scan(t);
  t.end_as("f:three g:two");
}

TEST(changes, a38_a_touch_is_nothing_and_a_bit_is_one_row) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.laptop.disk().touch("f", 1'600'000'000'000'000'000);
  t.end_as("f:v1");
  EXPECT_EQ(t.rows(), 0u);
  t.laptop.chmod("f", 0744);
  t.end_as("f*:v1");
  EXPECT_EQ(t.rows(), 1u);
  t.phone.chmod("f", 0644);
  t.end_as("f:v1");
  EXPECT_EQ(t.rows(), 2u);
}

TEST(changes, a39_times_far_away_arrive_and_cause_nothing) {
  constexpr std::int64_t second = 1'000'000'000;
  for (std::int64_t mtime : {4'085'000'000 * second, std::int64_t{0}, -1'000'000'000 * second,
                             5'000'000'000 * second, 1'600'000'000 * second + 123'456'789}) {
    two_devices t;
    t.laptop.write("f", "v1");
    t.laptop.disk().touch("f", mtime);
    t.begin();
    EXPECT_EQ(t.phone.disk().stat("f")->mtime_ns, mtime);
    t.w.run_for(1h);
    t.end_as("f:v1");
    EXPECT_EQ(t.rows(), 0u) << mtime;
  }
}

TEST(changes, a40_a_file_rewritten_while_it_is_read_is_never_sent_mixed) {
  two_devices t;
  t.begin();
  const std::string before(600'000, 'a'), after(600'000, 'b');
  t.laptop.write("f", before);
  // Its first part has been read when the whole is rewritten.
  auto& disk = t.laptop.disk();
  disk.before_next(verb::read, "f", [&] {
    disk.before_next(verb::read, "f", [&] { t.laptop.write("f", after); });
  });
  std::set<std::string> arrived;
  t.phone.disk().subscribe([&](const fs::change&) {
    if (t.phone.is_file("f")) arrived.insert(t.phone.read("f").substr(0, 1) + t.phone.read("f").back());
  });
  t.w.settle();
  EXPECT_EQ(t.phone.read("f"), after);
  EXPECT_EQ(arrived, std::set<std::string>{"bb"});
  EXPECT_EQ(t.rows(), 1u);
  t.end();
}

TEST(changes, a41_a_file_that_changes_between_reading_and_sending_is_sent_as_it_is_then) {
  for (std::size_t size : {100u, 300'000u})       // inside the request, and uploaded beside it
    for (std::size_t grown : {50u, 100u, 200u})   // shrinks, stays, grows
      for (int read : {3, 4}) {
        two_devices t;
        t.begin();
        const std::string first(size, 'a'), last(size * grown / 100, 'b');
        auto& disk = t.laptop.disk();
        std::function<void(int)> later = [&](int n) {
          disk.before_next(verb::read, "f", [&, n] {
            if (n == 1) t.laptop.write("f", last);
            else later(n - 1);
          });
        };
        t.laptop.write("f", first);
        later(read);
        t.w.settle();
        EXPECT_EQ(t.phone.read("f"), t.laptop.read("f"));
        EXPECT_EQ(t.laptop.read("f"), last) << "the moment never came";
        t.end();
      }
}

TEST(changes, a42_a_file_that_goes_while_it_is_read_leaves_nothing) {
  two_devices t;
  t.laptop.write("stays", "s");
  t.begin();
  t.laptop.write("f", std::string(600'000, 'a'));
  t.laptop.disk().before_next(verb::read, "f", [&] { t.laptop.remove("f"); });
  t.end_as("stays:s");
  EXPECT_EQ(t.rows(), 0u);
}

TEST(changes, a43_a_file_that_is_always_being_written_does_not_hold_up_others) {
  two_devices t;
  t.begin();
  t.laptop.write("vm", "0");
  int n = 0;
  bool running = true;
  t.laptop.disk().fail_when([&](verb v, std::string_view path) -> std::optional<errc> {
    if (running && v == verb::read && path == "vm") {
      t.laptop.write("vm", std::to_string(++n));
      t.laptop.disk().touch("vm", n);  // no time passes while the fake reads
    }
    return std::nullopt;
  });
  t.w.run_for(5s);
  t.laptop.write("other", "o");
  t.w.run_for(5s);
  EXPECT_EQ(t.phone.read("other"), "o");
  EXPECT_FALSE(t.phone.exists("vm"));
  EXPECT_TRUE(t.says(t.laptop, "changing")) << t.w.status_of(t.laptop);
  running = false;
  t.end_as("other:o vm:" + std::to_string(n));
}

TEST(changes, a44_a_folder_that_could_not_be_watched_is_tried_again_with_the_next_change) {
  two_devices t;
  t.laptop.write("d/f", "v1");
  t.begin();
  t.w.run_for(5s);  // d is not looked at a second time for the sake of a fresh file
  t.laptop.disk().fail_next(fs::verb::list, errc::io_failed);  // below d nothing is watched
  t.laptop.mkdir("d/new");
  t.w.run_for(5s);
  t.laptop.write("elsewhere", "e");
  t.w.run_for(5s);
  t.laptop.write("d/new/g", "g");
  t.w.run_for(5s);  // no whole scan comes by in that time, and nobody asks whether all is in sync
  EXPECT_TRUE(t.phone.exists("d/new/g"));
  t.end();
}

TEST(changes, a44_lost_events_mean_a_whole_scan_and_every_file_is_found) {
  two_devices t;
  t.laptop.write("d/stays", "s");
  t.laptop.write("d/goes", "g");
  t.begin();
  t.laptop.deafen(true);
  for (int i = 0; i < 50; ++i) t.laptop.write("x/y" + std::to_string(i) + "/f", std::to_string(i));
  t.laptop.remove("d/goes");
  t.laptop.move("d", "e");
  t.laptop.deafen(false);
  t.w.run_for(10ms);
  t.laptop.deafen(true);  // once more, while it scans
  t.laptop.write("late/f", "late");
  t.laptop.deafen(false);
  t.end();
  EXPECT_EQ(t.phone.read("late/f"), "late");
  EXPECT_EQ(t.phone.read("e/stays"), "s");
  EXPECT_EQ(t.phone.tree().size(), 2u + 1u + 50u * 2u + 2u);
}

TEST(changes, a45_what_cannot_be_watched_is_looked_at_every_minute_and_status_says_so) {
  two_devices t;
  t.laptop.write("watched/f", "1");
  t.begin();
  EXPECT_EQ(t.w.status_text(t.laptop).find("polled { folders"), std::string::npos) << t.w.status_text(t.laptop);
  t.laptop.refuse_watches(errc::too_many_requests);
  t.laptop.write("new/deep/f", "1");
  t.w.run_for(5s);
  EXPECT_EQ(t.phone.read("new/deep/f"), "1");
  EXPECT_NE(t.w.status_text(t.laptop).find("max_user_watches"), std::string::npos) << t.w.status_text(t.laptop);
  t.laptop.write("new/deep/f", "2");
  t.laptop.write("new/deep/er/g", "2");
  t.w.run_for(70s);  // no watch tells, and nobody asks
  EXPECT_EQ(t.phone.read("new/deep/f"), "2");
  EXPECT_EQ(t.phone.read("new/deep/er/g"), "2");
  t.laptop.write("watched/f", "2");
  t.w.run_for(5s);  // the others are as fast as ever
  EXPECT_EQ(t.phone.read("watched/f"), "2");
  t.laptop.refuse_watches(errc::internal);
  t.w.run_for(2min);
  EXPECT_EQ(t.w.status_text(t.laptop).find("polled { folders"), std::string::npos) << t.w.status_text(t.laptop);
  t.laptop.write("new/deep/er/g", "3");
  t.w.run_for(5s);
  EXPECT_EQ(t.phone.read("new/deep/er/g"), "3");
  t.end();
}

TEST(changes, a49_a_file_system_that_others_change_is_looked_at_every_minute) {
  world_options o;
  o.disk.shared = true;
  two_devices t(o);
  t.begin();
  for (auto* d : t.w.devices()) d->deafen(true);
  t.laptop.write("d/f", "1");
  t.w.run_for(70s);
  EXPECT_EQ(t.phone.read("d/f"), "1");
  EXPECT_NE(t.w.status_text(t.laptop).find("other machines"), std::string::npos) << t.w.status_text(t.laptop);
  t.laptop.remove("d/f");
  t.w.run_for(70s);
  EXPECT_FALSE(t.phone.exists("d/f"));
  t.laptop.write("d/g", "2");
  t.w.settle();  // who waits for sync waits for a look
  EXPECT_EQ(t.phone.read("d/g"), "2");
  t.end();
}

TEST(changes, a34_a_rewrite_with_all_times_put_back_is_found_within_days) {
  two_devices t;
  for (int i = 0; i < 30; ++i) t.laptop.write("f" + std::to_string(i), "before" + std::to_string(i));
  t.begin();
  t.w.run_for(20min);
  std::map<std::string, int> reads;
  t.laptop.disk().fail_when([&](fs::verb v, std::string_view path) -> std::optional<errc> {
    if (v == fs::verb::open_read) ++reads[std::string(path)];
    return std::nullopt;
  });
  t.w.ledger().wrote("BEFORE7", "before7");
  t.laptop.disk().rewrite_unseen("f7", "BEFORE7");
  t.w.run_for(30min);
  t.w.run_for(24h);
  EXPECT_EQ(t.phone.read("f7"), "BEFORE7");
  EXPECT_EQ(t.rows(), 1u);
  EXPECT_GT(reads["f3"], 0) << "all of them in turns";
  EXPECT_LE(reads["f3"], 8) << "and slowly";
  t.laptop.disk().fail_when({});
  t.end();
}

}  // namespace
}  // namespace tinysync::test
