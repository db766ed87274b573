// What every watcher promises, asked of inotify and of the fake alike; then what only the fake
// does.
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "platform/watch/fake_watcher.hpp"
#include "platform/watch/real_watcher.hpp"
#include "platform/watch/watched_paths.hpp"
#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::watch {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view word(event_kind k) {
  constexpr std::string_view words[] = {"created",    "deleted",  "changed",  "attributes",
                                        "moved_from", "moved_to", "overflow", "watch_lost"};
  return words[static_cast<std::size_t>(k)];
}

// Collects events and waits for the one that is expected.
class seen_events {
 public:
  event_callback callback() {
    return [this](std::vector<event> batch) {
      std::lock_guard lock(m_);
      for (auto& e : batch) all_.push_back(std::move(e));
      more_.notify_all();
    };
  }
  // "created a/b": folder and name joined; at most ten seconds.
  bool wait_for(std::string_view text) {
    std::unique_lock lock(m_);
    return more_.wait_for(lock, 10s, [&] { return index_of(text) != all_.size(); });
  }
  bool has(std::string_view text) {
    std::lock_guard lock(m_);
    return index_of(text) != all_.size();
  }
  event get(std::string_view text) {
    std::lock_guard lock(m_);
    return all_.at(index_of(text));
  }

 private:
  static std::string text_of(const event& e) {
    auto path = e.folder;
    if (!path.empty() && !e.name.empty()) path += '/';
    return std::string(word(e.kind)) + ' ' + path + e.name;
  }
  std::size_t index_of(std::string_view text) const {
    std::size_t i = 0;
    while (i < all_.size() && text_of(all_[i]) != text) ++i;
    return i;
  }
  std::mutex m_;
  std::condition_variable more_;
  std::vector<event> all_;
};

// Both worlds offer a disk whose door verbs stand for the user here, and a watcher of it.
struct real {
  temporary_folder dir;
  std::unique_ptr<fs::real_disk> disk = fs::real_disk::open(dir.path()).value();
  std::unique_ptr<watcher> make(event_callback f) {
    return watch_disk(*disk, std::move(f)).value();
  }
};

struct fake {
  clock::manual_clock time;
  std::unique_ptr<fs::fake_disk> disk = std::make_unique<fs::fake_disk>(time);
  std::unique_ptr<watcher> make(event_callback f) {
    return std::make_unique<fake_watcher>(*disk, std::move(f));
  }
};

template <class World>
class watcher_contract : public testing::Test {
 public:
  World world;
  fs::disk& d = *world.disk;
  seen_events seen;
  std::unique_ptr<watcher> w = world.make(seen.callback());

  void folder(std::string_view path) { ASSERT_TRUE(d.make_folder(path, 0755)); }
  void file(std::string_view path) {
    auto f = d.create_staged(path, 0644).value();
    ASSERT_TRUE(f->write("x"));
    ASSERT_TRUE(f->close());
  }
};

using worlds = testing::Types<real, fake>;
TYPED_TEST_SUITE(watcher_contract, worlds);

TYPED_TEST(watcher_contract, tells_what_happens_in_a_watched_folder) {
  this->folder("d");
  ASSERT_TRUE(this->w->add(""));
  ASSERT_TRUE(this->w->add("d"));
  this->file("d/f");
  EXPECT_TRUE(this->seen.wait_for("created d/f"));
  EXPECT_TRUE(this->seen.wait_for("changed d/f"));
  EXPECT_TRUE(this->d.set_mode("d/f", 0600));
  EXPECT_TRUE(this->seen.wait_for("attributes d/f"));
  EXPECT_TRUE(this->d.unlink("d/f"));
  EXPECT_TRUE(this->seen.wait_for("deleted d/f"));
  this->folder("e");
  EXPECT_TRUE(this->seen.wait_for("created e"));
  EXPECT_TRUE(this->seen.get("created e").is_folder);
}

TYPED_TEST(watcher_contract, tells_nothing_of_folders_it_does_not_watch) {
  this->folder("d");
  this->folder("d/below");
  ASSERT_TRUE(this->w->add(""));
  ASSERT_TRUE(this->w->add("d"));
  ASSERT_TRUE(this->w->add("d/below"));
  ASSERT_TRUE(this->w->add("d"));
  EXPECT_EQ(this->w->watched(), 3u);
  this->w->remove("d");
  this->w->remove("never watched");
  EXPECT_EQ(this->w->watched(), 1u);
  this->file("d/below/f");
  this->file("g");
  EXPECT_TRUE(this->seen.wait_for("created g"));
  EXPECT_FALSE(this->seen.has("created d/below/f"));
}

TYPED_TEST(watcher_contract, both_halves_of_a_rename_have_one_cookie) {
  this->folder("a");
  this->folder("b");
  ASSERT_TRUE(this->w->add("a"));
  ASSERT_TRUE(this->w->add("b"));
  this->file("a/f");
  EXPECT_TRUE(this->d.rename_noreplace("a/f", "b/g"));
  EXPECT_TRUE(this->seen.wait_for("moved_to b/g"));
  auto from = this->seen.get("moved_from a/f"), to = this->seen.get("moved_to b/g");
  EXPECT_EQ(from.cookie, to.cookie);
  EXPECT_NE(from.cookie, 0u);
}

TYPED_TEST(watcher_contract, a_moved_folder_stays_watched_under_its_new_path_with_all_below) {
  for (auto p : {"a", "a/x", "a/x/y", "b"}) this->folder(p);
  for (auto p : {"", "a", "a/x", "a/x/y", "b"}) ASSERT_TRUE(this->w->add(p));
  EXPECT_TRUE(this->d.rename_noreplace("a/x", "b/z"));
  EXPECT_TRUE(this->seen.wait_for("moved_to b/z"));
  this->file("b/z/y/f");
  EXPECT_TRUE(this->seen.wait_for("created b/z/y/f"));
  EXPECT_EQ(this->w->watched(), 5u);
}

TYPED_TEST(watcher_contract, exchanged_folders_keep_their_own_watches) {
  for (auto p : {"a", "a/in_a", "b", "b/in_b"}) this->folder(p);
  for (auto p : {"", "a", "a/in_a", "b", "b/in_b"}) ASSERT_TRUE(this->w->add(p));
  EXPECT_TRUE(this->d.rename_exchange("a", "b"));
  EXPECT_TRUE(this->seen.wait_for("moved_to a"));
  this->file("b/in_a/1");
  this->file("a/in_b/2");
  EXPECT_TRUE(this->seen.wait_for("created b/in_a/1"));
  EXPECT_TRUE(this->seen.wait_for("created a/in_b/2"));
}

TYPED_TEST(watcher_contract, a_folder_that_leaves_the_watched_ones_is_no_longer_watched) {
  for (auto p : {"a", "a/x", "elsewhere"}) this->folder(p);
  for (auto p : {"a", "a/x"}) ASSERT_TRUE(this->w->add(p));
  EXPECT_TRUE(this->d.rename_noreplace("a/x", "elsewhere/x"));
  EXPECT_TRUE(this->seen.wait_for("moved_from a/x"));
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (this->w->watched() != 1 && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  EXPECT_EQ(this->w->watched(), 1u);
}

TYPED_TEST(watcher_contract, a_removed_folder_is_a_lost_watch) {
  this->folder("d");
  ASSERT_TRUE(this->w->add("d"));
  EXPECT_TRUE(this->d.rmdir("d"));
  EXPECT_TRUE(this->seen.wait_for("watch_lost d"));
  EXPECT_EQ(this->w->watched(), 0u);
}

TYPED_TEST(watcher_contract, refuses_what_is_no_folder_below_the_root) {
  this->file("f");
  EXPECT_TRUE(this->d.make_symlink(".", "l"));
  EXPECT_EQ(this->w->add("none").error().code, errc::missing);
  EXPECT_EQ(this->w->add("f").error().code, errc::unsupported);
  EXPECT_EQ(this->w->add("l").error().code, errc::unsupported);
  EXPECT_EQ(this->w->add("l/d").error().code, errc::outside_root);
  EXPECT_EQ(this->w->add("../x").error().code, errc::invalid_argument);
}

TEST(real_watcher, sees_a_burst_whole_or_says_that_it_overflowed) {
  real world;
  seen_events seen;
  auto w = world.make(seen.callback());
  ASSERT_TRUE(w->add(""));
  for (int i = 0; i < 3000; ++i) std::ofstream(world.dir / ("f" + std::to_string(i))) << i;
  EXPECT_TRUE(seen.wait_for("created f2999"));
  EXPECT_TRUE(seen.has("overflow ") || seen.has("changed f0"));
}

TEST(real_watcher, notices_that_its_root_moved) {
  real world;
  const auto root = world.dir / "root";
  std::filesystem::create_directory(root);
  auto disk = fs::real_disk::open(root).value();
  seen_events seen;
  auto w = watch_disk(*disk, seen.callback()).value();
  ASSERT_TRUE(w->add(""));
  std::filesystem::rename(root, world.dir / "aside");
  EXPECT_TRUE(seen.wait_for("watch_lost "));
}

TEST(fake_watcher, while_deaf_it_tells_nothing_and_then_that_it_overflowed) {
  fake world;
  seen_events seen;
  fake_watcher w(*world.disk, seen.callback());
  ASSERT_TRUE(w.add(""));
  w.set_deaf(true);
  world.disk->write("f", "x");
  EXPECT_FALSE(seen.has("created f"));
  w.set_deaf(false);
  EXPECT_TRUE(seen.has("overflow "));
  w.refuse_watches(errc::too_many_requests);
  world.disk->mkdir_p("d");
  EXPECT_EQ(w.add("d").error().code, errc::too_many_requests);
  w.refuse_watches(errc::internal);
  EXPECT_TRUE(w.add("d"));
}

TEST(fake_watcher, holds_events_back_and_delivers_them_in_one_batch) {
  fake world;
  std::vector<std::size_t> batches;
  fake_watcher w(*world.disk, [&](std::vector<event> b) { batches.push_back(b.size()); });
  ASSERT_TRUE(w.add(""));
  w.hold_events(true);
  world.disk->write("f", "x");
  world.disk->write("g", "x");
  EXPECT_TRUE(batches.empty());
  w.deliver();
  EXPECT_EQ(batches, std::vector<std::size_t>{4});
}

TEST(watched_paths, neighbours_whose_names_begin_alike_do_not_move_along) {
  watched_paths p;
  p.set("a", 1), p.set("a!", 2), p.set("a/b", 3), p.set("ab", 4);
  p.move("a", "z");
  EXPECT_EQ(p.watch_of("z"), 1);
  EXPECT_EQ(p.watch_of("z/b"), 3);
  EXPECT_EQ(p.watch_of("a!"), 2);
  EXPECT_EQ(p.watch_of("ab"), 4);
  EXPECT_EQ(p.take_below("z").size(), 2u);
  EXPECT_EQ(p.size(), 2u);
}

TEST(watched_paths, one_watch_has_one_path) {
  watched_paths p;
  p.set("a", 1);
  p.set("b", 1);
  EXPECT_FALSE(p.watch_of("a"));
  p.set("b", 2);
  EXPECT_FALSE(p.path_of(1));
  EXPECT_EQ(p.size(), 1u);
}

}  // namespace
}  // namespace tinysync::watch
