// A13–A31: renames and identity. A row of the log for each thing done, and no byte sent again.

#include "tests/scenarios/watched_folder/two_devices.hpp"

namespace tinysync::test {
namespace {

TEST(renames, a13_a_rename_is_one_move_without_a_transfer) {
  two_devices t;
  t.laptop.write("a", "v1");
  t.begin();
  auto before = t.phone.disk().stat("a").value();
  t.laptop.move("a", "b");
  t.end_as("b:v1");
  EXPECT_EQ(t.rows(), 1u);
  auto after = t.phone.disk().stat("b").value();
  EXPECT_EQ(after.inode, before.inode);
  EXPECT_EQ(after.mtime_ns, before.mtime_ns);
}

TEST(renames, a14_a_chain_of_renames_before_one_scan_arrives_whole) {
  two_devices t;
  for (const char* n : {"a", "b", "c"}) t.laptop.write(n, std::string("was_") + n);
  t.begin();
  auto inode = t.phone.disk().stat("a")->inode;
  t.laptop.move("c", "d");
  t.laptop.move("b", "c");
  t.laptop.move("a", "b");
  t.end_as("b:was_a c:was_b d:was_c");
  EXPECT_EQ(t.rows(), 3u);
  EXPECT_EQ(t.phone.disk().stat("b")->inode, inode);
}

/// At every moment both contents are somewhere on the phone's disk, be it in the agent's own folder.
void never_absent(two_devices& t, const std::set<std::string>& contents) {
  t.phone.disk().subscribe([&t, contents](const fs::change&) {
    std::set<std::string> there;
    for (const auto& [path, e] : t.phone.disk().tree()) there.insert(e.content);
    for (const auto& c : contents) EXPECT_TRUE(there.contains(c)) << c << " was away for a moment";
  });
}

TEST(renames, a15_a_swap_through_a_third_name_and_at_once) {
  for (bool at_once : {false, true}) {
    two_devices t;
    t.laptop.write("a", "A");
    t.laptop.write("b", "B");
    t.begin();
    never_absent(t, {"A", "B"});
    if (at_once) {
      t.laptop.exchange("a", "b");
    } else {
      t.laptop.move("a", "tmp");
      t.laptop.move("b", "a");
      t.laptop.move("tmp", "b");
    }
    t.end_as("a:B b:A");
    EXPECT_EQ(t.rows(), 2u);
  }
}

TEST(renames, a16_three_names_in_a_circle) {
  two_devices t;
  for (const char* n : {"a", "b", "c"}) t.laptop.write(n, std::string("was_") + n);
  t.begin();
  never_absent(t, {"was_a", "was_b", "was_c"});
  t.laptop.exchange("a", "b");
  t.laptop.exchange("a", "c");
  t.end_as("a:was_c b:was_a c:was_b");
  EXPECT_EQ(t.rows(), 3u);
}

TEST(renames, a17_a_rename_over_a_synced_file_leaves_one_file) {
  two_devices t;
  t.laptop.write("a", "A");
  t.laptop.write("b", "B");
  t.begin();
  t.laptop.move("a", "b");
  t.end_as("b:A");
  EXPECT_EQ(t.rows(), 2u);  // b deleted, a moved
}

TEST(renames, a18_a_folder_renamed_over_an_empty_one) {
  two_devices t;
  t.laptop.write("d/f", "f");
  t.laptop.mkdir("e");
  t.begin();
  t.laptop.move("d", "e");
  t.end_as("e/ e/f:f");
  EXPECT_EQ(t.rows(), 2u);
}

TEST(renames, a19_a_renamed_folder_and_a_new_one_of_its_name) {
  two_devices t;
  t.laptop.write("d/old", "old");
  t.begin();
  t.laptop.move("d", "e");
  t.laptop.write("d/new", "new");
  t.end_as("d/ d/new:new e/ e/old:old");
  EXPECT_EQ(t.rows(), 3u);
}

TEST(renames, a20_a_folder_into_what_was_below_it_and_a_child_up_to_its_name) {
  two_devices t;
  t.laptop.write("p/c/f", "f");
  t.laptop.write("p/s/g", "g");
  t.begin();
  t.laptop.move("p/s", "s");
  t.laptop.move("p", "s/p");
  t.laptop.move("s/p/c", "p");
  t.end_as("p/ p/f:f s/ s/g:g s/p/");
  EXPECT_EQ(t.rows(), 3u);
}

TEST(renames, a21_a_file_renamed_and_edited_offline_is_one_move_and_one_edit) {
  for (auto pause : {0ms, 300ms, 3000ms}) {
    two_devices t;
    t.laptop.write("a", "v1");
    t.begin();
    t.laptop.go_offline();
    t.laptop.move("a", "b");
    t.w.run_for(pause);
    t.laptop.write("b", "v2");
    t.w.run_for(pause);
    t.laptop.go_online();
    t.end_as("b:v2");
    EXPECT_EQ(t.rows(), 2u) << pause.count();
  }
}

TEST(renames, a22_a_reused_inode_number_is_no_rename) {
  for (bool birth_times : {true, false}) {
    world_options o;
    o.disk.reuse_inodes = true;
    o.disk.can.birth_time = birth_times;
    two_devices t(o);
    t.laptop.write("f", "contents_of_f");
    t.begin();
    auto number = t.laptop.disk().stat("f")->inode;
    t.phone.go_offline();
    t.phone.write("f", "edited");
    t.laptop.remove("f");
    t.laptop.write("g", "contents_of_g");
    ASSERT_EQ(t.laptop.disk().stat("g")->inode, number) << "the fake does not reuse the number";
    t.w.settle();
    t.phone.go_online();
    // Were it taken for a rename, the edit would go to g and not beat a delete of f.
    t.end_as("f:edited g:contents_of_g");
  }
}

TEST(renames, a23_deleted_and_made_again_the_same_within_one_scan_is_nothing) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.laptop.disk().remove_all("f");
  t.laptop.disk().write("f", "v1");
  t.end_as("f:v1");
  EXPECT_EQ(t.rows(), 0u);
}

TEST(renames, a24_deleted_and_made_again_with_other_content_is_an_edit) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.laptop.remove("f");
  t.laptop.write("f", "v2");
  t.end_as("f:v2");
  EXPECT_EQ(t.rows(), 1u);
}

TEST(renames, a25_a_file_becomes_a_folder_and_a_file_again) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.laptop.remove("f");
  t.laptop.mkdir("f");
  t.end_as("f/");
  t.phone.remove("f");
  t.phone.write("f", "v2");
  t.end_as("f:v2");
  t.phone.remove("f");
  t.phone.write("f/a/b", "v3");
  t.end_as("f/ f/a/ f/a/b:v3");
  t.laptop.remove("f");
  t.laptop.write("f", "v4");
  t.end_as("f:v4");
}

TEST(renames, a25_a_file_moves_into_a_new_folder_that_takes_its_name) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.laptop.move("f", "t");
  t.laptop.mkdir("f");
  t.laptop.move("t", "f/t");
  t.end_as("f/ f/t:v1");
  EXPECT_EQ(t.rows(), 2u) << "a folder made and a file moved, without its bytes";
}

TEST(renames, a25_a_file_moves_deep_into_a_new_folder_that_takes_its_name) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.laptop.mkdir("d");
  t.begin();
  t.laptop.move("f", "t");
  t.laptop.mkdir("f/n");
  t.laptop.move("d", "f/n/d");
  t.laptop.move("t", "f/n/d/t");
  t.end_as("f/ f/n/ f/n/d/ f/n/d/t:v1");
  EXPECT_EQ(t.rows(), 4u);
}

TEST(renames, a25_both_move_it_into_a_new_folder_that_takes_its_name) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.phone.go_offline();
  for (auto* d : {&t.laptop, &t.phone}) {
    d->move("f", "t");
    d->mkdir("f");
    d->move("t", "f/t");
  }
  t.w.settle();
  t.phone.go_online();
  t.end_as("f/ f/t:v1");
}

TEST(renames, a26_nothing_is_deleted_through_a_folder_that_became_a_link) {
  two_devices t;
  t.laptop.write("d/f", "in_d");
  t.laptop.write("e/f", "in_e");
  t.begin();
  t.laptop.remove("d");
  t.laptop.symlink("e", "d");
  t.end_as("d->e e/ e/f:in_e");
}

TEST(renames, a27_a_folder_moved_out_is_deleted_and_moved_back_is_new) {
  two_devices t;
  t.laptop.write("d/f", "f");
  t.laptop.write("stays", "s");
  t.begin();
  t.laptop.disk().move_out("d");
  t.w.ledger().removed("f");  // out of the agent's sight, in the user's hands
  t.end_as("stays:s");
  t.laptop.disk().move_in("d", "d");
  t.end_as("d/ d/f:f stays:s");
  t.laptop.write("d/f", "edited");
  t.end_as("d/ d/f:edited stays:s");
}

TEST(renames, a28_a_full_folder_moved_in_is_found_whole) {
  two_devices t;
  t.laptop.write("stays", "s");
  t.begin();
  t.laptop.write("big/a/b/deep", "deep");
  t.laptop.write("big/f", "f");
  t.laptop.disk().move_out("big");  // before anybody looked
  t.w.run_for(5s);
  EXPECT_EQ(t.rows(), 0u);
  t.laptop.disk().move_in("big", "big");
  t.end_as("big/ big/a/ big/a/b/ big/a/b/deep:deep big/f:f stays:s");
}

TEST(renames, a29_files_made_before_their_folder_is_watched_are_found) {
  two_devices t;
  t.begin();
  for (int i = 0; i < 5; ++i) {
    t.laptop.write("n" + std::to_string(i) + "/a/f", "first" + std::to_string(i));
    t.w.run_for(std::chrono::milliseconds(i * 7));
    t.laptop.write("n" + std::to_string(i) + "/a/g", "second" + std::to_string(i));
  }
  t.end();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(t.phone.read("n" + std::to_string(i) + "/a/g"), "second" + std::to_string(i));
}

TEST(renames, a31_a_rename_of_case_alone_is_one_move) {
  two_devices t;
  t.laptop.write("foo", "v1");
  t.laptop.write("d/x", "x");
  t.begin();
  t.laptop.move("foo", "Foo");
  t.laptop.move("d", "D");
  t.end_as("D/ D/x:x Foo:v1");
  EXPECT_EQ(t.rows(), 2u);
}

}  // namespace
}  // namespace tinysync::test
