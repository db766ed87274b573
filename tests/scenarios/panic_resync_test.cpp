// An index that cannot be trusted is built anew beside the old one (DESIGN §5 Panic-resync): nothing is
// lost, nothing comes back from the dead, and no file goes because a row is missing.

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "actors/faces/client.hpp"
#include "proto/actors/common.pb.h"
#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;
namespace stdfs = std::filesystem;

struct resync : testing::Test {
  world w{std::vector<std::string>{"laptop", "phone"}, {.real_indexes = true}};
  device& laptop = w["laptop"];
  device& phone = w["phone"];

  void SetUp() override {
    for (int i = 0; i < 6; ++i) laptop.write("d/f" + std::to_string(i), "v1 of " + std::to_string(i));
    laptop.write("e/g/deep", "deep");
    laptop.write("stays", "as it is");
    laptop.symlink("stays", "link");
    w.settle();
  }
  void crash_store(const std::string& as) {
    auto vault = w.simulation().inspect("/agent-phone/vaults").children.at(0).path;
    auto m = std::make_shared<actors::common::Crash>();
    m->set_as(as);
    w.simulation().directory().find_any(vault + "/local_store").tell(m);
  }
  stdfs::path index() { return phone.index_file(); }
  void end() {
    w.settle();
    EXPECT_EQ(w.findings(), std::vector<std::string>{});
    EXPECT_TRUE(copies().empty()) << copies().front();
  }
  std::vector<std::string> copies() {
    std::vector<std::string> out;
    for (const auto& [path, e] : laptop.tree())
      if (path.find("(conflict") != std::string::npos) out.push_back(path);
    return out;
  }
};

/// Everything a user did and the agent has seen, but not yet told.
TEST_F(resync, takes_over_what_was_not_sent) {
  phone.go_offline();
  phone.save("d/f0", "edited offline");
  phone.remove("d/f1");
  phone.move("d/f2", "e/moved");
  phone.write("new/inside", "new");
  phone.remove("e/g");
  w.run_for(10s);
  crash_store("local_state_corrupt");
  w.run_for(1min);
  EXPECT_NE(w.status_of(phone).find("PanicResync"), std::string::npos) << w.status_of(phone);
  phone.go_online();
  end();
  EXPECT_EQ(laptop.read("d/f0"), "edited offline");
  EXPECT_FALSE(laptop.exists("d/f1"));
  EXPECT_EQ(laptop.read("e/moved"), "v1 of 2");
  EXPECT_FALSE(laptop.exists("d/f2"));
  EXPECT_EQ(laptop.read("new/inside"), "new");
  EXPECT_FALSE(laptop.exists("e/g"));
}

TEST_F(resync, of_an_index_in_order_changes_nothing) {
  auto head = w.head();
  auto before = phone.tree();
  crash_store("integrity_violation");
  end();
  EXPECT_EQ(w.head(), head);
  EXPECT_EQ(phone.tree(), before);
  EXPECT_NE(w.status_of(phone).find("rows taken over"), std::string::npos) << w.status_of(phone);
}

/// Gone while nobody looked, and then the index is distrusted: an absence is no evidence.
TEST_F(resync, deletes_nothing_that_no_scan_saw_go) {
  for (const auto& token : {std::string(), std::string("that of another time\n"), std::string(5000, 'x')}) {
    phone.stop();
    phone.disk().remove_all("d/f1");
    phone.disk().remove_all("e");
    if (token.empty()) stdfs::resize_file(index(), 5000);
    else phone.disk().write(".tinysync/index", token);
    phone.start();
    end();
    EXPECT_EQ(laptop.read("d/f1"), "v1 of 1");
    EXPECT_EQ(phone.read("d/f1"), "v1 of 1");
    EXPECT_EQ(phone.read("e/g/deep"), "deep");
  }
}

TEST_F(resync, does_not_bring_back_what_was_deleted_elsewhere) {
  for (const char* how : {"deleted", "emptied", "cut", "zeroed"}) {
    laptop.write("gone/a", "short-lived");
    laptop.write("gone/b/c", "short-lived, too");
    laptop.write("gone2", "short-lived as well");
    w.settle();
    phone.stop();
    laptop.remove("gone");
    laptop.remove("gone2");
    w.settle();
    auto size = stdfs::file_size(index());
    if (how == std::string("deleted")) stdfs::remove(index());
    if (how == std::string("emptied")) stdfs::resize_file(index(), 0);
    if (how == std::string("cut")) stdfs::resize_file(index(), 4096);
    if (how == std::string("zeroed")) {
      stdfs::resize_file(index(), 0);
      stdfs::resize_file(index(), size);
    }
    phone.start();
    end();
    EXPECT_FALSE(laptop.exists("gone")) << how;
    EXPECT_FALSE(phone.exists("gone2")) << how;
  }
}

TEST_F(resync, tells_the_old_from_the_edited) {
  phone.stop();
  laptop.save("d/f0", "v2");
  laptop.save("d/f0", "v3");
  laptop.save("d/f1", "laptop's");
  w.settle();
  phone.save("d/f1", "phone's");
  phone.save("d/f2", "phone's alone");
  stdfs::remove(index());
  phone.start();
  w.settle();
  EXPECT_EQ(phone.read("d/f0"), "v3") << "what it had was an old version";
  EXPECT_EQ(phone.read("d/f1"), "laptop's");
  EXPECT_EQ(phone.conflicts_of("d/f1").at(0).read(), "phone's");
  EXPECT_EQ(phone.conflicts_of("d/f2").at(0).read(), "phone's alone") << "nobody knows what it was based on";
  EXPECT_EQ(w.findings(), std::vector<std::string>{});
}

TEST_F(resync, knows_an_index_of_last_week) {
  phone.stop();
  stdfs::copy_file(index(), index().string() + ".week");
  phone.start();
  laptop.save("d/f0", "v2");
  phone.remove("d/f1");
  phone.write("d/f1", "another f1");
  phone.move("d/f2", "e/f2");
  laptop.remove("d/f3");
  w.settle();
  phone.restart();
  laptop.save("d/f4", "v2 of 4");
  phone.write("e/later", "later");
  laptop.write("d/short", "short-lived");
  w.settle();
  phone.stop();
  laptop.remove("d/f5");
  laptop.remove("d/short");
  w.settle();
  stdfs::rename(index().string() + ".week", index());
  for (auto part : {"-wal", "-shm"}) stdfs::remove(index().string() + part);
  auto before = laptop.tree();
  phone.start();
  end();
  EXPECT_EQ(laptop.tree(), before);
  EXPECT_NE(w.status_of(phone).find("taken over"), std::string::npos) << w.status_of(phone);
}

TEST_F(resync, does_not_use_the_index_of_another) {
  phone.stop();
  laptop.stop();
  stdfs::copy_file(laptop.index_file(), index(), stdfs::copy_options::overwrite_existing);
  laptop.start();
  phone.start();
  auto head = w.head();
  end();
  EXPECT_EQ(w.head(), head);
}

/// Any page may be hit, any byte may flip.
TEST_F(resync, reads_what_can_be_read_of_a_damaged_index) {
  std::mt19937 random(7);
  for (int round = 0; round < 40; ++round) {
    phone.go_offline();
    phone.save("d/f0", "offline " + std::to_string(round));
    phone.write("n/" + std::to_string(round), "new in round " + std::to_string(round));
    w.run_for(10s);
    phone.stop();
    laptop.save("d/f2", "round " + std::to_string(round));
    {
      std::fstream f(index(), std::ios::in | std::ios::out | std::ios::binary);
      auto size = static_cast<std::uint32_t>(stdfs::file_size(index()));
      for (int hit = 0; hit < 1 + round % 5; ++hit) {
        f.seekp(random() % size);
        std::string junk(round % 2 ? 1 : 700, static_cast<char>(random()));
        f.write(junk.data(), static_cast<std::streamsize>(junk.size()));
      }
    }
    phone.start();
    phone.go_online();
    w.settle();
    EXPECT_EQ(w.findings(), std::vector<std::string>{}) << "round " << round;
    for (int r = 0; r <= round; ++r) EXPECT_TRUE(laptop.exists("n/" + std::to_string(r))) << round;
    if (HasFailure()) return;
  }
}

/// The agent dies at any message of a resync, and again and again.
TEST_F(resync, may_be_interrupted_at_every_step) {
  for (std::size_t moment = 1; moment < 400; moment += 7) {
    phone.go_offline();
    auto token = std::to_string(moment);
    phone.save("d/f0", "edit " + token);
    phone.write("m/" + token, "new " + token);
    laptop.save("d/f1", "laptop's " + token);
    w.run_for(10s);
    phone.go_online();
    crash_store("local_state_corrupt");
    for (int again = 0; again < 3; ++again) {
      w.simulation().advance(moment);
      phone.restart();
    }
    w.settle();
    ASSERT_EQ(w.findings(), std::vector<std::string>{}) << "interrupted after " << moment;
    ASSERT_EQ(laptop.read("d/f0"), "edit " + token);
    ASSERT_TRUE(copies().empty()) << moment << ": " << copies().front();
  }
  EXPECT_EQ(phone.former_indexes(), 2u) << "the newest two are kept";
}

}  // namespace
}  // namespace tinysync::test
