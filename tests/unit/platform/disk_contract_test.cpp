// What every disk promises, asked of the real one and of the fake alike.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <filesystem>
#include <functional>

#include "platform/clock/clock.hpp"
#include "platform/fs/fake_disk.hpp"
#include "platform/fs/real_disk.hpp"
#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::fs {
namespace {

struct real {
  temporary_folder dir;
  std::unique_ptr<real_disk> it = real_disk::open(dir.path()).value();
  disk& door() { return *it; }
};

struct fake {
  clock::manual_clock time;
  fake_disk it{time};
  disk& door() { return it; }
};

template <class World>
class disk_contract : public testing::Test {
 public:
  World world;
  disk& d = world.door();

  void put(std::string_view path, std::string_view bytes, std::uint32_t mode = 0644) {
    auto w = d.create_staged(path, mode).value();
    ASSERT_TRUE(w->write(bytes));
    ASSERT_TRUE(w->close());
  }
  std::string get(std::string_view path) {
    auto r = d.open_read(path).value();
    std::string out(100, '\0');
    out.resize(r->read_at(0, out).value());
    return out;
  }
  std::string names(std::string_view path) {
    std::string out;
    const auto entries = d.list(path).value();
    for (const auto& e : entries) out += e.name + ' ';
    return out;
  }
};

using worlds = testing::Types<real, fake>;
TYPED_TEST_SUITE(disk_contract, worlds);

template <class T>
errc code_of(const result<T>& r) {
  return r ? errc{} : r.error().code;
}

TYPED_TEST(disk_contract, a_new_file_has_exactly_the_bytes_and_bits_asked_for) {
  this->put("f", "hello", 0751);
  auto st = this->d.stat("f").value();
  EXPECT_EQ(st.kind, kind::file);
  EXPECT_EQ(st.size, 5u);
  EXPECT_EQ(st.mode, 0751u);
  EXPECT_EQ(st.nlink, 1u);
  EXPECT_NE(st.inode, 0u);
  EXPECT_TRUE(st.executable());
  EXPECT_FALSE(st.private_bits());
  EXPECT_EQ(this->get("f"), "hello");
  EXPECT_EQ(code_of(this->d.create_staged("f", 0600)), errc::exists);
}

TYPED_TEST(disk_contract, writers_set_times_bits_and_offsets) {
  auto w = this->d.create_staged("f", 0600).value();
  EXPECT_TRUE(w->write("abc"));
  EXPECT_TRUE(w->write("def"));
  EXPECT_TRUE(w->write_at(1, "X"));
  EXPECT_TRUE(w->write_at(8, "end"));
  EXPECT_TRUE(w->set_mode(0755));
  for (std::int64_t ns : {std::int64_t{1'500'000'000'123'456'789}, std::int64_t{-1'500'000'001}}) {
    EXPECT_TRUE(w->set_mtime(ns));
    EXPECT_EQ(w->stat().value().mtime_ns, ns);
  }
  EXPECT_TRUE(w->sync());
  auto open = w->stat().value();
  EXPECT_TRUE(w->close());
  EXPECT_EQ(this->d.stat("f").value(), open);
  EXPECT_EQ(this->get("f"), std::string("aXcdef\0\0end", 11));
}

TYPED_TEST(disk_contract, reading_stops_at_the_end) {
  this->put("f", "0123456789");
  auto r = this->d.open_read("f").value();
  std::string out(4, '\0');
  EXPECT_EQ(r->read_at(8, out).value(), 2u);
  EXPECT_EQ(r->read_at(10, out).value(), 0u);
  EXPECT_EQ(r->read_at(1000, out).value(), 0u);
  EXPECT_EQ(r->stat().value().size, 10u);
}

TYPED_TEST(disk_contract, an_open_file_outlives_its_name) {
  this->put("f", "bytes");
  auto r = this->d.open_read("f").value();
  EXPECT_TRUE(this->d.unlink("f"));
  std::string out(5, '\0');
  EXPECT_EQ(r->read_at(0, out).value(), 5u);
  EXPECT_EQ(r->stat().value().nlink, 0u);
}

TYPED_TEST(disk_contract, a_listing_is_sorted_and_tells_what_each_entry_is) {
  EXPECT_TRUE(this->d.make_folder("dir", 0755));
  this->put("b", "");
  this->put("dir/inside", "");
  EXPECT_TRUE(this->d.make_symlink("no/where", "a"));
  auto all = this->d.list("").value();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].name, "a");
  EXPECT_EQ(all[0].stat.kind, kind::symlink);
  EXPECT_EQ(all[0].stat.size, 8u);
  EXPECT_EQ(all[1].stat.kind, kind::file);
  EXPECT_EQ(all[2].stat.kind, kind::folder);
  for (const auto& e : all) EXPECT_EQ(e.stat, this->d.stat(e.name).value());
  EXPECT_EQ(this->names("dir"), "inside ");
}

TYPED_TEST(disk_contract, names_are_any_bytes) {
  const std::string odd = "\xff\xfe \n\x01 ü";
  this->put(odd, "x");
  EXPECT_EQ(this->names(""), odd + ' ');
  auto taken = this->d.create_staged(odd, 0600);
  EXPECT_NE(taken.error().text.find("\\xFF"), std::string::npos) << taken.error().text;
  EXPECT_EQ(taken.error().text.find('\n'), std::string::npos);
}

TYPED_TEST(disk_contract, paths_that_name_nothing_are_refused) {
  for (std::string_view bad :
       {std::string_view("/f"), std::string_view("f/"), std::string_view("a//b"),
        std::string_view("."), std::string_view("../f"), std::string_view("a/../f"),
        std::string_view("a\0b", 3)}) {
    EXPECT_EQ(code_of(this->d.stat(bad)), errc::invalid_argument) << bad;
    EXPECT_EQ(code_of(this->d.create_staged(bad, 0600)), errc::invalid_argument);
    EXPECT_EQ(code_of(this->d.rename_noreplace("x", bad)), errc::invalid_argument);
  }
  EXPECT_EQ(code_of(this->d.stat(std::string(256, 'x'))), errc::invalid_argument);
  EXPECT_EQ(code_of(this->d.unlink("")), errc::invalid_argument);
  EXPECT_TRUE(this->d.stat(""));
}

TYPED_TEST(disk_contract, a_symlink_is_never_followed) {
  EXPECT_TRUE(this->d.make_folder("dir", 0755));
  this->put("dir/f", "x");
  EXPECT_TRUE(this->d.make_symlink("dir", "to_dir"));
  EXPECT_TRUE(this->d.make_symlink("dir/f", "to_f"));
  EXPECT_EQ(this->d.read_link("to_f").value(), "dir/f");
  EXPECT_EQ(this->d.stat("to_dir").value().kind, kind::symlink);
  EXPECT_EQ(code_of(this->d.stat("to_dir/f")), errc::outside_root);
  EXPECT_EQ(code_of(this->d.create_staged("to_dir/new", 0600)), errc::outside_root);
  EXPECT_EQ(code_of(this->d.list("to_dir")), errc::unsupported);
  EXPECT_EQ(code_of(this->d.open_read("to_f")), errc::unsupported);
  EXPECT_EQ(code_of(this->d.set_mode("to_f", 0600)), errc::unsupported);
  EXPECT_EQ(code_of(this->d.create_staged("to_f", 0600)), errc::exists);
  EXPECT_TRUE(this->d.unlink("to_dir"));
  EXPECT_TRUE(this->d.stat("dir"));
}

TYPED_TEST(disk_contract, what_is_not_there_is_missing) {
  this->put("f", "");
  for (auto path : {"none", "none/below", "f/below"}) {
    EXPECT_EQ(code_of(this->d.stat(path)), errc::missing) << path;
    EXPECT_EQ(code_of(this->d.list(path)), errc::missing);
    EXPECT_EQ(code_of(this->d.open_read(path)), errc::missing);
    EXPECT_EQ(code_of(this->d.unlink(path)), errc::missing);
    EXPECT_EQ(code_of(this->d.rmdir(path)), errc::missing);
    EXPECT_EQ(code_of(this->d.rename_noreplace(path, "g")), errc::missing);
    EXPECT_EQ(code_of(this->d.rename_exchange(path, "f")), errc::missing);
    EXPECT_EQ(code_of(this->d.read_link(path)), errc::missing);
    EXPECT_EQ(code_of(this->d.set_mode(path, 0600)), errc::missing);
    EXPECT_EQ(code_of(this->d.set_mtime(path, 0)), errc::missing);
    EXPECT_EQ(code_of(this->d.sync_folder(path)), errc::missing);
  }
  EXPECT_EQ(code_of(this->d.create_staged("none/f", 0600)), errc::missing);
  EXPECT_EQ(code_of(this->d.make_folder("none/d", 0700)), errc::missing);
}

TYPED_TEST(disk_contract, verbs_refuse_the_wrong_kind) {
  this->put("f", "");
  EXPECT_TRUE(this->d.make_folder("d", 0755));
  EXPECT_EQ(code_of(this->d.list("f")), errc::unsupported);
  EXPECT_EQ(code_of(this->d.rmdir("f")), errc::unsupported);
  EXPECT_EQ(code_of(this->d.unlink("d")), errc::unsupported);
  EXPECT_EQ(code_of(this->d.open_read("d")), errc::unsupported);
  EXPECT_EQ(code_of(this->d.read_link("f")), errc::unsupported);
  EXPECT_EQ(code_of(this->d.make_folder("f", 0700)), errc::exists);
  EXPECT_EQ(code_of(this->d.make_symlink("", "s")), errc::invalid_argument);
}

TYPED_TEST(disk_contract, a_folder_goes_only_when_it_is_empty) {
  EXPECT_TRUE(this->d.make_folder("d", 0750));
  EXPECT_EQ(this->d.stat("d").value().mode, 0750u);
  EXPECT_EQ(this->d.stat("").value().nlink, 3u);
  this->put("d/f", "");
  EXPECT_EQ(code_of(this->d.rmdir("d")), errc::not_empty);
  EXPECT_TRUE(this->d.unlink("d/f"));
  EXPECT_TRUE(this->d.rmdir("d"));
  EXPECT_EQ(code_of(this->d.stat("d")), errc::missing);
}

TYPED_TEST(disk_contract, a_rename_replaces_nothing_and_keeps_the_inode) {
  EXPECT_TRUE(this->d.make_folder("d", 0755));
  this->put("a", "A");
  this->put("b", "B");
  auto before = this->d.stat("a").value();
  EXPECT_EQ(code_of(this->d.rename_noreplace("a", "b")), errc::exists);
  EXPECT_EQ(code_of(this->d.rename_noreplace("a", "a")), errc::exists);
  EXPECT_EQ(code_of(this->d.rename_noreplace("d", "d/below")), errc::invalid_argument);
  EXPECT_TRUE(this->d.rename_noreplace("a", "d/c"));
  auto after = this->d.stat("d/c").value();
  EXPECT_EQ(after.inode, before.inode);
  EXPECT_EQ(after.birth_ns, before.birth_ns);
  EXPECT_EQ(after.mtime_ns, before.mtime_ns);
  EXPECT_EQ(this->get("b"), "B");
  EXPECT_EQ(this->names(""), "b d ");
}

TYPED_TEST(disk_contract, an_exchange_swaps_entries_of_any_kind) {
  EXPECT_TRUE(this->d.make_folder("d", 0755));
  this->put("d/inside", "I");
  this->put("f", "F");
  EXPECT_TRUE(this->d.rename_exchange("d", "f"));
  EXPECT_EQ(this->get("d"), "F");
  EXPECT_EQ(this->get("f/inside"), "I");
  EXPECT_EQ(code_of(this->d.rename_exchange("f", "f/inside")), errc::invalid_argument);
}

TYPED_TEST(disk_contract, a_second_name_is_the_same_file) {
  this->put("a", "x");
  this->put("b", "y");
  EXPECT_EQ(code_of(this->d.link_noreplace("a", "b")), errc::exists);
  EXPECT_TRUE(this->d.link_noreplace("a", "c"));
  EXPECT_EQ(this->d.stat("a").value(), this->d.stat("c").value());
  EXPECT_EQ(this->d.stat("a").value().nlink, 2u);
  EXPECT_TRUE(this->d.unlink("a"));
  EXPECT_EQ(this->get("c"), "x");
  EXPECT_EQ(this->d.stat("c").value().nlink, 1u);
}

TYPED_TEST(disk_contract, attributes_can_be_set_by_path) {
  this->put("f", "x", 0600);
  EXPECT_TRUE(this->d.make_folder("d", 0700));
  EXPECT_TRUE(this->d.set_mode("f", 0555));
  EXPECT_TRUE(this->d.set_mode("d", 0755));
  EXPECT_TRUE(this->d.set_mtime("f", 1'000'000'001));
  EXPECT_EQ(this->d.stat("f").value().mode, 0555u);
  EXPECT_EQ(this->d.stat("d").value().mode, 0755u);
  EXPECT_EQ(this->d.stat("f").value().mtime_ns, 1'000'000'001);
  this->put("g", "", 0600);
  EXPECT_TRUE(this->d.carry_attributes("f", "g"));
}

TYPED_TEST(disk_contract, everything_can_be_made_durable) {
  EXPECT_TRUE(this->d.make_folder("d", 0755));
  this->put("d/f", "x");
  EXPECT_TRUE(this->d.sync_file("d/f"));
  EXPECT_TRUE(this->d.sync_folder("d"));
  EXPECT_TRUE(this->d.sync_folder(""));
  EXPECT_TRUE(this->d.sync_all());
  EXPECT_EQ(code_of(this->d.sync_folder("d/f")), errc::unsupported);
}

TYPED_TEST(disk_contract, a_lease_is_refused_while_somebody_writes) {
  auto w = this->d.create_staged("f", 0600).value();
  EXPECT_EQ(code_of(this->d.read_lease("f")), errc::busy);
  EXPECT_TRUE(w->close());
  EXPECT_TRUE(this->d.read_lease("f"));
}

TYPED_TEST(disk_contract, a_file_is_held_once_under_whatever_name) {
  auto held = this->d.hold("lock");
  ASSERT_TRUE(held) << to_string(held.error());
  EXPECT_EQ(this->d.stat("lock").value().mode & 07777u, 0600u);
  EXPECT_EQ(code_of(this->d.hold("lock")), errc::busy);
  EXPECT_TRUE(this->d.rename_noreplace("lock", "moved"));
  EXPECT_EQ(code_of(this->d.hold("moved")), errc::busy);
  held->reset();
  EXPECT_TRUE(this->d.hold("moved"));
  EXPECT_TRUE(this->d.make_folder("d", 0755));
  EXPECT_FALSE(this->d.hold("d"));
}

TYPED_TEST(disk_contract, the_root_knows_what_it_is) {
  auto id = this->d.identity().value();
  auto st = this->d.stat("").value();
  EXPECT_EQ(id.inode, st.inode);
  EXPECT_EQ(id.dev, st.dev);
  EXPECT_EQ(id.mount_id, st.mount_id);
  EXPECT_EQ(id, this->d.identity().value());
  auto room = this->d.free_space().value();
  EXPECT_GT(room.total_bytes, 0u);
  EXPECT_LE(room.free_bytes, room.total_bytes);
}

TYPED_TEST(disk_contract, probing_finds_what_this_file_system_can_do_and_leaves_nothing) {
  EXPECT_TRUE(this->d.make_folder("staging", 0700));
  auto can = this->d.probe("staging").value();
  EXPECT_TRUE(can.exchange && can.noreplace && can.symlinks && can.executable_bit &&
              can.private_bits && can.hard_links);
  EXPECT_EQ(can.birth_time, this->d.stat("staging").value().birth_ns != 0);
  EXPECT_EQ(this->names("staging"), "");
  EXPECT_EQ(code_of(this->d.probe("none")), errc::missing);
}

TEST(real_disk, opens_folders_only) {
  temporary_folder dir;
  EXPECT_EQ(code_of(real_disk::open(dir / "none")), errc::missing);
  EXPECT_EQ(code_of(real_disk::open("/proc/self/status")), errc::unsupported);
}

TEST(real_disk, notices_that_another_folder_is_where_its_root_was) {
  temporary_folder dir;
  const auto root = dir / "root";
  std::filesystem::create_directory(root);
  auto d = real_disk::open(root).value();
  auto before = d->identity().value();
  std::filesystem::rename(root, dir / "aside");
  EXPECT_EQ(code_of(d->identity()), errc::missing);
  std::filesystem::create_directory(root);
  EXPECT_NE(d->identity().value(), before);
}

/// A user can go deeper than one path may be long, and so can the door.
TEST(real_disk, reaches_what_no_single_path_reaches) {
  temporary_folder dir;
  auto d = real_disk::open(dir.path()).value();
  const std::string name(200, 'd');
  std::string path;
  int at = open(dir.path().c_str(), O_PATH | O_DIRECTORY);
  while (path.size() < PATH_MAX + 500) {
    ASSERT_EQ(mkdirat(at, name.c_str(), 0755), 0);
    int below = openat(at, name.c_str(), O_PATH | O_DIRECTORY);
    close(at);
    at = below;
    path += (path.empty() ? "" : "/") + name;
  }
  close(at);
  EXPECT_TRUE(d->create_staged(path + "/f", 0600).value()->write("bytes"));
  EXPECT_EQ(d->list(path).value().size(), 1u);
  EXPECT_EQ(d->stat(path + "/f").value().size, 5u);
  EXPECT_TRUE(d->open_read(path + "/f"));
  EXPECT_TRUE(d->rename_noreplace(path + "/f", path + "/g"));
  EXPECT_TRUE(d->unlink(path + "/g"));
}

TEST(real_disk, another_mount_is_outside_the_root) {
  auto d = real_disk::open("/").value();
  auto root = d->stat("").value(), proc = d->stat("proc").value();
  EXPECT_NE(proc.mount_id, root.mount_id);
  EXPECT_EQ(code_of(d->list("proc")), errc::outside_root);
  EXPECT_EQ(code_of(d->stat("proc/self")), errc::outside_root);
}

}  // namespace
}  // namespace tinysync::fs
