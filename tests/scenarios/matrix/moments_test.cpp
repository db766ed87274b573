// B36–B40: what a user does in the middle of what the agent does.

#include <gtest/gtest.h>

#include "tests/scenarios/matrix/meeting.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

void expect_no_findings(world& w) { EXPECT_EQ(w.findings(), std::vector<std::string>{}); }

TEST(matrix, b36_an_edit_between_the_look_and_the_swap_is_kept) {
  for (auto moment : {fs::verb::lease, fs::verb::exchange}) {
    world w{"laptop", "phone"};
    w["laptop"].write("f", "v1");
    w.settle();
    bool happened = false;
    w["phone"].disk().before_next(moment, "", [&] {
      happened = true;
      w["phone"].write("f", "mine");
    });
    w["laptop"].write("f", "theirs");
    w.settle();
    EXPECT_TRUE(happened);
    EXPECT_EQ(line_of(w["laptop"].tree()), "f!:mine f:theirs") << fs::name_of(moment);
    expect_no_findings(w);
  }
}

TEST(matrix, b36_a_save_by_renaming_between_the_look_and_the_swap_is_kept) {
  world w{"laptop", "phone"};
  w["laptop"].write("f", "v1");
  w.settle();
  w["phone"].disk().before_next(fs::verb::exchange, "", [&] { w["phone"].save("f", "mine"); });
  w["laptop"].write("f", "theirs");
  w.settle();
  EXPECT_EQ(line_of(w["laptop"].tree()), "f!:mine f:theirs");
  expect_no_findings(w);
}

TEST(matrix, b37_a_delete_between_the_look_and_the_swap_loses) {
  world w{"laptop", "phone"};
  w["laptop"].write("f", "v1");
  w.settle();
  bool happened = false;
  w["phone"].disk().before_next(fs::verb::exchange, "", [&] {
    happened = true;
    w["phone"].remove("f");
  });
  w["laptop"].write("f", "theirs");
  w.settle();
  EXPECT_TRUE(happened);
  EXPECT_EQ(line_of(w["laptop"].tree()), "f:theirs");
  expect_no_findings(w);
}

TEST(matrix, b38_a_file_open_for_writing_outlives_its_delete) {
  world w{"laptop", "phone"};
  w["laptop"].write("f", "v1");
  w.settle();
  w["phone"].disk().hold_for_writing("f");
  w["laptop"].remove("f");
  w.run_for(10s);
  w["phone"].disk().write_held("f", "+more");
  w.ledger().wrote("v1+more", "v1");
  w["phone"].disk().release_writer("f");
  w.settle();
  EXPECT_EQ(line_of(w["laptop"].tree()), "f:v1+more");
  expect_no_findings(w);
}

TEST(matrix, b39_who_works_in_a_folder_that_moves_ends_in_the_moved_one) {
  world w{"laptop", "phone"};
  w["laptop"].write("d/old", "old");
  w.settle();
  auto& disk = w["phone"].disk();
  // Relative to a working directory: the same folder before the rename and right after it.
  disk.before_next(fs::verb::rename, "d", [&] { w["phone"].write("d/before", "before"); });
  disk.subscribe([&](const fs::change& c) {
    if (c.kind == fs::change_kind::moved_to && c.name == "e") w["phone"].write("e/after", "after");
  });
  w["laptop"].move("d", "e");
  w.settle();
  EXPECT_EQ(line_of(w["laptop"].tree()), "e/ e/after:after e/before:before e/old:old");
  expect_no_findings(w);
}

/// The laptop removes a folder in which the phone has something that is not synced.
void remove_around_a_pipe(world& w, const std::string& folder = "d") {
  w["laptop"].write(folder + "/old", "old");
  w.settle();
  w["phone"].disk().make_special(folder + "/pipe");
  w.run_for(3s);
  w["laptop"].remove("d");
}

TEST(matrix, b40_what_is_not_synced_stays_with_its_folder) {
  world w{"laptop", "phone"};
  w["laptop"].write("stays", "s");
  remove_around_a_pipe(w);
  w.run_for(30min);  // whole scans
  EXPECT_EQ(line_of(w["phone"].tree()), "d/ d/pipe| stays:s");
  EXPECT_EQ(line_of(w["laptop"].tree()), "stays:s");
  auto head = w.head();
  w.settle();
  w.run_for(30min);
  EXPECT_EQ(w.head(), head);
  EXPECT_NE(w.status_of(w["phone"]).find("local_only"), std::string::npos) << w.status_of(w["phone"]);
}

TEST(matrix, b40_what_is_not_synced_stays_with_all_its_folders) {
  world w{"laptop", "phone"};
  remove_around_a_pipe(w, "d/e");
  w.settle();
  EXPECT_EQ(line_of(w["phone"].tree()), "d/ d/e/ d/e/pipe|");
  EXPECT_EQ(line_of(w["laptop"].tree()), "");
  w["phone"].disk().remove_all("d/e/pipe");
  w["phone"].move("d/e", "moved");
  w.settle();
  EXPECT_EQ(line_of(w["laptop"].tree()), "") << "empty folders that are here alone";
}

TEST(matrix, b40_the_folder_is_created_again_when_it_holds_something) {
  world w{"laptop", "phone"};
  remove_around_a_pipe(w);
  w.settle();
  w["phone"].write("d/new", "new");
  w.settle();
  EXPECT_EQ(line_of(w["laptop"].tree()), "d/ d/new:new");
}

TEST(matrix, b40_a_folder_of_that_name_from_elsewhere_is_joined) {
  world w{"laptop", "phone"};
  remove_around_a_pipe(w);
  w.settle();
  w["laptop"].write("d/again", "again");
  w.settle();
  EXPECT_EQ(line_of(w["phone"].tree()), "d/ d/again:again d/pipe|");
}

}  // namespace
}  // namespace tinysync::test
