// Our folder in a root: whole, or not there at all.

#include "client/folder/layout.hpp"

#include <gtest/gtest.h>

#include "platform/fs/fake_disk.hpp"

namespace tinysync::folder {
namespace {

struct a_root : ::testing::Test {
  clock::manual_clock clock;
  fs::fake_disk disk{clock, {}};
  marker mine{id_from_text<vault_id>("11111111-1111-4111-8111-111111111111").value(), std::string(32, 'a')};
};

TEST_F(a_root, says_whose_it_is) {
  ASSERT_TRUE(prepare(disk, mine));
  auto known = read_marker(disk).value().value();
  EXPECT_EQ(known.vault, mine.vault);
  EXPECT_EQ(known.mark, mine.mark);
}

TEST_F(a_root, whose_marker_is_damaged_does_not_count_as_nobodys) {
  disk.mkdir_p(own_folder.data());
  for (const auto& text : {std::string(), std::string("x"), to_string(mine.vault), std::string(5000, 'x')}) {
    disk.write(std::string(marker_path), text);
    EXPECT_EQ(read_marker(disk).error().code, errc::local_state_corrupt) << text.substr(0, 40);
  }
}

TEST_F(a_root, that_cannot_be_prepared_is_as_it_was) {
  for (auto v : {fs::verb::make_folder, fs::verb::create_staged, fs::verb::write, fs::verb::sync_file}) {
    disk.fail_next(v, errc::disk_full);
    EXPECT_EQ(prepare(disk, mine).error().code, errc::disk_full);
    EXPECT_FALSE(disk.exists(std::string(own_folder)));
  }
}

TEST_F(a_root, that_was_prepared_before_keeps_what_is_in_it) {
  ASSERT_TRUE(prepare(disk, mine));
  disk.write(staged_path(7), "half");
  disk.fail_next(fs::verb::write, errc::disk_full);
  auto other = mine;
  other.mark = std::string(32, 'b');
  EXPECT_FALSE(prepare(disk, other));
  EXPECT_TRUE(disk.exists(staged_path(7)));
}

}  // namespace
}  // namespace tinysync::folder
