#include <gtest/gtest.h>

#include "platform/crypto/randomness.hpp"
#include "platform/sqlite/database.hpp"
#include "platform/sqlite/fake_files.hpp"
#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::sqlite {
namespace {

constexpr const char* path = "/state/a.db";

struct fake_database : testing::Test {
  fake_files files;

  database open(durability how = durability::full) {
    auto db = database::open(path, {.synchronous = how, .busy_timeout = {}, .where = &files}).value();
    db.exec("CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b TEXT) STRICT");
    return db;
  }
  static std::int64_t rows(database& db) {
    auto s = db.prepare("SELECT count(*) FROM t");
    s.step();
    return s.i64(0);
  }
  /// 1..n, each in a transaction of ten rows; how many were committed when something failed.
  static std::int64_t fill(database& db, int transactions) {
    for (int i = 0; i < transactions; ++i) {
      auto done = attempt([&] {
        transaction t(db);
        for (int j = 0; j < 10; ++j) db.prepare("INSERT INTO t(b) VALUES(?1)").bind(std::string(500, 'x')).run();
        t.commit();
      });
      if (!done) return i;
    }
    return transactions;
  }
};

TEST_F(fake_database, keeps_what_was_committed_and_nothing_else_when_the_power_fails) {
  auto db = open();
  EXPECT_EQ(fill(db, 3), 3);
  db.exec("BEGIN");
  db.exec("INSERT INTO t(b) VALUES(1)");
  files.crash();
  EXPECT_FALSE(attempt([&] { db.exec("COMMIT"); })) << "it is open in a machine that is gone";
  auto again = open();
  EXPECT_EQ(rows(again), 30);
  EXPECT_TRUE(again.integrity_check());
}

TEST_F(fake_database, that_does_not_sync_loses_commits_but_no_consistency) {
  {
    auto db = open(durability::normal);
    db.checkpoint();
    fill(db, 3);
    files.crash();
  }
  auto again = open();
  EXPECT_EQ(rows(again), 0);
  EXPECT_TRUE(again.integrity_check());
}

TEST_F(fake_database, of_a_process_that_died_is_found_with_its_log) {
  {
    auto db = open();
    fill(db, 2);
    files.powered_by([](bool) { return false; });
  }
  files.powered_by({});
  EXPECT_TRUE(files.exists(std::string(path) + "-wal")) << "nobody closed it";
  auto again = open();
  EXPECT_EQ(rows(again), 20);
}

/// The power fails at every call that changes something, and each time another part of what was not synced
/// survives: a transaction is there whole or not at all, and what was committed is there.
TEST_F(fake_database, is_whole_wherever_the_power_fails) {
  crypto::seeded_randomness random(1);
  std::uint64_t at = 0, with_commits = 0;
  for (;; ++at) {
    fake_files f;
    std::uint64_t calls = 0;
    bool died = false;
    std::int64_t committed = 0;
    f.powered_by([&](bool changes) { return !(died |= changes && calls++ >= at); });
    {
      auto db = database::open(path, {.where = &f});
      if (db && attempt([&] { db->exec("CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b TEXT) STRICT"); }))
        committed = fill(*db, 6);
    }
    f.powered_by({});
    if (!died) break;
    f.crash([&] { return random.below(2) == 0; });
    auto again = database::open(path, {.where = &f});
    ASSERT_TRUE(again) << at << ": " << to_string(again.error());
    ASSERT_TRUE(again->integrity_check()) << at;
    if (committed == 0) continue;
    ++with_commits;
    auto n = rows(*again);
    EXPECT_EQ(n % 10, 0) << at;
    EXPECT_GE(n, committed * 10) << at;
    EXPECT_LE(n, committed * 10 + 10) << at;
  }
  EXPECT_GT(at, 50u);
  EXPECT_GT(with_commits, 30u);
}

TEST_F(fake_database, waits_for_nobody_and_says_who_is_busy) {
  auto a = open(), b = open();
  transaction t(a);
  auto second = attempt([&] { transaction other(b); });
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, errc::busy);
  t.commit();
  EXPECT_EQ(fill(b, 1), 1);
  EXPECT_EQ(rows(a), 10);
}

TEST_F(fake_database, fails_as_told) {
  auto db = open();
  files.fail_next(file_verb::sync, errc::io_failed);
  EXPECT_EQ(fill(db, 1), 0);
  EXPECT_EQ(files.failed(), 1u);
  EXPECT_EQ(fill(db, 1), 1);
  files.set_capacity(20'000);
  auto full = attempt([&] {
    for (int i = 0; i < 100; ++i) db.prepare("INSERT INTO t(b) VALUES(?1)").bind(std::string(500, 'x')).run();
  });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, errc::disk_full);
  files.set_capacity(~0ull);
  EXPECT_EQ(fill(db, 1), 1);
  EXPECT_TRUE(db.integrity_check());
}

/// The door, on the machine's files and on those in memory.
struct database_files : testing::TestWithParam<bool> {
  temporary_folder dir;
  fake_files fake;
  files& door = GetParam() ? static_cast<files&>(fake) : real_files();
  std::string at(const std::string& name) { return GetParam() ? "/state/" + name : dir / name; }
  void make(const std::string& name, const std::string& table) {
    auto db = database::open(at(name), {.wal = false, .where = &door}).value();
    db.exec("CREATE TABLE " + table + "(a)");
  }
  bool has(const std::string& name, const std::string& table) {
    auto db = database::open(at(name), {.wal = false, .where = &door}).value();
    return attempt([&] { db.exec("SELECT * FROM " + table); }).has_value();
  }
};

TEST_P(database_files, are_moved_copied_listed_and_removed) {
  EXPECT_FALSE(door.exists(at("a.db")));
  make("a.db", "one");
  make("b.db", "two");
  EXPECT_TRUE(door.exists(at("a.db")));
  EXPECT_TRUE(door.copy(at("a.db"), at("a.db.copy")));
  EXPECT_TRUE(has("a.db.copy", "one"));
  EXPECT_EQ(door.copy(at("none"), at("c.db")).error().code, errc::missing);
  EXPECT_EQ(door.beginning(at("a.db")), (std::vector<std::string>{at("a.db"), at("a.db.copy")}));
  EXPECT_TRUE(door.move(at("a.db"), at("b.db")));
  EXPECT_TRUE(has("b.db", "one")) << "over what was there";
  EXPECT_FALSE(door.exists(at("a.db")));
  EXPECT_TRUE(door.move(at("none"), at("b.db"))) << "nothing to move";
  EXPECT_TRUE(door.remove(at("b.db")));
  EXPECT_TRUE(door.remove(at("b.db")));
  EXPECT_EQ(door.beginning(at("b")), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(kinds, database_files, testing::Bool(),
                         [](const auto& p) { return p.param ? std::string("fake") : std::string("real"); });

}  // namespace
}  // namespace tinysync::sqlite
