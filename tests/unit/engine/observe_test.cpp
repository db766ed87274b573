// From listings to changes of the local tree: moves, saves, swaps, absence.

#include <gtest/gtest.h>

#include "client/engine/observe.hpp"
#include "tests/support/memory_trees.hpp"

namespace tinysync::engine {
namespace {

constexpr std::int64_t long_after = 1'000'000'000'000;

seen a_file(std::uint64_t inode, std::uint64_t size = 3, std::int64_t mtime = 5) {
  return {item_kind::file, inode, static_cast<std::int64_t>(1000 + inode), size, mtime, mtime, 0644};
}
seen a_folder(std::uint64_t inode) {
  return {item_kind::folder, inode, static_cast<std::int64_t>(1000 + inode), 0, 0, 0, 0755};
}

struct observe_test : ::testing::Test {
  memory_trees t;
  std::map<std::string, std::string> text;  // what reading a path gives
  std::vector<std::string> hashed;
  std::uint8_t fresh = 200;

  void row(const item_id& id, place at, seen s, std::string_view content = {}) {
    local_item l;
    l.id = id;
    l.at = std::move(at);
    l.seen = s;
    if (s.kind != item_kind::folder) l.hash = content_hash_of(content);
    t.local_[id] = l;
  }
  local_changes scan(std::map<std::string, std::vector<listed_entry>> disk,
                     std::vector<std::string> folders = {""}, bool recursive = false) {
    scan_batch b(t);
    std::vector<std::string> queue = std::move(folders);
    for (std::size_t i = 0; i < queue.size(); ++i) {
      auto path = queue[i];
      listing l{path, disk[path], {}, self_of(disk, path)};
      auto w = b.compare(l, recursive);
      for (auto& more : w.to_list) queue.push_back(more);
      for (auto& [p, s] : w.to_hash) {
        hashed.push_back(p);
        b.hashed({p, s, content_hash_of(text[p]), {}, {}});
      }
    }
    return b.conclude(long_after, [this](std::uint8_t* out, std::size_t n) {
      ++fresh;
      while (n-- > 0) *out++ = fresh;
    });
  }
  /// A folder as the listing of the folder above shows it.
  static std::optional<seen> self_of(const std::map<std::string, std::vector<listed_entry>>& disk,
                                     const std::string& path) {
    auto slash = path.rfind('/');
    auto above = disk.find(slash == std::string::npos ? "" : path.substr(0, slash));
    auto name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (!path.empty() && above != disk.end())
      for (const auto& e : above->second)
        if (e.name == name) return e.seen;
    return std::nullopt;
  }
  static const local_item* find(const local_changes& c, const std::string& name) {
    for (const auto& l : c.changed)
      if (l.at.name == name) return &l;
    return nullptr;
  }
};

const item_id a = nth(1), b = nth(2), d = nth(4);

TEST_F(observe_test, nothing_new_is_nothing) {
  row(a, {root_item, "a"}, a_file(1), "one");
  auto c = scan({{"", {{"a", a_file(1)}}}});
  EXPECT_TRUE(c.changed.empty());
  EXPECT_TRUE(c.gone.empty());
  EXPECT_TRUE(hashed.empty());
}

TEST_F(observe_test, a_new_inode_at_a_known_path_is_an_edit_of_the_same_item) {
  row(a, {root_item, "a"}, a_file(1), "one");
  text["a"] = "two";
  auto c = scan({{"", {{"a", a_file(7)}}}});
  ASSERT_TRUE(find(c, "a"));
  EXPECT_EQ(find(c, "a")->id, a);
  EXPECT_EQ(find(c, "a")->hash, content_hash_of("two"));
  EXPECT_TRUE(c.gone.empty());
}

TEST_F(observe_test, a_known_inode_at_another_path_is_a_move_without_reading) {
  row(a, {root_item, "a"}, a_file(1), "one");
  auto moved = a_file(1);
  moved.ctime_ns = 99;
  auto c = scan({{"", {{"x", moved}}}});
  ASSERT_TRUE(find(c, "x"));
  EXPECT_EQ(find(c, "x")->id, a);
  EXPECT_TRUE(hashed.empty());
  EXPECT_TRUE(c.gone.empty());
}

TEST_F(observe_test, an_editors_backup_is_a_new_file_and_the_save_an_edit) {
  row(a, {root_item, "f"}, a_file(1), "one");
  text["f"] = "two";
  text["f~"] = "one";
  auto c = scan({{"", {{"f", a_file(9)}, {"f~", a_file(1)}}}});
  EXPECT_EQ(find(c, "f")->id, a);
  EXPECT_NE(find(c, "f~")->id, a);
}

TEST_F(observe_test, a_swap_is_two_moves) {
  row(a, {root_item, "a"}, a_file(1), "one");
  row(b, {root_item, "b"}, a_file(2), "two");
  text["a"] = "two";
  text["b"] = "one";
  auto c = scan({{"", {{"a", a_file(2)}, {"b", a_file(1)}}}});
  EXPECT_EQ(find(c, "a")->id, b);
  EXPECT_EQ(find(c, "b")->id, a);
  EXPECT_TRUE(c.gone.empty());
}

TEST_F(observe_test, a_rename_over_a_known_file_moves_one_and_ends_the_other) {
  row(a, {root_item, "a"}, a_file(1), "one");
  row(b, {root_item, "b"}, a_file(2), "two");
  auto c = scan({{"", {{"b", a_file(1)}}}});
  EXPECT_EQ(find(c, "b")->id, a);
  EXPECT_EQ(c.gone, std::vector<item_id>{b});
}

TEST_F(observe_test, a_reused_inode_number_is_no_move) {
  row(a, {root_item, "a"}, a_file(1), "one");
  auto reused = a_file(1);
  reused.birth_ns = 77;
  text["x"] = "other";
  auto c = scan({{"", {{"x", reused}}}});
  EXPECT_NE(find(c, "x")->id, a);
  EXPECT_EQ(c.gone, std::vector<item_id>{a});
}

TEST_F(observe_test, equal_content_within_one_scan_is_a_move) {
  row(a, {root_item, "a"}, a_file(1), "one");
  text["x"] = "one";
  auto c = scan({{"", {{"x", a_file(50)}}}});
  EXPECT_EQ(find(c, "x")->id, a);
  EXPECT_TRUE(c.gone.empty());
}

TEST_F(observe_test, a_moved_folder_brings_its_rows_along_and_is_looked_at_again) {
  row(d, {root_item, "d"}, a_folder(4));
  row(a, {d, "a"}, a_file(1), "one");
  auto c = scan({{"", {{"e", a_folder(4)}}}, {"e", {{"a", a_file(1)}}}});
  ASSERT_EQ(c.changed.size(), 1u);
  EXPECT_EQ(c.changed[0].id, d);
  EXPECT_EQ(c.changed[0].at.name, "e");
  EXPECT_TRUE(c.gone.empty());
  EXPECT_EQ(c.again, std::vector<std::string>{"e"});
}

TEST_F(observe_test, a_folder_moved_into_one_that_moved_is_a_move) {
  row(d, {root_item, "d"}, a_folder(4));
  row(b, {d, "b"}, a_folder(2));
  auto c = scan({{"", {{"b", a_folder(2)}}}, {"b", {{"d", a_folder(4)}}}});
  EXPECT_TRUE(c.gone.empty());
  ASSERT_TRUE(find(c, "d"));
  EXPECT_EQ(find(c, "d")->id, d);
  EXPECT_EQ(find(c, "d")->at.parent, b);
}

TEST_F(observe_test, a_new_folder_under_the_name_of_a_moved_one_takes_nothing_from_it) {
  row(d, {root_item, "d"}, a_folder(4));
  row(a, {d, "a"}, a_file(1), "one");
  text["d/new"] = "new";
  auto c = scan({{"", {{"d", a_folder(9)}, {"e", a_folder(4)}}},
                 {"d", {{"new", a_file(8)}}},
                 {"e", {{"a", a_file(1)}}}},
                {"d"});  // the folder above is asked for by itself
  EXPECT_TRUE(c.gone.empty());
  ASSERT_TRUE(find(c, "e") && find(c, "d") && find(c, "new"));
  EXPECT_EQ(find(c, "e")->id, d);
  EXPECT_EQ(find(c, "new")->at.parent, find(c, "d")->id);
}

TEST_F(observe_test, what_moved_into_a_folder_that_was_listed_before_has_not_gone) {
  row(d, {root_item, "d"}, a_folder(4));
  row(a, {root_item, "a"}, a_file(1), "one");
  scan_batch batch(t);
  batch.compare({"d", {}, {}}, false);
  batch.compare({"", {{"d", a_folder(4)}}, {}}, false);
  EXPECT_TRUE(batch.misses_something());
  batch.sighted({"d", {{"a", a_file(1)}}, {}});
  EXPECT_FALSE(batch.misses_something());
  auto c = batch.conclude(long_after, {});
  EXPECT_TRUE(c.gone.empty());
  EXPECT_TRUE(c.changed.empty()) << "it is found there by the next scan";
}

TEST_F(observe_test, a_vanished_folder_takes_what_was_in_it) {
  row(d, {root_item, "d"}, a_folder(4));
  row(a, {d, "a"}, a_file(1), "one");
  auto c = scan({{"", {}}});
  EXPECT_EQ(c.gone.size(), 2u);
}

TEST_F(observe_test, what_was_moved_out_of_a_deleted_folder_is_a_move) {
  row(d, {root_item, "d"}, a_folder(4));
  row(a, {d, "a"}, a_file(1), "one");
  auto c = scan({{"", {{"a", a_file(1)}}}});
  ASSERT_TRUE(find(c, "a"));
  EXPECT_EQ(find(c, "a")->id, a);
  EXPECT_EQ(c.gone, std::vector<item_id>{d});
}

TEST_F(observe_test, a_folder_that_could_not_be_listed_loses_nothing) {
  row(d, {root_item, "d"}, a_folder(4));
  row(a, {d, "a"}, a_file(1), "one");
  scan_batch batch(t);
  batch.compare({"", {{"d", a_folder(4)}}, {}}, true);
  batch.compare({"d", {}, "permission_denied"}, true);
  auto c = batch.conclude(long_after, [](std::uint8_t*, std::size_t) {});
  EXPECT_TRUE(c.gone.empty());
  EXPECT_EQ(c.exempt.at("d"), "permission_denied");
}

TEST_F(observe_test, a_file_that_became_a_folder_is_another_item) {
  row(a, {root_item, "a"}, a_file(1), "one");
  auto c = scan({{"", {{"a", a_folder(8)}}}, {"a", {}}});
  EXPECT_EQ(c.gone, std::vector<item_id>{a});
  EXPECT_NE(find(c, "a")->id, a);
}

/// World seed 8465: the folder's own event came first, and what is in it became children of a file.
TEST_F(observe_test, a_folder_known_as_a_file_is_looked_for_from_above) {
  row(d, {root_item, "d"}, a_folder(4));
  row(a, {d, "f"}, a_file(1), "one");
  auto c = scan({{"d/f", {{"inside", a_file(9)}}}}, {"d/f"});
  EXPECT_TRUE(c.changed.empty());
  EXPECT_TRUE(c.gone.empty());
  EXPECT_EQ(c.again, std::vector<std::string>{"d"});
}

TEST_F(observe_test, a_second_name_of_a_file_is_a_file_of_its_own) {
  row(a, {root_item, "a"}, a_file(1), "one");
  text["b"] = "one";
  auto c = scan({{"", {{"a", a_file(1)}, {"b", a_file(1)}}}});
  ASSERT_EQ(c.changed.size(), 1u);
  EXPECT_EQ(c.changed[0].at.name, "b");
  EXPECT_NE(c.changed[0].id, a);
}

TEST_F(observe_test, special_files_are_exempt_with_a_reason) {
  auto c = scan({{"", {{"pipe", a_file(3), true}}}});
  EXPECT_TRUE(c.changed.empty());
  EXPECT_EQ(c.exempt.at("pipe"), "special_file");
}

TEST_F(observe_test, our_own_folder_is_never_an_item) {
  auto c = scan({{"", {{".tinysync", a_folder(3)}}}, {".tinysync/parked", {{"x", a_file(5)}}}},
                {"", ".tinysync/parked"});
  EXPECT_TRUE(c.changed.empty());
  EXPECT_TRUE(c.again.empty());
}

TEST_F(observe_test, a_fresh_tree_is_found_whole_with_parents_first) {
  text["d/e/f"] = "deep";
  auto c = scan({{"", {{"d", a_folder(10)}}}, {"d", {{"e", a_folder(11)}}}, {"d/e", {{"f", a_file(12)}}}});
  ASSERT_EQ(c.changed.size(), 3u);
  EXPECT_EQ(c.changed[0].at.name, "d");
  EXPECT_EQ(c.changed[1].at.parent, c.changed[0].id);
  EXPECT_EQ(c.changed[2].at.parent, c.changed[1].id);
  EXPECT_EQ(c.touched.size(), 3u);
}

TEST_F(observe_test, a_change_within_two_seconds_of_its_observation_is_suspect) {
  text["a"] = "one";
  auto now = a_file(1);
  now.mtime_ns = now.ctime_ns = long_after - 1'000'000'000;
  auto c = scan({{"", {{"a", now}}}});
  EXPECT_TRUE(find(c, "a")->suspect);
  EXPECT_TRUE(c.suspects);
}

TEST_F(observe_test, a_folder_replaced_by_another_keeps_its_files_as_edits) {
  row(d, {root_item, "d"}, a_folder(4));
  row(a, {d, "a"}, a_file(1), "one");
  text["d/a"] = "one";
  auto c = scan({{"", {{"d", a_folder(40)}}}, {"d", {{"a", a_file(41)}}}});
  ASSERT_TRUE(find(c, "d"));
  EXPECT_NE(find(c, "d")->id, d);
  ASSERT_TRUE(find(c, "a"));
  EXPECT_EQ(find(c, "a")->id, a);
  EXPECT_EQ(find(c, "a")->at.parent, find(c, "d")->id);
}

}  // namespace
}  // namespace tinysync::engine
