// B01–B14, B27–B29: two users and single files.

#include <gtest/gtest.h>

#include "tests/scenarios/matrix/meeting.hpp"

namespace tinysync::test {
namespace {

TEST(matrix, b01_of_two_new_files_of_one_name_the_first_keeps_it) {
  both_orders(nothing(), write("f.txt", "one"), write("f.txt", "other"))
      .in_rows(2)
      .end_as("f!.txt:other f.txt:one", "f!.txt:one f.txt:other");
}

TEST(matrix, b02_two_new_files_of_one_name_and_content_are_one_file) {
  both_orders(nothing(), write("f", "same"), write("f", "same")).in_rows(1).end_as("f:same");
}

TEST(matrix, b03_a_new_file_and_a_new_folder_of_one_name_both_live) {
  both_orders(nothing(), write("f", "one"), write("f/in", "other"))
      .in_rows(3)
      .end_as("f!/ f!/in:other f:one", "f!:one f/ f/in:other");
}

TEST(matrix, b06_of_two_edits_the_first_keeps_the_name) {
  both_orders(write("f", "v1"), write("f", "one"), write("f", "other"))
      .in_rows(2)
      .end_as("f!:other f:one", "f!:one f:other");
}

TEST(matrix, b07_two_equal_edits_are_one) {
  both_orders(write("f", "v1"), write("f", "v2"), write("f", "v2")).in_rows(1).end_as("f:v2");
}

TEST(matrix, b08_an_edit_beats_a_delete) {
  both_orders(write("f", "v1"), write("f", "one"), remove("f")).end_as("f:one");
}

TEST(matrix, b09_two_deletes_are_one) {
  both_orders(all({write("f", "v1"), write("g", "stays")}), remove("f"), remove("f"))
      .in_rows(1)
      .end_as("g:stays");
}

TEST(matrix, b10_of_two_moves_the_first_counts) {
  both_orders(write("a", "v"), move("a", "x"), move("a", "y")).in_rows(1).end_as("x:v", "y:v");
}

TEST(matrix, b11_two_files_moved_to_one_name_both_live) {
  both_orders(all({write("a", "A"), write("b", "B")}), move("a", "x"), move("b", "x"))
      .in_rows(2)
      .end_as("x!:B x:A", "x!:A x:B");
}

TEST(matrix, b12_a_file_moved_to_the_name_of_a_new_one_both_live) {
  both_orders(write("a", "A"), move("a", "x"), write("x", "new"))
      .in_rows(2)
      .end_as("x!:new x:A", "x!:A x:new");
}

TEST(matrix, b13_a_move_and_an_edit_both_apply) {
  both_orders(write("a", "v1"), move("a", "x"), write("a", "v2")).in_rows(2).end_as("x:v2");
}

TEST(matrix, b14_a_deleted_file_goes_wherever_it_was_moved) {
  both_orders(all({write("a", "v1"), write("g", "stays")}), move("a", "x"), remove("a"))
      .end_as("g:stays");
}

TEST(matrix, b27_a_name_each_given_to_the_others_file) {
  both_orders(all({write("a", "A"), write("b", "B")}), all({move("b", "c"), move("a", "b")}),
              all({move("a", "d"), move("b", "a")}))
      .end_as("b:A c:B", "a:B d:A");
}

TEST(matrix, b27_the_same_swap_on_both_sides_is_one) {
  both_orders(all({write("a", "A"), write("b", "B")}), exchange("a", "b"), exchange("a", "b"))
      .in_rows(2)
      .end_as("a:B b:A");
}

TEST(matrix, b28_names_that_differ_in_case_are_two_names) {
  both_orders(write("x", "moved"), move("x", "Foo"), write("foo", "new"))
      .in_rows(2)
      .end_as("Foo:moved foo:new");
}

TEST(matrix, b29_a_changed_bit_and_an_edit_both_apply) {
  both_orders(write("f", "v1"), chmod("f", 0755), write("f", "v2")).in_rows(2).end_as("f*:v2");
}

}  // namespace
}  // namespace tinysync::test
