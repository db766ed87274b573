// Ignore rules: gitignore's syntax, as its manual gives it.

#include <gtest/gtest.h>

#include "client/engine/ignore.hpp"

namespace tinysync::engine {
namespace {

struct ask {
  std::string rules, path;
  bool folder, ignored;
};

bool ignores(const std::string& text, const std::string& path, bool folder = false) {
  ignore_rules r;
  r.add("file", text);
  return r.ignoring(path, folder) != nullptr;
}

TEST(ignore, patterns_mean_what_they_mean_to_git) {
  const ask table[] = {
      {"*.o", "a.o", false, true},
      {"*.o", "deep/down/a.o", false, true},
      {"*.o", "a.oo", false, false},
      {"*.o", ".o", false, true},
      {"/*.o", "a.o", false, true},
      {"/*.o", "deep/a.o", false, false},
      {"build/", "build", true, true},
      {"build/", "build", false, false},
      {"build/", "x/build", true, true},
      {"build/", "x/build/y/z.txt", false, true},
      {"doc/frotz/", "doc/frotz", true, true},
      {"doc/frotz/", "a/doc/frotz", true, false},
      {"foo/*", "foo/test.json", false, true},
      {"foo/*", "foo/bar/hello.c", false, true},  // with the folder foo/bar
      {"foo/*", "foo", true, false},
      {"**/foo", "foo", false, true},
      {"**/foo", "a/b/foo", false, true},
      {"**/foo/bar", "a/foo/bar", false, true},
      {"**/foo/bar", "a/foo/x/bar", false, false},
      {"abc/**", "abc/x/y", false, true},
      {"abc/**", "abc", true, false},
      {"a/**/b", "a/b", false, true},
      {"a/**/b", "a/x/y/b", false, true},
      {"a/**/b", "b", false, false},
      {"a**b", "axxb", false, true},
      {"a**b", "ax/xb", false, false},
      {"a?c", "abc", false, true},
      {"a?c", "a/c", false, false},
      {"[a-c]x", "bx", false, true},
      {"[!a-c]x", "bx", false, false},
      {"[a", "[a", false, true},
      {"\\#x", "#x", false, true},
      {"#x", "#x", false, false},
      {"\\!x", "!x", false, true},
      {"x\\ ", "x ", false, true},
      {"x  ", "x", false, true},
      {"x\r\n", "x", false, true},
      {"*.log\n!keep.log", "keep.log", false, false},
      {"*.log\n!keep.log", "other.log", false, true},
      {"!keep.log\n*.log", "keep.log", false, true},
      {"logs/\n!logs/keep.log", "logs/keep.log", false, true},  // below an ignored folder nothing comes back
      {"logs/*\n!logs/keep.log", "logs/keep.log", false, false},
      {"caf?", "caf\xe9", false, true},  // names are bytes
      {"A", "a", false, false},
      {"", "x", false, false},
      {"/", "x", false, false},
      {"x\\", "x\\", false, false},
  };
  for (const auto& a : table)
    EXPECT_EQ(ignores(a.rules, a.path, a.folder), a.ignored)
        << "'" << a.rules << "' and '" << a.path << "'" << (a.folder ? ", a folder" : "");
}

TEST(ignore, the_rule_that_decides_is_named) {
  auto r = ignore_rules::built_in();
  r.add(".tinysyncignore", "# mine\n\n*.iso\nnode_modules/\n");
  auto* rule = r.ignoring("a/node_modules/b/c.js", false);
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->source, ".tinysyncignore");
  EXPECT_EQ(rule->line, 4u);
  EXPECT_EQ(rule->pattern, "node_modules/");
}

TEST(ignore, what_comes_later_outranks_what_is_built_in) {
  auto r = ignore_rules::built_in();
  EXPECT_NE(r.ignoring("#f#", false), nullptr);
  r.add(".tinysyncignore", "!#f#");
  EXPECT_EQ(r.ignoring("#f#", false), nullptr);
}

TEST(ignore, lock_and_swap_files_are_built_in_and_what_looks_like_them_is_not) {
  auto r = ignore_rules::built_in();
  for (const char* name : {".f.swp", ".swp.swo", ".f.swx", ".#f", "#f#", ".~lock.f.odt#", "~$f.docx",
                           ".goutputstream-A1B2C3", ".nfs000000000012d3ab00000001", ".fuse_hidden0000000100000002"})
    EXPECT_NE(r.ignoring(name, false), nullptr) << name;
  for (const char* name : {"f.swp", "f~", "4913", "#f", "f#", ".f.swf2", ".lock", "~f", "f.part", "f.tmp",
                           ".tinysyncignore", ".git", ".nfs", "a#b#"})
    EXPECT_EQ(r.ignoring(name, false), nullptr) << name;
}

TEST(ignore, what_is_no_rule_is_said_and_the_others_hold) {
  ignore_rules r;
  r.add("f", std::string("ok\n") + std::string(5000, 'x') + "\nbad\\\n/\nz\n");
  ASSERT_EQ(r.complaints().size(), 3u);
  EXPECT_EQ(r.complaints()[0], "line 2 of f is too long");
  EXPECT_NE(r.ignoring("ok", false), nullptr);
  EXPECT_NE(r.ignoring("z", false), nullptr);
}

TEST(ignore, work_is_bounded_whatever_the_rules) {
  std::string stars, folders, path;
  for (int i = 0; i < 100; ++i) stars += "*a*?";
  for (int i = 0; i < 500; ++i) folders += "**/a/";
  for (int i = 0; i < 500; ++i) path += "a/";
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + "\n";
  ignore_rules r;
  r.add("f", text + stars + "b\n" + folders + "b\n");
  EXPECT_EQ(r.all().size(), most_rules);
  EXPECT_FALSE(r.complaints().empty());
  EXPECT_FALSE(ignores(stars + "b", std::string(255, 'a')));
  EXPECT_FALSE(ignores(folders + "b", path + "c"));
}

}  // namespace
}  // namespace tinysync::engine
