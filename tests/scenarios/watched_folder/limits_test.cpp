// A82–A88: full disks, sizes, clocks.

#include "tests/scenarios/watched_folder/two_devices.hpp"

namespace tinysync::test {
namespace {

TEST(limits, a82_a_full_disk_keeps_the_old_version_and_goes_on_when_there_is_room) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.laptop.write("small", "s1");
  t.begin();
  auto& disk = t.phone.disk();
  auto space = disk.free_space().value();
  disk.set_capacity(space.total_bytes - space.free_bytes + 1'000);
  const std::string large(100'000, 'x');
  t.laptop.write("f", large);
  t.laptop.write("small", "s2");
  t.w.run_for(10min);
  EXPECT_EQ(line_of(t.phone.tree()), "f:v1 small:s2");
  EXPECT_TRUE(t.says(t.phone, "disk_full")) << t.w.status_of(t.phone);
  EXPECT_EQ(t.laptop.read("f"), large);  // nothing was taken for a deletion
  EXPECT_EQ(t.phone.staged(), std::vector<std::string>{});
  disk.set_capacity(1ull << 30);
  t.w.run_for(10min);
  t.end_as("f:" + large + " small:s2");
}

/// There is room for bytes but not for another name: inodes or a quota have run out.
TEST(limits, a83_no_more_names_holds_up_only_what_is_new) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.laptop.write("gone", "g");
  t.begin();
  bool out = true;
  t.phone.disk().fail_when([&](fs::verb v, std::string_view path) -> std::optional<errc> {
    bool makes = v == fs::verb::create_staged || v == fs::verb::make_folder ||
                 v == fs::verb::make_symlink;
    bool ours = path.starts_with(".tinysync/echo") || path.starts_with(".tinysync/trash");
    return out && makes && !ours ? std::optional(errc::disk_full) : std::nullopt;
  });
  t.laptop.write("f", "v2");
  t.laptop.write("d/new", "new");
  t.laptop.symlink("f", "link");
  t.laptop.remove("gone");
  t.w.run_for(10min);
  EXPECT_EQ(line_of(t.phone.tree()), "f:v1");
  EXPECT_TRUE(t.says(t.phone, "disk_full")) << t.w.status_of(t.phone);
  EXPECT_EQ(t.laptop.read("f"), "v2");
  out = false;
  t.w.run_for(10min);
  t.end_as("d/ d/new:new f:v2 link->f");
  EXPECT_FALSE(t.says(t.phone, "disk_full")) << t.w.status_of(t.phone);
}

TEST(limits, a84_with_a_full_disk_under_the_index_nothing_is_done_that_is_not_recorded) {
  world_options o;
  o.agent.most_index_pages = 200;
  two_devices t(o);
  t.laptop.write("f", "1");
  t.begin();
  t.laptop.stop();
  t.w.agent_config().most_index_pages = 0;
  t.laptop.start();
  t.w.settle();
  for (int i = 0; i < 3000; ++i) t.laptop.write("many/file" + std::to_string(i), "content " + std::to_string(i));
  t.laptop.write("f", "2");
  t.w.run_for(10min);
  auto said = t.w.status_text(t.phone);
  EXPECT_NE(said.find("disk_full"), std::string::npos) << said;
  // What is on the disk is what the index says: an agent with room begins where this one had to stop.
  t.phone.write("mine", "written meanwhile");
  t.w.run_for(1min);
  t.phone.restart();
  t.w.run_for(10min);
  EXPECT_EQ(t.phone.tree(), t.laptop.tree());
  EXPECT_TRUE(t.phone.conflicts_of("f").empty());
  t.end();
}

TEST(limits, a84_an_index_that_cannot_be_made_is_waited_for_and_said) {
  world_options o;
  o.real_indexes = true;
  two_devices t(o);
  t.laptop.write("f", "1");
  t.begin();
  t.phone.stop();
  std::filesystem::remove(t.phone.index_file());
  t.w.agent_config().most_index_pages = 3;
  t.phone.start();
  t.w.run_for(10min);
  auto said = t.w.status_text(t.phone);
  EXPECT_NE(said.find("disk_full"), std::string::npos) << said;
  EXPECT_NE(said.find("index cannot be written"), std::string::npos) << said;
  t.phone.write("mine", "written meanwhile");
  t.w.agent_config().most_index_pages = 0;
  t.phone.restart();
  t.w.run_for(1min);
  t.end_as("f:1 mine:written meanwhile");
}

TEST(limits, a85_many_files_in_one_folder_and_deep_folders) {
  two_devices t;
  t.begin();
  for (int i = 0; i < 5'000; ++i) t.laptop.write("many/f" + std::to_string(i), std::to_string(i));
  std::string deep = "deep";
  for (int i = 0; i < 200; ++i) deep += "/d" + std::to_string(i % 10);
  t.laptop.write(deep + "/f", "bottom");
  t.end();
  EXPECT_EQ(t.phone.tree().size(), t.laptop.tree().size());
  EXPECT_EQ(t.phone.read(deep + "/f"), "bottom");
}

TEST(limits, a86_empty_files_and_those_around_the_inline_size) {
  two_devices t;
  t.begin();
  std::map<std::string, std::size_t> sizes = {{"empty", 0}, {"one", 1}};
  for (std::size_t n : {32u * 1024 - 1, 32u * 1024, 32u * 1024 + 1, 256u * 1024, 256u * 1024 + 1})
    sizes["s" + std::to_string(n)] = n;
  char letter = 'a';
  for (const auto& [name, n] : sizes) t.laptop.write(name, std::string(n, ++letter));
  t.w.settle();
  EXPECT_EQ(t.phone.tree(), t.laptop.tree());
  EXPECT_EQ(t.rows(), sizes.size());
  t.end();
}

TEST(limits, a87_a_wall_clock_that_jumps_changes_nothing) {
  constexpr auto year = std::chrono::hours(24 * 365);
  for (auto jump : {std::chrono::seconds(year), std::chrono::seconds(-year)}) {
    two_devices t;
    for (int i = 0; i < 20; ++i) t.laptop.write("f" + std::to_string(i), "c" + std::to_string(i));
    t.begin();
    t.w.run_for(1min);
    std::uint64_t reads = 0;
    for (auto* d : t.w.devices())
      d->disk().fail_when([&](fs::verb v, std::string_view) -> std::optional<errc> {
        reads += v == fs::verb::open_read;
        return std::nullopt;
      });
    t.w.jump_wall_clock(jump);
    t.w.run_for(1h);  // scans and polls
    EXPECT_EQ(t.rows(), 0u);
    EXPECT_LE(reads, 400u) << "everything is hashed again and again";  // markers are read, too
    t.laptop.write("f0", "after the jump");
    t.w.run_for(5s);
    EXPECT_EQ(t.phone.read("f0"), "after the jump");
    t.end();
    EXPECT_EQ(t.rows(), 1u);
  }
}

TEST(limits, a87_a_file_dated_into_the_future_is_not_read_again_and_again) {
  two_devices t;
  t.laptop.write("f", "f");
  t.laptop.disk().touch("f", 4'000'000'000'000'000'000);
  t.begin();
  std::uint64_t reads = 0;
  t.laptop.disk().fail_when([&](fs::verb v, std::string_view path) -> std::optional<errc> {
    reads += v == fs::verb::open_read && path == "f";
    return std::nullopt;
  });
  t.w.run_for(5min);
  EXPECT_LE(reads, 1u);
  t.laptop.disk().fail_when({});
  t.end();
}

TEST(limits, a88_after_a_night_of_suspend_everything_is_connected_within_seconds) {
  world_options o;
  o.polling = false;  // the wakes must do it
  two_devices t(o);
  t.laptop.write("f", "in the evening");
  t.begin();
  t.w.run_for(1min);
  auto before = t.w.exchanges();
  t.w.suspend(8h);
  t.laptop.write("f", "in the morning");
  t.w.run_for(10s);
  EXPECT_EQ(t.phone.read("f"), "in the morning");
  t.phone.write("g", "and back");
  t.w.run_for(2s);
  EXPECT_EQ(t.laptop.read("g"), "and back");
  EXPECT_LE(t.w.exchanges() - before, 40u) << "a burst of requests";
  t.end();
}

}  // namespace
}  // namespace tinysync::test
