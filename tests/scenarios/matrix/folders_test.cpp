// B04, B05, B15–B26: two users and whole folders.

#include <gtest/gtest.h>

#include "tests/scenarios/matrix/meeting.hpp"

namespace tinysync::test {
namespace {

/// d/old, and a beside it.
act a_folder() { return all({write("d/old", "old"), write("a", "A")}); }

TEST(matrix, b04_new_folders_of_one_name_are_merged) {
  both_orders(nothing(), write("d/x", "one"), write("d/y", "other"))
      .in_rows(3)
      .end_as("d/ d/x:one d/y:other");
}

TEST(matrix, b05_merged_folders_keep_one_copy_of_what_differs) {
  both_orders(nothing(), write("d/x", "one"), write("d/x", "other"))
      .in_rows(3)
      .end_as("d/ d/x!:other d/x:one", "d/ d/x!:one d/x:other");
}

TEST(matrix, b15_a_new_file_follows_its_moved_folder) {
  both_orders(a_folder(), move("d", "e"), write("d/n", "new"))
      .in_rows(2)
      .end_as("a:A e/ e/n:new e/old:old");
}

TEST(matrix, b16_an_edit_follows_its_moved_folder) {
  both_orders(a_folder(), move("d", "e"), write("d/old", "edited"))
      .in_rows(2)
      .end_as("a:A e/ e/old:edited");
}

TEST(matrix, b17_a_delete_follows_its_moved_folder) {
  both_orders(a_folder(), move("d", "e"), remove("d/old")).in_rows(2).end_as("a:A e/");
}

TEST(matrix, b18_a_file_moves_out_of_a_moved_folder) {
  both_orders(a_folder(), move("d", "e"), move("d/old", "out")).in_rows(2).end_as("a:A e/ out:old");
}

TEST(matrix, b19_a_file_moves_into_a_moved_folder) {
  both_orders(a_folder(), move("d", "e"), move("a", "d/a"))
      .in_rows(2)
      .end_as("e/ e/a:A e/old:old");
}

TEST(matrix, b20_a_new_file_outlives_its_deleted_folder) {
  both_orders(a_folder(), remove("d"), write("d/n", "new")).end_as("a:A d/ d/n:new");
}

TEST(matrix, b21_an_edited_file_outlives_its_deleted_folder) {
  both_orders(a_folder(), remove("d"), write("d/old", "edited")).end_as("a:A d/ d/old:edited");
}

TEST(matrix, b22_a_file_moved_in_outlives_the_deleted_folder) {
  both_orders(a_folder(), remove("d"), move("a", "d/a")).end_as("d/ d/a:A");
}

TEST(matrix, b23_a_file_moved_out_outlives_the_deleted_folder) {
  both_orders(a_folder(), remove("d"), move("d/old", "out")).end_as("a:A out:old");
}

TEST(matrix, b24_a_deleted_folder_goes_wherever_it_was_moved) {
  both_orders(a_folder(), remove("d"), move("d", "e")).end_as("a:A");
}

TEST(matrix, b25_folders_moved_into_each_other_make_no_circle) {
  both_orders(all({write("A/f", "in_A"), write("B/g", "in_B")}), move("A", "B/A"), move("B", "A/B"))
      .in_rows(1)
      .end_as("B/ B/A/ B/A/f:in_A B/g:in_B", "A/ A/B/ A/B/g:in_B A/f:in_A");
}

TEST(matrix, b26_a_folder_moved_into_a_deleted_one_survives) {
  both_orders(all({write("A/f", "in_A"), write("B/g", "in_B")}), move("A", "B/A"), remove("B"))
      .end_as("B/ B/A/ B/A/f:in_A");
}

/// Every device moves one folder into the next, so that together they would make a ring.
void try_a_ring_of(int n) {
  std::vector<std::string> names;
  for (int i = 0; i < n; ++i) names.push_back("device" + std::to_string(i));
  world w(names, {});
  auto folder = [n](int i) { return "F" + std::to_string(i % n); };
  for (int i = 0; i < n; ++i) w[names[0]].write(folder(i) + "/f", "in_" + folder(i));
  w.settle();
  for (const auto& name : names) w[name].go_offline();
  for (int i = 0; i < n; ++i) w[names[i]].move(folder(i), folder(i + 1) + "/" + folder(i));
  w.run_for(std::chrono::seconds(3));
  for (const auto& name : names) w[name].go_online();
  w.settle();
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
  // Every folder is there once, with what is in it.
  auto t = w[names[0]].tree();
  EXPECT_EQ(t.size(), 2u * static_cast<std::size_t>(n)) << line_of(t);
}

TEST(matrix, b25_nor_do_three_in_a_ring) { try_a_ring_of(3); }
TEST(matrix, b25_nor_do_ten_in_a_ring) { try_a_ring_of(10); }

}  // namespace
}  // namespace tinysync::test
