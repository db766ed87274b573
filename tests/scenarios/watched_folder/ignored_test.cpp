// What rules keep from being synced, and that they never take away anything.

#include "tests/scenarios/watched_folder/two_devices.hpp"

namespace tinysync::test {
namespace {

using paths = std::vector<std::string>;

TEST(ignored, a03_swap_and_lock_files_of_editors_stay_here) {
  two_devices t;
  t.laptop.write("f", "v1");
  t.begin();
  t.laptop.write(".f.swp", "vim");
  t.laptop.write(".f.swx", "vim");
  t.laptop.symlink("user@host.1234:1700000000", ".#f");
  t.laptop.write("#f#", "emacs");
  t.laptop.not_synced = {".f.swp", ".f.swx", ".#f", "#f#"};
  t.w.run_for(5min);
  EXPECT_EQ(t.rows(), 0u);
  t.laptop.write("f", "v2");  // the dangling link has not stopped the scan
  t.w.run_for(5min);
  t.laptop.write("4913", "");
  t.laptop.remove("4913");  // vim looks whether it may create files
  t.w.run_for(5min);
  EXPECT_EQ(t.rows(), 1u);
  EXPECT_EQ(t.w.ignored_on(t.laptop), (paths{"#f#", ".#f", ".f.swp", ".f.swx"}));
  t.end_as("f:v2");
}

TEST(ignored, a07_the_lock_of_libreoffice_says_nothing_to_another_device) {
  two_devices t;
  t.laptop.write("letter.odt", "v1");
  t.begin();
  t.laptop.write(".~lock.letter.odt#", "anna,laptop");
  t.w.run_for(1min);
  t.phone.write(".~lock.letter.odt#", "ben,phone");  // nobody holds it up
  t.laptop.save("letter.odt", "v2");
  t.w.run_for(1min);
  t.laptop.remove(".~lock.letter.odt#");
  t.w.run_for(1min);
  EXPECT_TRUE(t.phone.exists(".~lock.letter.odt#"));
  t.phone.remove(".~lock.letter.odt#");
  t.end_as("letter.odt:v2");
  EXPECT_EQ(t.rows(), 1u);
}

TEST(ignored, the_synced_rules_hold_on_every_device) {
  two_devices t;
  t.laptop.write(".tinysyncignore", "build/\n*.iso\n!wanted.iso\n");
  t.begin();
  t.phone.write("src/build/out/a.o", "a");
  t.phone.write("big.iso", "b");
  t.phone.write("wanted.iso", "w");
  t.phone.not_synced = {"src/build", "big.iso"};
  t.w.settle();
  EXPECT_FALSE(t.laptop.exists("src/build"));
  EXPECT_EQ(t.laptop.read("wanted.iso"), "w");
  EXPECT_EQ(t.w.rule_for(t.phone, "src/build/out/a.o"), ".tinysyncignore:1:build/");
  EXPECT_EQ(t.w.rule_for(t.phone, "wanted.iso"), "none");
  t.end();
}

TEST(ignored, the_devices_own_rules_outrank_the_synced_ones) {
  two_devices t;
  t.phone.ignore("*.mkv\n!big.iso\n");
  t.laptop.write(".tinysyncignore", "*.iso\n");
  t.begin();
  t.phone.write("film.mkv", "f");
  t.phone.write("big.iso", "b");
  t.laptop.write("other.mkv", "o");
  t.phone.not_synced = {"film.mkv"};
  t.w.settle();
  EXPECT_EQ(t.laptop.read("big.iso"), "b");
  EXPECT_FALSE(t.laptop.exists("film.mkv"));
  EXPECT_EQ(t.phone.read("other.mkv"), "o");  // others decide what they put into the vault
  EXPECT_EQ(t.w.rule_for(t.phone, "film.mkv"), "settings/ignore:1:*.mkv");
  EXPECT_EQ(t.w.rule_for(t.phone, "other.mkv"), "settings/ignore:1:*.mkv, synced");
  t.end();
}

TEST(ignored, what_is_synced_stays_synced_when_a_rule_comes) {
  two_devices t;
  t.laptop.write("logs/a.log", "1");
  t.laptop.write("b.log", "1");
  t.begin();
  t.phone.write(".tinysyncignore", "logs/\n*.log\n");
  t.w.settle();
  t.laptop.write("logs/a.log", "2");
  t.phone.write("b.log", "2");
  t.laptop.write("logs/new.log", "n");
  t.laptop.not_synced = {"logs/new.log"};
  t.w.settle();
  EXPECT_EQ(t.phone.read("logs/a.log"), "2");
  EXPECT_EQ(t.laptop.read("b.log"), "2");
  EXPECT_FALSE(t.phone.exists("logs/new.log"));
  t.laptop.move("b.log", "c.log");
  t.laptop.remove("logs/a.log");
  t.w.settle();
  EXPECT_EQ(t.phone.read("c.log"), "2");
  EXPECT_FALSE(t.phone.exists("logs/a.log"));
  t.end();
}

TEST(ignored, what_a_rule_gives_free_is_synced_at_once) {
  two_devices t;
  t.laptop.write(".tinysyncignore", "out/\n");
  t.begin();
  t.laptop.write("out/deep/a", "a");
  t.laptop.write("out/b", "b");
  t.w.settle();
  EXPECT_FALSE(t.phone.exists("out"));
  t.phone.remove(".tinysyncignore");  // on the other device
  t.w.settle();
  t.end_as("out/ out/b:b out/deep/ out/deep/a:a");
  t.laptop.write("out/deep/later", "l");  // it is watched by now
  t.end_as("out/ out/b:b out/deep/ out/deep/a:a out/deep/later:l");
}

TEST(ignored, what_the_server_has_comes_whatever_lies_in_its_way) {
  two_devices t;
  t.laptop.ignore("*.cfg\nlib/\n");
  t.begin();
  t.laptop.write("same.cfg", "same");
  t.laptop.write("mine.cfg", "laptop's");
  t.laptop.write("lib/local", "l");
  t.w.settle();
  t.phone.write("same.cfg", "same");
  t.phone.write("mine.cfg", "phone's");
  t.phone.write("lib/shared", "s");
  t.laptop.not_synced = {"lib/local"};
  t.w.settle();
  EXPECT_EQ(t.laptop.read("same.cfg"), "same");
  EXPECT_EQ(t.laptop.read("mine.cfg"), "phone's");
  EXPECT_EQ(t.laptop.conflicts_of("mine.cfg").at(0).read(), "laptop's");
  EXPECT_EQ(t.laptop.read("lib/shared"), "s");
  EXPECT_FALSE(t.phone.exists("lib/local"));
  t.end();
}

TEST(ignored, a_file_moved_onto_an_ignored_name_stays_synced_and_a_backup_of_it_is_not) {
  two_devices t;
  t.laptop.ignore("*~\n");
  t.laptop.write("f", "v1");
  t.laptop.write("g", "g");
  t.begin();
  t.laptop.disk().move("f", "f~");  // an editor's backup
  t.laptop.write("f", "v2");
  t.laptop.not_synced = {"f~"};
  t.w.settle();
  EXPECT_EQ(t.phone.read("f"), "v2");
  EXPECT_FALSE(t.phone.exists("f~"));
  EXPECT_EQ(t.rows(), 1u);
  t.laptop.move("g", "g~");  // a user's wish
  t.w.settle();
  EXPECT_EQ(t.phone.read("g~"), "g");
  t.end();
}

TEST(ignored, a_folder_of_the_vault_deleted_elsewhere_keeps_what_is_ignored_in_it) {
  two_devices t;
  t.laptop.ignore("*.tmp\n");
  t.laptop.write("d/f", "f");
  t.laptop.write("d/x.tmp", "x");
  t.laptop.not_synced = {"d"};
  t.begin();
  t.phone.remove("d");
  t.w.settle();
  EXPECT_FALSE(t.laptop.exists("d/f"));
  EXPECT_EQ(t.laptop.read("d/x.tmp"), "x");
  EXPECT_FALSE(t.phone.exists("d"));
}

TEST(ignored, what_is_said_of_a_path_goes_with_it) {
  two_devices t;
  t.laptop.ignore("*.tmp\n");
  t.laptop.write("p/q/r/f", "f");
  t.laptop.write("p/q/r/x.tmp", "x");
  t.laptop.not_synced = {"p/q/r/x.tmp", "moved/q/r/x.tmp", "again/q/r/x.tmp"};
  t.begin();
  EXPECT_EQ(t.w.ignored_on(t.laptop), paths{"p/q/r/x.tmp"});
  t.laptop.move("p", "moved");
  t.w.settle();
  EXPECT_EQ(t.w.ignored_on(t.laptop), paths{"moved/q/r/x.tmp"});
  t.phone.move("moved", "again");
  t.w.settle();
  EXPECT_EQ(t.w.ignored_on(t.laptop), paths{"again/q/r/x.tmp"});
  t.laptop.remove("again");
  t.w.settle();
  EXPECT_EQ(t.w.ignored_on(t.laptop), paths{});
  t.end();
}

}  // namespace
}  // namespace tinysync::test
