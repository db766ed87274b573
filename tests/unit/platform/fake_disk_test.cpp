// How the fake disk misbehaves, beyond what every disk promises.
#include <gtest/gtest.h>

#include "platform/crypto/randomness.hpp"
#include "platform/fs/fake_disk.hpp"

namespace tinysync::fs {
namespace {

using namespace std::chrono_literals;

struct fake_disk_test : testing::Test {
  clock::manual_clock time;
  fake_disk d{time};

  void stage(std::string_view path, std::string_view bytes, bool sync) {
    auto w = d.create_staged(path, 0644).value();
    ASSERT_TRUE(w->write(bytes));
    if (sync) {
      ASSERT_TRUE(w->sync());
    }
  }
};

TEST_F(fake_disk_test, an_entry_is_lost_unless_its_folder_was_synced) {
  stage("synced", "x", true);
  EXPECT_TRUE(d.sync_folder(""));
  stage("unsynced", "y", true);
  d.crash();
  EXPECT_TRUE(d.exists("synced"));
  EXPECT_FALSE(d.exists("unsynced"));
}

TEST_F(fake_disk_test, bytes_are_lost_unless_the_file_was_synced) {
  stage("f", "bytes", false);
  EXPECT_TRUE(d.sync_folder(""));
  d.crash();
  EXPECT_EQ(d.read("f"), "");
  stage("g", "bytes", true);
  EXPECT_TRUE(d.sync_folder(""));
  d.append("g", " and more");
  d.crash();
  EXPECT_EQ(d.read("g"), "bytes");
}

TEST_F(fake_disk_test, one_sync_of_everything_keeps_everything) {
  d.write("a/b/c", "x");
  d.symlink("target", "a/l");
  EXPECT_TRUE(d.sync_all());
  auto before = d.tree();
  d.write("a/b/d", "y");
  d.remove_all("a/b/c");
  d.crash();
  EXPECT_EQ(d.tree(), before);
}

TEST_F(fake_disk_test, both_sides_of_a_rename_reach_the_disk_as_one) {
  d.write("from/f", "x");
  d.mkdir_p("to");
  d.sync();
  EXPECT_TRUE(d.rename_noreplace("from/f", "to/f"));
  EXPECT_TRUE(d.sync_folder("to"));
  d.crash();
  EXPECT_FALSE(d.exists("from/f"));
  EXPECT_EQ(d.read("to/f"), "x");
}

TEST_F(fake_disk_test, a_durable_rename_drags_along_what_it_builds_upon) {
  d.mkdir_p("p");
  d.mkdir_p("q");
  d.mkdir_p("r");
  d.sync();
  d.mkdir_p("p/d");
  d.move("p/d", "q/d");
  d.move("q/d", "r/d");
  EXPECT_TRUE(d.sync_folder("r"));
  d.crash();
  EXPECT_TRUE(d.exists("r/d"));
  EXPECT_FALSE(d.exists("p/d"));
  EXPECT_FALSE(d.exists("q/d"));
}

TEST_F(fake_disk_test, an_unsynced_delete_comes_undone_with_its_bytes_and_inode) {
  d.write("f", "x");
  d.sync();
  auto before = d.stat("f").value();
  EXPECT_TRUE(d.unlink("f"));
  stage("g", "y", true);
  d.crash([] { return false; });
  EXPECT_EQ(d.read("f"), "x");
  EXPECT_EQ(d.stat("f").value().inode, before.inode);
}

TEST_F(fake_disk_test, no_two_entries_share_an_inode_whatever_survives_a_crash) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    crypto::seeded_randomness r(seed);
    fake_disk w(time);
    for (int i = 0; i < 30; ++i) {
      auto name = std::string(1, static_cast<char>('a' + r.below(6)));
      if (w.exists(name))
        w.remove_all(name);
      else
        w.write(name, "x");
      if (r.below(5) == 0) w.sync();
    }
    w.crash([&r] { return r.below(2) == 1; });
    std::set<std::uint64_t> inodes;
    const auto entries = w.list("").value();
    for (const auto& e : entries) EXPECT_TRUE(inodes.insert(e.stat.inode).second);
  }
}

TEST_F(fake_disk_test, open_files_die_with_the_machine) {
  auto w = d.create_staged("f", 0600).value();
  d.crash();
  EXPECT_EQ(w->write("x").error().code, errc::io_failed);
}

TEST_F(fake_disk_test, the_machine_dies_before_any_chosen_change) {
  d.die_after(2);
  EXPECT_TRUE(d.make_folder("a", 0700));
  EXPECT_TRUE(d.sync_folder(""));
  EXPECT_FALSE(d.dead());
  EXPECT_EQ(d.make_folder("b", 0700).error().code, errc::cancelled);
  EXPECT_TRUE(d.dead());
  EXPECT_EQ(d.stat("a").error().code, errc::cancelled);
  d.crash();
  EXPECT_TRUE(d.stat("a"));
  EXPECT_FALSE(d.stat("b"));
}

TEST_F(fake_disk_test, inode_numbers_are_given_out_again_at_once) {
  d.write("a", "x");
  auto old = d.stat("a").value();
  d.remove_all("a");
  time.advance(1s);
  d.write("b", "x");
  auto fresh = d.stat("b").value();
  EXPECT_EQ(fresh.inode, old.inode);
  EXPECT_NE(fresh.birth_ns, old.birth_ns);
  fake_disk other(time, {.reuse_inodes = false});
  other.write("a", "x");
  auto former = other.stat("a").value().inode;
  other.remove_all("a");
  other.write("a", "x");
  EXPECT_NE(other.stat("a").value().inode, former);
}

TEST_F(fake_disk_test, coarse_times_hide_an_edit_within_the_same_tick) {
  fake_disk coarse(time, {.timestamp_granularity_ns = 4'000'000});
  coarse.write("f", "one");
  auto before = coarse.stat("f").value();
  time.advance(1ns);
  coarse.write("f", "two");
  EXPECT_EQ(coarse.stat("f").value(), before);
  time.advance(4ms);
  coarse.chmod("f", 0755);
  auto after = coarse.stat("f").value();
  EXPECT_EQ(after.mtime_ns, before.mtime_ns);
  EXPECT_NE(after.ctime_ns, before.ctime_ns);
}

TEST_F(fake_disk_test, an_atomic_save_is_a_new_inode_and_a_write_in_place_is_not) {
  d.write("f", "1");
  auto inode = d.stat("f").value().inode;
  d.write("f", "2");
  EXPECT_EQ(d.stat("f").value().inode, inode);
  d.save_atomically("f", "3");
  EXPECT_NE(d.stat("f").value().inode, inode);
  EXPECT_EQ(d.read("f"), "3");
}

TEST_F(fake_disk_test, it_is_full_when_it_is_full) {
  d.set_capacity(10);
  auto w = d.create_staged("f", 0600).value();
  EXPECT_TRUE(w->write("12345678"));
  EXPECT_EQ(w->write("9012").error().code, errc::disk_full);
  EXPECT_EQ(d.free_space().value().free_bytes, 2u);
  w.reset();
  EXPECT_TRUE(d.unlink("f"));
  EXPECT_EQ(d.free_space().value().free_bytes, 10u);
}

TEST_F(fake_disk_test, errors_come_as_ordered) {
  d.write("f", "x");
  d.fail_next(verb::open_read, errc::io_failed, 2);
  EXPECT_EQ(d.open_read("f").error().code, errc::io_failed);
  EXPECT_EQ(d.open_read("f").error().code, errc::io_failed);
  EXPECT_TRUE(d.open_read("f"));
  d.fail_when([](verb v, std::string_view path) -> std::optional<errc> {
    if (v == verb::unlink && path == "f") return errc::busy;
    return std::nullopt;
  });
  EXPECT_EQ(d.unlink("f").error().code, errc::busy);
  d.fail_when({});
  EXPECT_TRUE(d.unlink("f"));
}

TEST_F(fake_disk_test, unreadable_folders_mounts_and_lost_roots_are_not_empty_folders) {
  d.write("u/f", "x");
  d.write("m/f", "x");
  d.make_unreadable("u", true);
  d.mount_over("m", true);
  EXPECT_EQ(d.list("u").error().code, errc::permission_denied);
  EXPECT_EQ(d.stat("u/f").error().code, errc::permission_denied);
  EXPECT_EQ(d.list("m").error().code, errc::outside_root);
  EXPECT_NE(d.stat("m").value().mount_id, d.stat("").value().mount_id);
  auto id = d.identity().value();
  d.vanish_root(true);
  EXPECT_EQ(d.list("").error().code, errc::missing);
  EXPECT_EQ(d.identity().error().code, errc::missing);
  d.vanish_root(false);
  EXPECT_EQ(d.identity().value(), id);
  d.replace_root();
  EXPECT_TRUE(d.list("").value().empty());
  EXPECT_NE(d.identity().value(), id);
}

TEST_F(fake_disk_test, a_disk_without_a_capability_says_so_and_probes_so) {
  fake_disk poor(time, {.can = {.exchange = false, .noreplace = true}});
  poor.write("a", "x");
  poor.write("b", "y");
  EXPECT_EQ(poor.rename_exchange("a", "b").error().code, errc::unsupported);
  EXPECT_EQ(poor.make_symlink("t", "l").error().code, errc::unsupported);
  poor.chmod("a", 0700);
  EXPECT_FALSE(poor.stat("a").value().executable());
  EXPECT_FALSE(poor.stat("a").value().private_bits());
  EXPECT_FALSE(poor.probe("").value().exchange);
}

TEST_F(fake_disk_test, a_program_that_holds_a_file_open_keeps_leases_away) {
  d.write("f", "x");
  d.hold_for_writing("f");
  EXPECT_EQ(d.read_lease("f").error().code, errc::busy);
  d.release_writer("f");
  EXPECT_TRUE(d.read_lease("f"));
}

TEST_F(fake_disk_test, every_change_is_told_with_who_made_it) {
  std::vector<std::string> seen;
  auto number = d.subscribe([&](const change& c) {
    static constexpr const char* kinds[] = {"created",    "deleted",    "modified",
                                            "attributes", "moved_from", "moved_to"};
    seen.push_back((c.by == author::user ? "user " : "agent ") +
                   std::string(kinds[static_cast<int>(c.kind)]) + ' ' + c.folder + '|' + c.name);
  });
  d.write("d/f", "x");
  d.move("d", "e");
  EXPECT_TRUE(d.set_mode("e/f", 0600));
  EXPECT_TRUE(d.unlink("e/f"));
  d.unsubscribe(number);
  EXPECT_TRUE(d.rmdir("e"));
  EXPECT_EQ(seen,
            (std::vector<std::string>{"user created |d", "user created d|f", "user modified d|f",
                                      "user moved_from |d", "user moved_to |e",
                                      "agent attributes e|f", "agent deleted e|f"}));
}

TEST_F(fake_disk_test, a_tree_shows_kinds_contents_bits_and_targets) {
  d.write("a/run", "#!");
  d.chmod("a/run", 0700);
  d.symlink("run", "a/l");
  d.write(".tinysync/x", "");
  auto t = d.tree("", ".tinysync");
  ASSERT_EQ(t.size(), 3u);
  EXPECT_EQ(t.at("a").kind, kind::folder);
  EXPECT_EQ(t.at("a/run"), (tree_entry{kind::file, "#!", true, true}));
  EXPECT_EQ(t.at("a/l").content, "run");
}

TEST_F(fake_disk_test, a_test_that_asks_for_the_impossible_hears_it) {
  EXPECT_THROW(d.move("none", "x"), std::runtime_error);
  EXPECT_THROW(static_cast<void>(d.read("none")), std::out_of_range);
}

}  // namespace
}  // namespace tinysync::fs
