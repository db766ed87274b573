#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

TEST(first_steps, a_file_on_one_device_appears_on_the_other) {
  world w{"laptop", "phone"};
  w["laptop"].write("notes.txt", "v1");
  w.settle();
  EXPECT_EQ(w["phone"].read("notes.txt"), "v1");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST(first_steps, a_folder_tree_travels_with_modes_and_links) {
  world w{"laptop", "phone"};
  w["laptop"].write("a/b/c/deep", "bottom");
  w["laptop"].mkdir("empty");
  w["laptop"].symlink("../b", "a/link");
  w["laptop"].write("tool", "run");
  w["laptop"].chmod("tool", 0755);
  w["laptop"].write("secret", "hush");
  w["laptop"].chmod("secret", 0600);
  w["laptop"].write("nothing", "");
  w.settle();
  EXPECT_EQ(w["phone"].tree(), w["laptop"].tree());
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST(first_steps, edits_moves_and_deletes_follow) {
  world w{"laptop", "phone"};
  w["laptop"].write("a", "1");
  w["laptop"].write("b", "2");
  w["laptop"].write("d/c", "3");
  w.settle();
  w["phone"].write("a", "1 edited");
  w["phone"].move("d", "e");
  w["laptop"].remove("b");
  w.settle();
  EXPECT_EQ(w["laptop"].read("a"), "1 edited");
  EXPECT_EQ(w["laptop"].read("e/c"), "3");
  EXPECT_FALSE(w["phone"].exists("b"));
  EXPECT_FALSE(w["laptop"].exists("d"));
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST(offline_edits, the_second_writer_keeps_a_conflict_copy) {
  world w{"laptop", "phone"};
  w["laptop"].write("notes.txt", "v1");
  w.settle();
  w["phone"].go_offline();
  w["phone"].write("notes.txt", "from phone");
  w["laptop"].write("notes.txt", "from laptop");
  w.settle();
  w["phone"].go_online();
  w.settle();
  EXPECT_EQ(w["laptop"].tree(), w["phone"].tree());
  EXPECT_EQ(w["laptop"].read("notes.txt"), "from laptop");
  ASSERT_EQ(w["laptop"].conflicts_of("notes.txt").size(), 1u);
  EXPECT_EQ(w["laptop"].conflicts_of("notes.txt").at(0).read(), "from phone");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST(offline_edits, a_swap_and_a_chain_arrive_whole) {
  world w{"laptop", "phone"};
  for (const char* n : {"a", "b", "c"}) w["laptop"].write(n, std::string("content ") + n);
  w.settle();
  w["laptop"].exchange("a", "b");
  w.settle();
  EXPECT_EQ(w["phone"].read("a"), "content b");
  w["phone"].move("c", "d");
  w["phone"].move("b", "c");
  w["phone"].move("a", "b");
  w.settle();
  EXPECT_EQ(w["laptop"].read("b"), "content b");
  EXPECT_EQ(w["laptop"].read("c"), "content a");
  EXPECT_EQ(w["laptop"].read("d"), "content c");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST(offline_edits, a_swap_with_what_is_in_a_folder_that_moves_then_arrives) {
  world w({"laptop", "phone"}, world_options{.seed = 5});
  w["laptop"].write("a", "content of a");
  w["laptop"].write("d/b", "content of b");
  w.settle();
  w["laptop"].go_offline();
  w["laptop"].exchange("a", "d/b");
  w["laptop"].save("d/b", "saved");
  w["laptop"].move("d", "e");
  w["laptop"].go_online();
  w.settle();
  EXPECT_EQ(w["phone"].read("a"), "content of b");
  EXPECT_EQ(w["phone"].read("e/b"), "saved");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST(offline_edits, an_edit_beats_a_delete_on_either_side) {
  world w{"laptop", "phone"};
  w["laptop"].write("a", "1");
  w["laptop"].write("d/b", "2");
  w.settle();
  w["phone"].go_offline();
  w["phone"].write("a", "edited");
  w["phone"].write("d/b", "edited too");
  w["laptop"].remove("a");
  w["laptop"].remove("d");
  w.settle();
  w["phone"].go_online();
  w.settle();
  EXPECT_EQ(w["laptop"].read("a"), "edited");
  EXPECT_EQ(w["laptop"].read("d/b"), "edited too");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST(offline_edits, a_renamed_folder_is_one_row_of_the_log) {
  world w{"laptop", "phone"};
  for (int i = 0; i < 200; ++i) w["laptop"].write("d/f" + std::to_string(i), "c" + std::to_string(i));
  w.settle();
  auto before = w.head();
  w["laptop"].move("d", "e");
  w.settle();
  EXPECT_EQ(w.head(), before + 1);
  EXPECT_EQ(w["phone"].read("e/f199"), "c199");
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace tinysync::test
