// The executor dies after every change that it makes to the disk; what recovery then finds is put right.

#include "client/folder/executor.hpp"

#include <gtest/gtest.h>

#include "client/folder/layout.hpp"
#include "platform/crypto/history.hpp"
#include "platform/fs/fake_disk.hpp"

namespace tinysync::folder {
namespace {

using engine::cause;
using engine::verb;

constexpr const char* old_content = "what was here";
constexpr const char* new_content = "what comes";

/// A disk with one file of the user, and one intent about it with its content staged.
struct stage {
  clock::manual_clock clock;
  fs::fake_disk disk;
  journal::intent i;

  stage(verb what, cause why, fs::capabilities can) : disk(clock, {.can = can}) {
    for (auto own : {staging_folder, parked_path, trash_folder}) disk.mkdir_p(own);
    disk.write("d/f", old_content);
    i.id = 7;
    i.op.what = what;
    i.op.why = why;
    i.op.from_path = i.op.to_path = "d/f";
    if (what == verb::create_file) i.op.to_path = "d/new";
    if (what == verb::move || what == verb::aside) i.op.to_path = "d/moved";
    if (what == verb::park) i.op.to_path = std::string(parked_path) + "/7";
    if (what == verb::create_file || what == verb::replace) {
      disk.write(staged_path(i.id), new_content);
      item s;
      s.what.hash = content_hash_of(new_content);
      i.op.state = s;
      i.op.keep_name = "f (conflict)";
    }
    engine::local_item expected;
    expected.seen = seen_of(*disk.stat("d/f"));
    expected.hash = content_hash_of(old_content);
    i.op.expected = expected;
    disk.sync();
  }
  /// The paths outside our own folder that hold this content.
  std::vector<std::string> holding(const std::string& content) const {
    std::vector<std::string> out;
    for (const auto& [path, e] : disk.tree("", ".tinysync"))
      if (e.kind == fs::kind::file && e.content == content) out.push_back(path);
    return out;
  }
  bool in_trash(const std::string& content) const {
    for (const auto& [path, e] : disk.tree(trash_folder))
      if (e.content == content) return true;
    return false;
  }
};

struct plan {
  verb what;
  cause why;
  bool keeps_old;  ///< the user's content must stay in sight
};

const std::vector<plan> plans = {
    {verb::create_file, cause::new_there, true},      {verb::replace, cause::edited_there, false},
    {verb::replace, cause::conflicting_edit, true},   {verb::move, cause::moved_there, true},
    {verb::aside, cause::name_taken, true},           {verb::park, cause::makes_way, true},
    {verb::remove, cause::deleted_there, false},
};

/// What is wrong after a death `n` changes in; nothing. Sets `died` if it came to that.
std::string after_death(const plan& p, fs::capabilities can, std::uint64_t n, bool power_fails, bool& died) {
  stage s(p.what, p.why, can);
  s.disk.die_after(n);
  executor first(s.disk);
  first.carry_out(s.i, 1'000'000'000);
  static_cast<void>(first.make_durable());
  died = s.disk.dead();
  if (!died) return {};
  if (power_fails) s.disk.crash();
  else s.disk.crash([] { return true; });
  auto rescued = executor(s.disk).recover({s.i}, 2'000'000'000);
  if (!rescued) return "recovery fails: " + to_string(rescued.error());
  if (!s.disk.tree(staging_folder).empty()) return "left in staging";
  if (!s.disk.tree(parked_path).empty()) return "left parked";
  auto olds = s.holding(old_content).size(), news = s.holding(new_content).size();
  if (olds == 0 && p.keeps_old) return "the user's content is out of sight";
  if (olds == 0 && !s.in_trash(old_content)) return "the user's content is gone";
  if (olds > 1 || news > 1) return "doubled";
  if (p.what == verb::replace && !s.disk.exists("d/f")) return "d/f is absent, and that passes for a deletion";
  return {};
}

TEST(executor, dying_after_any_change_loses_nothing_and_leaves_nothing_behind) {
  fs::capabilities all = {true, true, true, true, true, true, true};
  auto without_exchange = all;
  without_exchange.exchange = false;
  int deaths = 0;
  for (const auto& p : plans)
    for (auto can : {all, without_exchange})
      for (bool power_fails : {false, true}) {
        bool died = true;
        for (std::uint64_t n = 0; died; ++n) {
          EXPECT_EQ(after_death(p, can, n, power_fails, died), "")
              << engine::name_of(p.what) << " for " << engine::name_of(p.why) << ", dead after " << n
              << " changes" << (can.exchange ? "" : ", no exchange") << (power_fails ? ", no power" : "");
          deaths += died;
        }
      }
  EXPECT_GT(deaths, 40);
}

TEST(executor, what_was_planned_upon_a_step_that_failed_is_left_alone) {
  fs::capabilities all = {true, true, true, true, true, true, true};
  stage s(verb::move, cause::moved_there, all);
  s.i.op.from_path = "d";  // to make way for another folder of that name
  s.i.op.to_path = "e";
  s.i.op.expected->seen.inode += 1;
  journal::intent inside;
  inside.id = 8;
  inside.op.what = verb::make_folder;
  inside.op.to_path = "d/x";
  journal::intent beside = inside;
  beside.op.to_path = "dd";

  executor e(s.disk);
  EXPECT_EQ(e.carry_out(s.i, 1).failed, errc::changed_meanwhile);
  EXPECT_EQ(e.carry_out(inside, 1).failed, errc::unavailable);
  EXPECT_FALSE(s.disk.exists("d/x"));
  EXPECT_FALSE(e.carry_out(beside, 1).failed);
}

/// What was carried out and not recorded is known again: found by a scan it would pass for a user's.
TEST(executor, knows_again_what_it_had_achieved) {
  fs::capabilities all = {true, true, true, true, true, true, true};
  for (auto what : {verb::create_file, verb::replace, verb::move, verb::aside}) {
    stage s(what, cause::edited_there, all);
    EXPECT_FALSE(executor(s.disk).achieved(s.i, {s.i})) << engine::name_of(what) << " is still to be done";
    ASSERT_FALSE(executor(s.disk).carry_out(s.i, 1'000'000'000).failed);
    ASSERT_TRUE(executor(s.disk).recover({s.i}, 2'000'000'000));
    auto done = executor(s.disk).achieved(s.i, {s.i});
    ASSERT_TRUE(done) << engine::name_of(what);
    auto at = what == verb::replace ? "d/f" : s.i.op.to_path;
    EXPECT_EQ(done->now.inode, s.disk.stat(at)->inode);
    if (what == verb::move || what == verb::aside) s.disk.move(at, "elsewhere");
    else s.disk.write(at, "edited since");
    EXPECT_FALSE(executor(s.disk).achieved(s.i, {s.i})) << engine::name_of(what) << " was undone by a user";
  }
}

TEST(executor, makes_durable_what_is_left_where_a_file_took_the_name_of_a_folder) {
  clock::manual_clock clock;
  fs::fake_disk disk(clock);
  for (auto own : {staging_folder, trash_folder}) disk.mkdir_p(own);
  disk.mkdir_p("f/d");
  auto folder_goes = [&](const std::string& path, std::uint64_t id) {
    journal::intent i;
    i.id = id;
    i.op.what = verb::remove;
    i.op.from_path = path;
    i.op.expected = engine::local_item{.seen = seen_of(*disk.stat(path))};
    return i;
  };
  executor e(disk);
  ASSERT_FALSE(e.carry_out(folder_goes("f/d", 1), 1).failed);
  ASSERT_FALSE(e.carry_out(folder_goes("f", 2), 1).failed);
  disk.write(staged_path(3), new_content);
  journal::intent comes;
  comes.id = 3;
  comes.op.what = verb::create_file;
  comes.op.to_path = "f";
  comes.op.state = item{};
  ASSERT_FALSE(e.carry_out(comes, 1).failed);
  auto durable = e.make_durable();
  EXPECT_TRUE(durable) << to_string(durable.error());
}

}  // namespace
}  // namespace tinysync::folder
