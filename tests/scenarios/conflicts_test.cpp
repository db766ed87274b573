// A conflict is an object: it is listed where it was made, and a person ends it.

#include <gtest/gtest.h>

#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

struct a_conflict : ::testing::Test {
  world w{"laptop", "phone"};
  device& laptop = w["laptop"];
  device& phone = w["phone"];
  std::string id, copy;

  void SetUp() override {
    laptop.write("d/notes.txt", "before");
    w.settle();
    phone.go_offline();
    phone.write("d/notes.txt", "from phone");
    laptop.write("d/notes.txt", "from laptop");
    w.settle();
    phone.go_online();
    w.settle();
    auto all = w.listed_conflicts(phone);
    ASSERT_EQ(all.size(), 1u);
    id = all.begin()->first;
    copy = all.begin()->second;
    ASSERT_EQ(phone.read(copy), "from phone");
  }
  void ends_with(const std::string& content, std::size_t trashed) {
    w.settle();
    EXPECT_EQ(w.listed_conflicts(phone).size(), 0u);
    EXPECT_EQ(laptop.read("d/notes.txt"), content);
    EXPECT_EQ(laptop.tree(), phone.tree());
    EXPECT_EQ(w.trash_of(phone).size(), trashed);
    EXPECT_EQ(phone.staged(), std::vector<std::string>{});
  }
};

TEST_F(a_conflict, resolved_as_mine_gives_my_content_the_name_as_an_edit) {
  auto before = w.head();
  EXPECT_EQ(w.resolve(phone, id, "mine"), "");
  ends_with("from phone", 2);
  EXPECT_FALSE(laptop.exists(copy));
  EXPECT_EQ(w.head(), before + 2) << "an edit and a deletion";
  EXPECT_EQ(w.trash_of(laptop).size(), 2u);
}

TEST_F(a_conflict, resolved_as_theirs_removes_the_copy) {
  EXPECT_EQ(w.resolve(phone, id, "theirs"), "");
  ends_with("from laptop", 1);
  EXPECT_FALSE(laptop.exists(copy));
}

TEST_F(a_conflict, resolved_as_both_is_closed_and_changes_nothing) {
  auto before = w.head();
  EXPECT_EQ(w.resolve(phone, id, "both"), "");
  ends_with("from laptop", 0);
  EXPECT_EQ(laptop.read(copy), "from phone");
  EXPECT_EQ(w.head(), before);
}

TEST_F(a_conflict, closes_itself_when_the_contents_are_equal_or_the_copy_is_gone) {
  laptop.write("d/notes.txt", "from phone");
  w.settle();
  EXPECT_EQ(w.listed_conflicts(phone).size(), 0u);
  laptop.write("d/notes.txt", "again different");
  w.settle();
  EXPECT_EQ(w.listed_conflicts(phone).size(), 1u) << "it is open as long as they differ";
  laptop.remove(copy);
  w.settle();
  EXPECT_EQ(w.listed_conflicts(phone).size(), 0u);
}

TEST_F(a_conflict, is_not_resolved_over_an_edit_nobody_has_seen_yet) {
  laptop.go_offline();
  phone.disk().write("d/notes.txt", "a later thought");  // and at once, before any scan:
  EXPECT_NE(w.resolve(phone, id, "mine"), "");
  laptop.go_online();
  w.settle();
  EXPECT_EQ(phone.read("d/notes.txt"), "a later thought");
  EXPECT_EQ(phone.read(copy), "from phone");
  EXPECT_EQ(phone.staged(), std::vector<std::string>{});
}

TEST_F(a_conflict, that_is_unknown_is_refused) {
  EXPECT_NE(w.resolve(phone, "00000000-0000-4000-8000-000000000000", "mine"), "");
  EXPECT_NE(w.resolve(phone, id, "neither"), "");
}

}  // namespace
}  // namespace tinysync::test
