// Files that a program holds open for writing while others replace or delete them.

#include "tests/scenarios/watched_folder/two_devices.hpp"

namespace tinysync::test {
namespace {

/// A laptop on which a program has f open, and a phone that has replaced or deleted it.
class held_open : public two_devices {
 public:
  explicit held_open(bool deleted, world_options o = {}) : two_devices(std::move(o)) {
    laptop.write("d/f", "v1");
    begin();
    laptop.disk().hold_for_writing("d/f");
    if (deleted) phone.remove("d/f");
    else phone.write("d/f", "v2");
  }
  void program_writes(const std::string& before, const std::string& bytes) {
    w.ledger().wrote(before + bytes, before);
    laptop.disk().write_held("d/f", bytes);
  }
};

TEST(held_open, a_replacement_waits_a_minute_for_the_program_and_no_longer) {
  held_open t(false);
  t.w.run_for(50s);
  EXPECT_EQ(t.laptop.read("d/f"), "v1");
  EXPECT_NE(t.w.status_of(t.laptop).find("busy"), std::string::npos) << t.w.status_of(t.laptop);
  t.w.run_for(80s);
  EXPECT_EQ(t.laptop.read("d/f"), "v2");
  t.laptop.disk().release_writer("d/f");
  t.w.run_for(10s);
  t.end_as("d/ d/f:v2");
}

TEST(held_open, a_replacement_does_not_wait_for_a_clock_that_was_put_back) {
  held_open t(false);
  t.w.run_for(50s);
  t.w.jump_wall_clock(-24h);
  t.w.run_for(80s);
  EXPECT_EQ(t.laptop.read("d/f"), "v2");
  t.laptop.disk().release_writer("d/f");
  t.end_as("d/ d/f:v2");
}

TEST(held_open, what_is_written_after_the_swap_is_seen_with_the_clock_put_back) {
  held_open t(false);
  t.w.run_for(3min);
  ASSERT_EQ(t.laptop.read("d/f"), "v2");
  t.w.jump_wall_clock(-24h);
  t.w.run_for(3min);
  t.program_writes("v1", " and more");
  t.w.run_for(3min);
  ASSERT_EQ(t.laptop.conflicts_of("d/f").size(), 1u);
}

TEST(held_open, a_program_that_closes_the_file_keeps_nobody_waiting_longer) {
  held_open t(false);
  t.w.run_for(5s);
  t.laptop.disk().release_writer("d/f");
  t.end_as("d/ d/f:v2");
}

TEST(held_open, what_it_writes_after_the_swap_is_a_conflict_copy_at_once) {
  held_open t(false);
  t.w.run_for(3min);
  ASSERT_EQ(t.laptop.read("d/f"), "v2");
  t.program_writes("v1", " and more");
  t.w.run_for(10s);
  ASSERT_EQ(t.laptop.conflicts_of("d/f").size(), 1u);
  EXPECT_EQ(t.laptop.conflicts_of("d/f").at(0).read(), "v1 and more");
  EXPECT_EQ(t.w.listed_conflicts(t.laptop).size(), 1u);
  t.program_writes("v1 and more", " still");
  t.laptop.disk().release_writer("d/f");
  t.w.run_for(10s);
  EXPECT_EQ(t.phone.conflicts_of("d/f").at(0).read(), "v1 and more still");
  EXPECT_EQ(t.phone.read("d/f"), "v2");
  t.end();
}

TEST(held_open, what_it_writes_before_the_minute_is_over_is_an_edit) {
  held_open t(false);
  t.w.run_for(20s);
  t.program_writes("v1", " and more");
  t.laptop.disk().release_writer("d/f");
  t.w.settle();
  EXPECT_EQ(t.phone.read("d/f"), "v2");
  EXPECT_EQ(t.phone.conflicts_of("d/f").at(0).read(), "v1 and more");
  t.end();
}

TEST(held_open, a_deleted_file_that_is_written_to_comes_back) {
  held_open t(true);
  t.w.run_for(50s);
  EXPECT_TRUE(t.laptop.exists("d/f"));
  t.w.run_for(80s);
  EXPECT_FALSE(t.laptop.exists("d/f"));
  t.program_writes("v1", " and more");
  t.laptop.disk().release_writer("d/f");
  t.w.run_for(10s);
  t.end_as("d/ d/f:v1 and more");
}

TEST(held_open, a_displaced_file_stays_watched_when_the_agent_is_killed) {
  for (bool deleted : {false, true}) {
    held_open t(deleted);
    t.w.run_for(3min);
    t.laptop.restart();
    t.w.settle();
    t.program_writes("v1", " and more");
    t.laptop.disk().release_writer("d/f");
    t.w.run_for(10s);
    t.w.settle();
    auto copy = deleted ? std::string("d/f") : t.phone.conflicts_of("d/f").at(0).path();
    EXPECT_EQ(t.phone.read(copy), "v1 and more");
    t.end();
  }
}

TEST(held_open, a_name_that_is_taken_again_is_left_to_its_owner) {
  held_open t(true);
  t.w.run_for(3min);
  t.phone.write("d/f", "another");
  t.w.settle();
  t.program_writes("v1", " and more");
  t.laptop.disk().release_writer("d/f");
  t.w.run_for(10s);
  t.w.settle();
  EXPECT_EQ(t.phone.read("d/f"), "another");
  EXPECT_EQ(t.phone.conflicts_of("d/f").at(0).read(), "v1 and more");
  t.end();
}

TEST(held_open, where_no_leases_are_to_be_had_it_is_watched_for_a_while) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.laptop.disk().fail_when([](fs::verb v, std::string_view) -> std::optional<errc> {
    return v == fs::verb::lease ? std::optional(errc::unsupported) : std::nullopt;
  });
  t.laptop.disk().hold_for_writing("f");
  t.phone.write("f", "v2");
  t.w.settle();
  EXPECT_EQ(t.laptop.read("f"), "v2");
  t.w.run_for(5min);
  t.w.ledger().wrote("v1 and more", "v1");
  t.laptop.disk().write_held("f", " and more");
  t.w.run_for(10s);
  t.w.settle();
  EXPECT_EQ(t.phone.conflicts_of("f").at(0).read(), "v1 and more");
  t.end();
}

}  // namespace
}  // namespace tinysync::test
