#pragma once
// Inside platform/fs only: the tree behind fake_disk, with what is durable of it beside what is.

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "platform/fs/fake_disk.hpp"
#include "platform/fs/path.hpp"

namespace tinysync::fs {

struct node;
using node_ptr = std::shared_ptr<node>;

/// Contents and attributes of an entry; kept twice, as they are and as a crash would leave them.
struct body {
  std::string data;  ///< file bytes or link target
  std::uint32_t mode = 0;
  std::int64_t mtime_ns = 0;
  std::map<std::string, node_ptr> children;
};

struct node {
  fs::kind kind = fs::kind::file;
  std::uint64_t inode = 0;
  std::int64_t birth_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint32_t links = 0;
  int open_handles = 0;
  int open_writers = 0;
  std::weak_ptr<void> held;
  bool unreadable = false;
  author written_by = author::agent;
  bool mounted = false;
  body now;
  body durable;
  node* parent = nullptr;  ///< of the entry made last
  std::string name;
};

inline tree_entry entry_of(fs::kind k, const body& b) {
  const bool file = k == kind::file;
  return {k, b.data, file && (b.mode & 0100) != 0, k != kind::symlink && (b.mode & 077) == 0};
}

/// One name of one folder gets another meaning; null: none.
struct assignment {
  node_ptr folder;
  std::string name;
  node_ptr before;
  node_ptr after;
};
/// What reaches the disk as one: both sides of a rename.
using folder_change = std::vector<assignment>;

/// A folder and a name in it.
struct slot {
  node_ptr folder;
  std::string name;
  std::string path;
  node_ptr found;  ///< what the name means now, or null
};

struct fake_disk::world {
  world(clock::clock& c, fake_disk_options o);

  // --- looking (fake_world.cpp) ---
  std::int64_t now() const;
  file_stat stat_of(const node& n) const;
  std::string path_of(const node& n) const;
  /// Where the path's last component stands; the path has been checked.
  result<slot> locate(std::string_view verb, std::string_view path, author by) const;
  result<node_ptr> find(std::string_view verb, std::string_view path, author by) const;

  /// Everything below the root, as it is (node::now) or as a crash would leave it.
  void walk(body node::*which, std::string_view skip,
            const std::function<void(const std::string& path, node& n)>& visit) const;

  // --- changing ---
  node_ptr fresh(fs::kind kind, std::uint32_t mode);
  std::uint32_t possible_mode(std::uint32_t mode) const;
  result<node_ptr> create(std::string_view verb, std::string_view path, fs::kind kind,
                          std::uint32_t mode, std::string data, author by);
  result<void> link(std::string_view from, std::string_view to, author by);
  result<void> rename(std::string_view from, std::string_view to, author by, bool replace);
  result<void> exchange(std::string_view a, std::string_view b, author by);
  result<void> remove(std::string_view path, bool folder, author by);
  result<void> write(node& n, std::uint64_t offset, std::string_view bytes, author by);
  void truncate(node& n, author by);
  result<void> set_mode(node& n, std::uint32_t mode, author by);
  void set_mtime(node& n, std::int64_t ns, author by);
  void drop_link(const node_ptr& n);
  void release(node& n);
  void enter(folder_change change);
  void tell(const node& at, std::string name, change_kind kind, bool is_folder, author by,
            std::uint32_t cookie = 0);
  void tell_self(const node& n, change_kind kind, author by);

  // --- durability (fake_durability.cpp) ---
  void sync_body(node& n);
  void sync_folder(const node_ptr& folder);
  void sync_all();
  void make_durable(std::size_t op);
  void crash(const std::function<bool()>& survives);

  // --- misbehaviour ---
  /// Nothing if the verb may go on. Counts it if it changes something.
  result<void> guard(verb v, std::string_view path, std::string_view onto = {});
  void surprise_before(verb v, std::string_view path, std::string_view onto);

  clock::clock& clock;
  fake_disk_options options;
  node_ptr root;
  std::optional<std::tuple<node_ptr, std::uint64_t, std::uint64_t>> former_root;  // with generation and bytes used
  std::uint64_t root_generation = 1;  ///< stands in for the mount and device of the root
  std::uint64_t generation = 1;       ///< grows with every crash: older handles are dead
  std::uint64_t next_inode = 2;
  std::set<std::uint64_t> free_inodes;
  std::uint64_t used = 0;
  std::uint32_t next_cookie = 1;
  std::vector<folder_change> pending;
  std::map<verb, std::pair<errc, int>> failing;
  std::function<std::optional<errc>(verb, std::string_view)> ask;
  struct surprise {
    verb before;
    std::string path, part;  // "": any
    std::function<void(const std::string& path)> act;
  };
  std::vector<surprise> surprises;
  std::uint64_t changes = 0, failed = 0;
  std::function<bool(bool)> power;
  std::optional<std::uint64_t> dies_at;
  bool is_dead = false;
  bool gone = false;
  std::map<std::string, node_ptr> held;
  std::map<std::string, node_ptr> outside;  // moved out of the root, by name
  std::map<std::uint64_t, std::function<void(const change&)>> seen;
  std::uint64_t next_subscription = 1;
};

}  // namespace tinysync::fs
