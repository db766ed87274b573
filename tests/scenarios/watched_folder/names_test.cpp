// A50–A60: names are bytes, whatever they look like.

#include "proto/vocabulary/names.hpp"
#include "tests/scenarios/watched_folder/two_devices.hpp"

namespace tinysync::test {
namespace {

/// Every one of these names, as a file and as a folder, on both devices; then all of them changed.
void expect_round_trip(const std::vector<std::string>& names) {
  two_devices t(without_brake());
  for (std::size_t i = 0; i < names.size(); ++i) {
    t.laptop.write(names[i], "file_" + std::to_string(i));
    t.laptop.write("in/" + names[i] + "/" + names[i], "below_" + std::to_string(i));
  }
  t.begin();
  EXPECT_EQ(t.phone.tree(), t.laptop.tree());
  EXPECT_EQ(t.phone.tree().size(), 3 * names.size() + 1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    t.phone.write(names[i], "changed_" + std::to_string(i));
    t.phone.remove("in/" + names[i]);
  }
  t.end();
  EXPECT_EQ(t.laptop.tree().size(), names.size() + 1);
}

/// Both devices have edited it, the phone offline.
tree after_a_conflict_over(const std::string& name) {
  two_devices t;
  t.laptop.write(name, "v1");
  t.begin();
  t.phone.go_offline();
  t.phone.write(name, "mine");
  t.laptop.write(name, "theirs");
  t.w.settle();
  t.phone.go_online();
  t.end();
  return t.laptop.tree();
}

TEST(names_on_disk, a50_the_longest_name_travels_and_has_a_conflict_copy) {
  const std::string longest = std::string(251, 'n') + ".txt";
  auto tree = after_a_conflict_over(longest);
  ASSERT_EQ(tree.size(), 2u);
  EXPECT_EQ(tree[longest].content, "theirs");
  tree.erase(longest);
  EXPECT_EQ(tree.begin()->second.content, "mine");
  EXPECT_LE(tree.begin()->first.size(), 255u);
  EXPECT_TRUE(tree.begin()->first.ends_with(".txt"));
}

TEST(names_on_disk, a50_its_copy_is_cut_between_characters) {
  std::string longest;
  while (longest.size() + 3 <= 255) longest += "\xe2\x82\xac";  // €
  auto tree = after_a_conflict_over(longest);
  ASSERT_EQ(tree.size(), 2u);
  for (const auto& [name, e] : tree) EXPECT_EQ(printable(name), name);
}

/// That the real disk reaches it is shown by unit_platform.
TEST(names_on_disk, a51_a_path_longer_than_the_kernel_takes_travels) {
  two_devices t;
  std::string deep;
  for (int i = 0; i < 25; ++i) deep += (deep.empty() ? "" : "/") + std::string(200, 'd');
  t.laptop.write(deep + "/f", "deep");
  t.end();
  EXPECT_EQ(t.phone.read(deep + "/f"), "deep");
  t.phone.move(deep, "up");
  t.end();
  EXPECT_EQ(t.laptop.read("up/f"), "deep");
}

TEST(names_on_disk, a52_bytes_that_are_no_text_travel_exactly) {
  expect_round_trip({"\xff", "\xfe\xff.txt", "caf\xe9", "\xc3", "ok", "\xed\xa0\x80"});
}

TEST(names_on_disk, a53_control_characters_and_punctuation_travel_exactly) {
  expect_round_trip({"line\nbreak", "tab\t", "\"quoted\"", "it's", "back\\slash", "\x1b[31mred",
                     "\xe2\x80\xaegnp.exe", "-rf", "--help", "trailing ", " leading", "100%", "a#b",
                     "what?", "*", "$(reboot)", "`x`", "a;b", "\x01\x7f"});
}

TEST(names_on_disk, a54_composed_and_decomposed_twins_both_live) {
  expect_round_trip({"caf\xc3\xa9", "cafe\xcc\x81"});
}

TEST(names_on_disk, a56_twins_in_case_both_live) {
  expect_round_trip({"a.txt", "A.txt", "Straße", "STRASSE"});
}

TEST(names_on_disk, a57_names_that_others_forbid_are_ordinary_here) {
  expect_round_trip({"CON", "aux.txt", "nul", "COM1", "dot.", "space ", "a:b", "a*b", "a?b", "a<b>c",
                     "a|b", "LPT1.log", "desktop.ini", "Thumbs.db"});
}

TEST(names_on_disk, a59_names_like_our_own_are_the_users) {
  expect_round_trip({"12.staged", "7.part", "f.save~", "root.marker", "staging", "parked", "trash",
                     "2 f (conflict phone 2026-01-01, 0123abcd)",
                     "f (conflict laptop 2026-01-01, 0123abcd).txt", "f (parked 2)"});
  two_devices t;
  t.laptop.write("d/.tinysync/staging/f", "mine");  // reserved in the root alone
  t.end_as("d/ d/.tinysync/ d/.tinysync/staging/ d/.tinysync/staging/f:mine");
}

TEST(names_on_disk, a60_a_users_file_that_looks_like_a_copy_is_an_ordinary_one) {
  const std::string name = "f (conflict phone 2026-01-01, 0123abcd).txt";
  two_devices t;
  t.laptop.write("f.txt", "f");
  t.laptop.write(name, "v1");
  t.end_as("f!.txt:v1 f.txt:f");
  t.phone.write(name, "v2");
  t.end_as("f!.txt:v2 f.txt:f");
  t.phone.move(name, "g.txt");
  t.end_as("f.txt:f g.txt:v2");
  t.laptop.move("g.txt", name);
  t.laptop.remove("f.txt");
  t.end_as("f!.txt:v2");
  t.laptop.remove(name);
  t.end_as("");
}

}  // namespace
}  // namespace tinysync::test
