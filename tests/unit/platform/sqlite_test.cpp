#include <gtest/gtest.h>

#include <fstream>

#include "platform/sqlite/database.hpp"
#include "platform/sqlite/migrate.hpp"
#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::sqlite {
namespace {

constexpr auto queries = R"(
-- Everything about rows.

-- name: insert_row
-- one row
INSERT INTO t(id, name, note) VALUES(?1, ?2, ?3);
-- name: row_by_id
SELECT id, name, note FROM t WHERE id = ?1
-- name: all_rows
SELECT id FROM t ORDER BY id
)";

const migration steps[] = {
    {1, "CREATE TABLE t(id INTEGER PRIMARY KEY, name BLOB NOT NULL) STRICT"},
    {2, "ALTER TABLE t ADD COLUMN note TEXT"},
};

database fresh(const std::string& path = {}) {
  auto db = database::open(path, {.in_memory = path.empty()}).value();
  EXPECT_EQ(migrate(db, steps).value(), 2);
  EXPECT_TRUE(db.prepare_all(query_book::parse(queries).value()));
  return db;
}

errc code_of(const std::function<void()>& f) {
  auto r = attempt(f);
  return r ? errc{} : r.error().code;
}

TEST(sqlite, values_come_back_as_they_went_in) {
  auto db = fresh();
  std::string name("\xff\0\xfe", 3);
  EXPECT_EQ(db.run("insert_row", 7, blob(name), "grüße"), 1);
  auto r = db.query("row_by_id", 7);
  ASSERT_TRUE(r.next());
  EXPECT_EQ(r.i64(0), 7);
  EXPECT_EQ(r.bytes(1), name);
  EXPECT_EQ(r.text(2), "grüße");
  EXPECT_FALSE(r.next());
}

TEST(sqlite, nothing_is_null_and_empty_is_not) {
  auto db = fresh();
  db.run("insert_row", 1, blob(std::string_view()), nullptr);
  db.run("insert_row", 2, std::array<std::uint8_t, 2>{1, 2}, std::optional<std::string>());
  auto r = db.query("row_by_id", 1);
  ASSERT_TRUE(r.next());
  EXPECT_FALSE(r.is_null(1));
  EXPECT_EQ(r.maybe_bytes(1).value(), "");
  EXPECT_FALSE(r.maybe_bytes(2));
  auto s = db.query("row_by_id", 2);
  ASSERT_TRUE(s.next());
  EXPECT_EQ(s.bytes(1), std::string_view("\1\2"));
  EXPECT_FALSE(s.maybe_i64(2));
}

TEST(sqlite, one_query_may_be_open_several_times) {
  auto db = fresh();
  for (int i = 0; i < 3; ++i) db.run("insert_row", i, blob("n"), nullptr);
  int pairs = 0;
  for (auto outer = db.query("all_rows"); outer.next();)
    for (auto inner = db.query("all_rows"); inner.next();) ++pairs;
  EXPECT_EQ(pairs, 9);
}

TEST(sqlite, what_is_not_committed_never_happened) {
  auto db = fresh();
  {
    transaction t(db);
    db.run("insert_row", 1, blob("n"), nullptr);
  }
  EXPECT_FALSE(db.query("row_by_id", 1).next());
  {
    transaction t(db);
    db.run("insert_row", 1, blob("n"), nullptr);
    t.commit();
  }
  EXPECT_TRUE(db.query("row_by_id", 1).next());
}

TEST(sqlite, failures_say_which_row_of_the_page_they_are) {
  temporary_folder dir;
  auto db = fresh(dir / "a.db");
  db.run("insert_row", 1, blob("n"), nullptr);
  EXPECT_EQ(code_of([&] { db.run("insert_row", 1, blob("n"), nullptr); }), errc::already_exists);
  EXPECT_EQ(code_of([&] { db.run("insert_row", 1); }), errc::internal);
  EXPECT_EQ(code_of([&] { db.run("no_such_query"); }), errc::internal);
  EXPECT_EQ(code_of([&] { db.prepare("SELECT 1; SELECT 2"); }), errc::internal);
  EXPECT_EQ(code_of([&] { db.prepare("  "); }), errc::internal);
  db.exec("PRAGMA max_page_count=1");
  auto full = code_of([&] {
    for (int i = 2; i < 1000; ++i) db.run("insert_row", i, blob(std::string(4096, 'x')), nullptr);
  });
  EXPECT_EQ(full, errc::disk_full);
}

TEST(sqlite, a_second_writer_is_told_that_it_is_busy) {
  temporary_folder dir;
  auto a = fresh(dir / "a.db");
  auto b = database::open(dir / "a.db", {.busy_timeout = std::chrono::milliseconds(0)}).value();
  transaction t(a);
  EXPECT_EQ(code_of([&] { transaction u(b); }), errc::busy);
}

TEST(sqlite, a_damaged_file_is_local_state_corrupt) {
  temporary_folder dir;
  std::ofstream(dir / "a.db") << std::string(8192, 'x');
  EXPECT_EQ(database::open(dir / "a.db").error().code, errc::local_state_corrupt);
  EXPECT_EQ(database::open(dir / "none.db", {.read_only = true}).error().code, errc::missing);
  EXPECT_FALSE(database::open(dir / "no/such/folder.db"));
}

TEST(sqlite, integrity_is_checked_down_to_foreign_keys) {
  auto db = fresh();
  EXPECT_TRUE(db.integrity_check());
  db.exec(
      "CREATE TABLE c(t_id INTEGER REFERENCES t(id)); PRAGMA foreign_keys=OFF;"
      "INSERT INTO c VALUES(99)");
  EXPECT_EQ(db.integrity_check().error().code, errc::local_state_corrupt);
}

TEST(sqlite, a_copy_is_whole_and_replaces_nothing) {
  temporary_folder dir;
  auto db = fresh(dir / "a.db");
  db.run("insert_row", 5, blob("n"), nullptr);
  EXPECT_TRUE(db.copy_to(dir / "b.db"));
  EXPECT_EQ(db.copy_to(dir / "b.db").error().code, errc::already_exists);
  auto copy = fresh(dir / "b.db");
  EXPECT_TRUE(copy.query("row_by_id", 5).next());
}

TEST(migrations, run_once_and_only_forward) {
  temporary_folder dir;
  {
    auto db = database::open(dir / "a.db").value();
    EXPECT_EQ(migrate(db, std::span(steps, 1)).value(), 1);
  }
  auto db = database::open(dir / "a.db").value();
  EXPECT_EQ(migrate(db, steps).value(), 2);
  EXPECT_EQ(migrate(db, steps).value(), 2);
  auto older = migrate(db, std::span(steps, 1));
  EXPECT_EQ(older.error().code, errc::update_required);
}

TEST(migrations, a_failing_step_leaves_the_version_before_it) {
  auto db = database::open("", {.in_memory = true}).value();
  const migration bad[] = {steps[0], {2, "CREATE TABLE u(x); SELECT wrong"}};
  auto r = migrate(db, bad);
  ASSERT_FALSE(r);
  EXPECT_NE(r.error().text.find("migration 2"), std::string::npos);
  EXPECT_EQ(db.user_version(), 1);
  db.exec("CREATE TABLE u(x)");
  const migration gap[] = {{2, ""}};
  EXPECT_EQ(migrate(db, gap).error().code, errc::invalid_argument);
}

TEST(query_book, finds_queries_by_name_without_their_comments) {
  auto book = query_book::parse(queries).value();
  EXPECT_EQ(book.queries().size(), 3u);
  EXPECT_EQ(*book.find("insert_row"), "INSERT INTO t(id, name, note) VALUES(?1, ?2, ?3);\n");
  EXPECT_EQ(book.find("other"), nullptr);
}

TEST(query_book, says_where_it_is_wrong) {
  for (auto bad :
       {"SELECT 1", "-- name: a\nSELECT 1\n-- name: a\nSELECT 2", "-- name: A b\nSELECT 1",
        "-- name: a\n-- nothing\n", "-- name: a\n-- name: b\nSELECT 1"}) {
    auto r = query_book::parse(bad);
    ASSERT_FALSE(r) << bad;
    EXPECT_EQ(r.error().code, errc::malformed);
    EXPECT_NE(r.error().text.find("line"), std::string::npos);
  }
}

TEST(query_book, a_typo_fails_at_start) {
  auto db = database::open("", {.in_memory = true}).value();
  auto r = db.prepare_all(query_book::parse("-- name: oops\nSELEKT 1").value());
  ASSERT_FALSE(r);
  EXPECT_NE(r.error().text.find("oops"), std::string::npos);
}

}  // namespace
}  // namespace tinysync::sqlite
