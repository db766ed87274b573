// B42–B50: long absences, chains of operations that wait, storms.

#include <gtest/gtest.h>

#include "tests/scenarios/matrix/meeting.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

void expect_no_findings(world& w) { EXPECT_EQ(w.findings(), std::vector<std::string>{}); }

std::size_t copies_in(const tree& t) {
  std::size_t n = 0;
  for (const auto& [path, e] : t) n += path.find(" (conflict ") != std::string::npos;
  return n;
}

/// A tenth of the catalogue's operations, and a day for its month.
TEST(matrix, b42_a_long_absence_leaves_copies_only_where_edits_met) {
  world w({"laptop", "phone"}, without_brake());
  auto path = [](int i) { return "d" + std::to_string(i % 10) + "/f" + std::to_string(i); };
  for (int i = 0; i < 200; ++i) w["laptop"].write(path(i), "v1_of_" + std::to_string(i));
  w.settle();
  w["phone"].go_offline();
  for (int i = 0; i < 100; ++i) w["phone"].write(path(i), "phone_" + std::to_string(i));
  w["phone"].move("d9", "moved");
  w.run_for(12h);
  for (int round = 0; round < 10; ++round) {
    for (int i = 80; i < 180; ++i)
      w["laptop"].write(path(i), "laptop_" + std::to_string(round) + "_" + std::to_string(i));
    w.settle();
  }
  w.run_for(12h);
  w["phone"].go_online();
  w.settle();
  EXPECT_EQ(copies_in(w["laptop"].tree()), 20u);
  EXPECT_TRUE(w["laptop"].exists("moved/f199"));
  EXPECT_FALSE(w["laptop"].exists("d9"));
  expect_no_findings(w);
}

TEST(matrix, b43_what_began_and_ended_offline_leaves_no_ghost) {
  world w{"laptop", "phone"};
  w["laptop"].write("stays", "s");
  w.settle();
  for (auto pause : {0ms, 5ms, 300ms, 3000ms}) {
    auto head = w.head();
    w["phone"].go_offline();
    w["phone"].write("a", "v1");
    w.run_for(pause);
    w["phone"].write("a", "v2");
    w.run_for(pause);
    w["phone"].move("a", "b");
    w.run_for(pause);
    w["phone"].remove("b");
    w.run_for(pause);
    w["phone"].go_online();
    w.settle();
    EXPECT_EQ(line_of(w["laptop"].tree()), "stays:s") << pause.count();
    EXPECT_EQ(w.head(), head) << pause.count();
  }
  expect_no_findings(w);
}

TEST(matrix, b45_what_depends_on_a_refused_operation_is_done_again) {
  world w{"laptop", "phone"};
  w["laptop"].write("stays", "s");
  w.settle();
  w["phone"].go_offline();
  w["phone"].write("d/x", "x");  // will be refused: the name is taken by then
  w["phone"].write("d/e/y", "y");
  w.run_for(3s);
  w["phone"].move("stays", "d/e/stays");
  w.run_for(3s);
  w["laptop"].write("d", "a_file");
  w.settle();
  w["phone"].go_online();
  w.settle();
  EXPECT_EQ(line_of(w["laptop"].tree()),
            "d!/ d!/e/ d!/e/stays:s d!/e/y:y d!/x:x d:a_file");
  expect_no_findings(w);
}

/// Before anybody tried to send it; what was sent, in vain or not, is never taken back.
TEST(matrix, b46_a_rename_taken_back_is_nothing) {
  for (auto pause : {0ms, 5ms, 50ms}) {
    world w{"laptop", "phone"};
    w["laptop"].write("a", "v");
    w["laptop"].write("d/x", "x");
    w.settle();
    auto head = w.head();
    w["phone"].move("a", "b");
    w["phone"].move("d", "e");
    w.run_for(pause);
    w["phone"].move("b", "a");
    w["phone"].move("e", "d");
    w.settle();
    EXPECT_EQ(w.head(), head) << pause.count();
    EXPECT_EQ(line_of(w["laptop"].tree()), "a:v d/ d/x:x");
    expect_no_findings(w);
  }
}

TEST(matrix, b47_the_last_of_two_programs_writing_during_an_upload_counts) {
  for (std::size_t size : {10u, 100'000u})  // inside the request, and uploaded beside it
    for (auto pause = 1ms; pause < 120ms; pause += 9ms) {
      world w{"laptop", "phone"};
      w["laptop"].write("f", "v1");
      w.settle();
      w["laptop"].write("f", std::string(size, 'a'));
      w.run_for(pause);
      w["laptop"].save("f", std::string(size, 'b'));
      w.run_for(pause);
      w["laptop"].write("f", std::string(size, 'c'));
      w.settle();
      EXPECT_EQ(w["phone"].read("f"), std::string(size, 'c')) << pause.count();
      EXPECT_EQ(w["phone"].tree().size(), 1u) << pause.count();
      expect_no_findings(w);
    }
}

/// Ten devices, ten files, everybody writes each of them three times.
TEST(matrix, b48_a_storm_of_writers_ends_whole) {
  std::vector<std::string> names;
  for (int i = 0; i < 10; ++i) names.push_back("device" + std::to_string(i));
  world w(names, {});
  for (int f = 0; f < 10; ++f) w[names[0]].write("f" + std::to_string(f), "v1_of_" + std::to_string(f));
  w.settle();
  for (int round = 0; round < 3; ++round)
    for (int f = 0; f < 10; ++f)
      for (const auto& name : names) {
        w[name].write("f" + std::to_string(f),
                      name + "_" + std::to_string(round) + "_" + std::to_string(f));
        w.run_for(std::chrono::milliseconds(w.random() % 20));
      }
  w.settle();
  EXPECT_LE(copies_in(w[names[0]].tree()), 300u - 10u);
  expect_no_findings(w);
}

TEST(matrix, b49_two_who_save_every_second_make_no_more_copies_than_they_met) {
  world w{"laptop", "phone"};
  w["laptop"].write("f", "v1");
  w.settle();
  auto head = w.head();
  constexpr int seconds = 300;
  for (int i = 0; i < seconds; ++i) {
    w["laptop"].write("f", "laptop_" + std::to_string(i));
    w["phone"].write("f", "phone_" + std::to_string(i));
    w.run_for(1s);
  }
  w.settle();
  EXPECT_LE(copies_in(w["laptop"].tree()), static_cast<std::size_t>(seconds));
  EXPECT_LE(w.head() - head, 2u * seconds + copies_in(w["laptop"].tree()));
  expect_no_findings(w);
}

}  // namespace
}  // namespace tinysync::test
