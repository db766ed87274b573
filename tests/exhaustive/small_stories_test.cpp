// Every small story: up to two operations on one device and one on the other, both offline, over a
// tree of three items; then both come together. All of them, not a sample.

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

struct small_act {
  const char* name;
  std::function<void(device&, const std::string& token)> perform;
};

/// Over a (file), d (folder), d/b (file). An operation whose premise is gone does nothing.
const std::vector<small_act> small_acts = {
    {"edit a", [](device& d, const std::string& t) { if (d.is_file("a")) d.write("a", t); }},
    {"save d/b", [](device& d, const std::string& t) { if (d.exists("d/b")) d.save("d/b", t); }},
    {"rm a", [](device& d, const std::string&) { d.remove("a"); }},
    {"rm d/b", [](device& d, const std::string&) { d.remove("d/b"); }},
    {"rm -r d", [](device& d, const std::string&) { d.remove("d"); }},
    {"mv a c", [](device& d, const std::string&) { if (d.exists("a") && !d.exists("c")) d.move("a", "c"); }},
    {"mv a d/a", [](device& d, const std::string&) { if (d.exists("a") && d.exists("d") && !d.exists("d/a")) d.move("a", "d/a"); }},
    {"mv d/b c", [](device& d, const std::string&) { if (d.exists("d/b") && !d.exists("c")) d.move("d/b", "c"); }},
    {"mv d e", [](device& d, const std::string&) { if (d.exists("d") && !d.exists("e")) d.move("d", "e"); }},
    {"mv a d/b", [](device& d, const std::string&) { if (d.is_file("a") && d.is_file("d/b")) d.move("a", "d/b"); }},
    {"swap a d/b", [](device& d, const std::string&) { if (d.exists("a") && d.exists("d/b")) d.exchange("a", "d/b"); }},
    {"write c", [](device& d, const std::string& t) { if (!d.exists("c")) d.write("c", t); }},
    {"mkdir c", [](device& d, const std::string&) { if (!d.exists("c")) d.mkdir("c"); }},
    {"write d/n", [](device& d, const std::string& t) { if (d.exists("d")) d.write("d/n", t); }},
    {"chmod a", [](device& d, const std::string&) { if (d.exists("a")) d.chmod("a", 0755); }},
    {"a becomes a folder", [](device& d, const std::string& t) { d.remove("a"); d.write("a/in", t); }},
};

/// What is wrong at the end; empty if nothing.
std::string play(const std::vector<const small_act*>& here, const small_act& there, bool here_first) {
  world w({"laptop", "phone"}, world_options{.seed = 5});
  auto& laptop = w["laptop"];
  auto& phone = w["phone"];
  laptop.write("a", "content of a");
  laptop.write("d/b", "content of b");
  if (auto wrong = w.try_settle()) return *wrong;
  laptop.go_offline();
  phone.go_offline();
  int n = 0;
  for (const auto* act : here) act->perform(laptop, "laptop " + std::to_string(++n));
  there.perform(phone, "phone 1");
  auto& first = here_first ? laptop : phone;
  first.go_online();
  if (auto wrong = w.try_settle()) return *wrong;
  (here_first ? phone : laptop).go_online();
  if (auto wrong = w.try_settle()) return *wrong;
  auto findings = w.findings();
  return findings.empty() ? "" : findings.front();
}

TEST(exhaustive, every_pair_of_operations_converges_and_loses_nothing) {
  for (const auto& mine : small_acts)
    for (const auto& theirs : small_acts)
      for (bool first : {true, false})
        EXPECT_EQ(play({&mine}, theirs, first), "")
            << mine.name << " | " << theirs.name << (first ? ", mine first" : ", theirs first");
}

TEST(exhaustive, every_two_operations_against_one_converge_and_lose_nothing) {
  for (const auto& one : small_acts)
    for (const auto& two : small_acts)
      for (const auto& theirs : small_acts)
        EXPECT_EQ(play({&one, &two}, theirs, &theirs < &one), "")
            << one.name << ", " << two.name << " | " << theirs.name;
}

}  // namespace
}  // namespace tinysync::test
