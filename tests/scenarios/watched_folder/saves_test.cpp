// A01–A12: how programs save, as the system calls they make.

#include "tests/scenarios/watched_folder/two_devices.hpp"

namespace tinysync::test {
namespace {

/// The steps of a save, at once or with a pause after each.
using steps = std::vector<std::function<void(device&)>>;

/// However slow the program is: one edit of the same item, and nothing else reaches the server.
void expect_one_edit(const steps& save, const std::vector<std::chrono::milliseconds>& pauses) {
  for (auto pause : pauses) {
    two_devices t;
    t.laptop.write("f", "v1");
    t.laptop.chmod("f", 0755);
    t.begin();
    for (const auto& step : save) {
      step(t.laptop);
      t.w.run_for(pause);
    }
    t.end_as("f*:v2");
    EXPECT_EQ(t.rows(), 1u) << "a pause of " << pause.count() << " ms after each step";
  }
}

TEST(saves, a01_vim_with_a_backup_beside_the_file_is_one_edit) {
  const steps vim = {
      [](device& d) { d.write("4913", ""); },
      [](device& d) { d.remove("4913"); },
      [](device& d) { d.disk().move("f", "f~"); },
      [](device& d) { d.write("f", ""); },
      [](device& d) { d.write("f", "v2"); },
      [](device& d) { d.chmod("f", 0755); },
      [](device& d) { d.remove("f~"); },
  };
  expect_one_edit(vim, {0ms, 1ms, 4ms});
}

TEST(saves, a02_vim_in_place_with_a_copied_backup_is_one_edit) {
  const steps vim = {
      [](device& d) { d.write("f~", "v1"); },
      [](device& d) { d.write("f", "v2"); },
      [](device& d) { d.disk().remove_all("f~"); },
  };
  expect_one_edit(vim, {0ms, 1ms, 4ms});
}

TEST(saves, a04_emacs_in_place_and_by_renaming_are_one_edit_each) {
  expect_one_edit({[](device& d) { d.write("f", "v2"); }}, {0ms});
  const steps precious = {
      [](device& d) { d.write("#tmp#f", "v2"); },
      [](device& d) { d.chmod("#tmp#f", 0755); },
      [](device& d) { d.move("#tmp#f", "f"); },
  };
  expect_one_edit(precious, {0ms, 1ms, 4ms});
}

TEST(saves, a05_a_new_file_renamed_over_the_old_one_is_one_edit) {
  for (const char* beside : {"sedAb12Cd", ".f.X9yZ1a", "f.1234567", ".goutputstream-AB12"}) {
    const steps save = {
        [=](device& d) { d.write(beside, ""); },
        [=](device& d) { d.write(beside, "v2"); },
        [=](device& d) { d.chmod(beside, 0755); },
        [=](device& d) { d.move(beside, "f"); },
    };
    expect_one_edit(save, {0ms, 1ms, 3ms});
  }
}

TEST(saves, a06_a_slow_write_shows_only_states_that_were_on_the_disk) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  std::set<std::string> was_there = {"v1"}, arrived;
  t.phone.disk().subscribe([&](const fs::change& c) {
    if (c.folder.empty() && t.phone.is_file("f")) arrived.insert(t.phone.read("f"));
  });
  t.laptop.write("f", "");
  was_there.insert("");
  for (int i = 0; i < 5; ++i) {
    t.laptop.append("f", "chunk" + std::to_string(i) + "_");
    was_there.insert(t.laptop.read("f"));
    t.w.run_for(2s);
  }
  t.end_as("f:chunk0_chunk1_chunk2_chunk3_chunk4_");
  for (const auto& content : arrived) EXPECT_TRUE(was_there.contains(content)) << content;
}

TEST(saves, a11_a_download_appears_once_and_complete) {
  two_devices t;
  t.begin();
  std::set<std::string> seen;
  t.phone.disk().subscribe([&](const fs::change&) {
    if (t.phone.is_file("f")) seen.insert(t.phone.read("f"));
  });
  t.laptop.write("f.part", "half");
  t.w.run_for(3s);
  t.laptop.append("f.part", "_and_half");
  t.laptop.move("f.part", "f");
  t.end_as("f:half_and_half");
  EXPECT_EQ(seen, std::set<std::string>{"half_and_half"});
}

TEST(saves, a12_an_unpacked_archive_of_old_files_arrives_whole) {
  two_devices t;
  t.laptop.write("before", "1");
  t.begin();
  constexpr std::int64_t in_2001 = 1'000'000'000'000'000'000;
  for (int i = 0; i < 2'000; ++i) {
    auto path = "a/" + std::to_string(i % 20) + "/f" + std::to_string(i);
    t.laptop.write(path, "content of " + std::to_string(i));
    t.laptop.disk().touch(path, in_2001);
  }
  t.end();
  EXPECT_EQ(t.phone.tree().size(), 2'000u + 20u + 2u);
  EXPECT_EQ(t.phone.disk().stat("a/7/f7")->mtime_ns, in_2001);
}

}  // namespace
}  // namespace tinysync::test
