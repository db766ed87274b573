#pragma once
// A disk in memory for tests and the simulator. It records who changed what and misbehaves on
// request: lost un-synced writes, reused inodes, coarse times, full disks, injected errors.
// Deterministic; one thread.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/clock/clock.hpp"
#include "platform/fs/disk.hpp"

namespace tinysync::fs {

struct node;

/// Names every door verb, for fault injection.
enum class verb : std::uint8_t {
  stat,
  list,
  read_link,
  open_read,
  read,
  create_staged,
  write,
  set_attributes,
  sync_file,
  close,
  make_folder,
  make_symlink,
  link,
  rename,
  exchange,
  unlink,
  rmdir,
  lease,
  sync_folder,
  sync_all,
  free_space,
  identity,
  probe,
};
std::string_view name_of(verb v);

/// Who made a change: the agent through the door, or the user behind its back.
enum class author : std::uint8_t { agent, user };

enum class change_kind : std::uint8_t {
  created,
  deleted,
  modified,
  attributes,
  moved_from,
  moved_to,
};

/// One change of one folder, as a watch would see it. A rename is moved_from + moved_to with one
/// cookie; an exchange is two such pairs.
struct change {
  std::string folder;  ///< path of the parent, "" for the root
  std::string name;
  change_kind kind;
  bool is_folder = false;
  std::uint32_t cookie = 0;
  author by = author::agent;
};

struct fake_disk_options {
  std::int64_t timestamp_granularity_ns = 1;  ///< ext4 here: 4'000'000 (a kernel tick)
  bool reuse_inodes = true;                   ///< a freed inode number is given out again at once
  std::uint64_t capacity_bytes = 1ull << 40;
  bool shared = false;                        ///< see root_identity
  fs::capabilities can = {true, true, true, true, true, true, true};
};

/// One line of a tree listing.
struct tree_entry {
  fs::kind kind = fs::kind::file;
  std::string content;  ///< file bytes or link target
  bool executable = false;
  bool private_bits = false;
  friend bool operator==(const tree_entry&, const tree_entry&) = default;
};

class fake_disk final : public disk {
 public:
  explicit fake_disk(clock::clock& clock, fake_disk_options options = {});
  ~fake_disk() override;

  result<file_stat> stat(std::string_view path) override;
  result<std::vector<entry>> list(std::string_view path) override;
  result<std::string> read_link(std::string_view path) override;
  result<std::unique_ptr<reader>> open_read(std::string_view path) override;
  result<std::unique_ptr<writer>> create_staged(std::string_view path, std::uint32_t mode) override;
  result<void> make_folder(std::string_view path, std::uint32_t mode) override;
  result<void> make_symlink(std::string_view target, std::string_view path) override;
  result<void> link_noreplace(std::string_view from, std::string_view to) override;
  result<void> rename_noreplace(std::string_view from, std::string_view to) override;
  result<void> rename_exchange(std::string_view a, std::string_view b) override;
  result<void> unlink(std::string_view path) override;
  result<void> rmdir(std::string_view path) override;
  result<void> set_mode(std::string_view path, std::uint32_t mode) override;
  result<void> set_mtime(std::string_view path, std::int64_t ns) override;
  result<std::unique_ptr<holder>> hold(std::string_view path) override;
  result<std::unique_ptr<lease>> read_lease(std::string_view path) override;
  result<void> carry_attributes(std::string_view from, std::string_view to) override;
  result<void> sync_folder(std::string_view path) override;
  result<void> sync_file(std::string_view path) override;
  result<void> sync_all() override;
  result<space> free_space() override;
  result<root_identity> identity() override;
  result<capabilities> probe(std::string_view staging_folder) override;

  // --- the user, behind the agent's back: same tree, author::user, never failing by injection ---

  /// Writes a whole file in place (same inode), or creates it. Makes missing parents.
  void write(std::string_view path, std::string_view bytes);
  void append(std::string_view path, std::string_view bytes);
  /// As editors save: a new file beside it, renamed over it (a new inode).
  void save_atomically(std::string_view path, std::string_view bytes);
  void mkdir_p(std::string_view path);
  /// rm -r; nothing happens if it is not there.
  void remove_all(std::string_view path);
  /// mv: replaces a file that is in the way.
  void move(std::string_view from, std::string_view to);
  void exchange(std::string_view a, std::string_view b);
  void chmod(std::string_view path, std::uint32_t mode);
  void symlink(std::string_view target, std::string_view path);
  void hard_link(std::string_view from, std::string_view to);
  void make_special(std::string_view path);  ///< as mkfifo
  void touch(std::string_view path, std::int64_t mtime_ns);
  /// Other bytes of the same length, with all times put back, and nobody is told: as root can do, or a disk
  /// that rots.
  void rewrite_unseen(std::string_view path, std::string_view bytes);
  /// From now on a program holds the file open for writing (leases are refused) until released.
  void hold_for_writing(std::string_view path);
  void release_writer(std::string_view path);
  /// That program appends to the file it holds, whatever its path names by now.
  void write_held(std::string_view path, std::string_view bytes);
  /// What is in it now; nothing if the file has no name left.
  std::optional<std::string> read_held(std::string_view path) const;
  /// mv to a place outside the root; it is remembered by the last name.
  void move_out(std::string_view path);
  /// mv back from there, to this path.
  void move_in(std::string_view name, std::string_view to);

  /// As sync(1): everything so far is durable.
  void sync();

  bool exists(std::string_view path) const;
  /// A file's bytes; std::out_of_range if there is none.
  std::string read(std::string_view path) const;
  /// Everything below a folder, by path relative to the root, without what `skip` begins.
  std::map<std::string, tree_entry> tree(std::string_view below = {},
                                         std::string_view skip = {}) const;

  /// As tree(), of what would be left if power failed now and nothing un-synced survived.
  std::map<std::string, tree_entry> durable_tree(std::string_view skip = {}) const;
  /// What a user wrote and a power cut may tear: the content of each such file, as it may be found then.
  std::vector<std::string> tearable() const;

  // --- misbehaviour ---

  /// The next `count` calls of that verb fail so, wherever.
  void fail_next(verb v, errc code, int count = 1);
  /// Asked before every door verb, about each of its paths; an answer makes it fail. Empty function: none.
  void fail_when(std::function<std::optional<errc>(verb, std::string_view path)> ask);
  /// Done once, just before the next call of that verb on that path ("": on any).
  void before_next(verb v, std::string path, std::function<void()> act);
  /// Likewise before one with `part` in the path, or in either of two; told which path it is about: where the agent's
  /// own folder is one end of a move, the other end.
  void before_next_with(verb v, std::string part, std::function<void(const std::string& path)> act);
  /// What was to be done before a next call is not.
  void forget_surprises();
  /// Asked before each door verb; false: without power, or the process is dead: it answers `cancelled`.
  void powered_by(std::function<bool(bool changes_something)> power);
  /// How many calls were made to fail so far.
  std::uint64_t failed() const;
  /// After n more door verbs that change something the machine is dead: everything answers
  /// `cancelled` and changes nothing until crash().
  void die_after(std::uint64_t n);
  bool dead() const;
  /// Power fails and comes back: un-synced contents, attributes and folder entries are gone, open
  /// readers and writers are dead. With a chooser, each un-synced piece survives when it returns
  /// true (in the order things were done), as on a real disk.
  void crash(const std::function<bool()>& survives = {});
  /// The root is unmounted: door verbs answer missing until it is back; then all is as before.
  void vanish_root(bool gone);
  /// Another, empty folder is where the root was (new inode).
  void replace_root();
  /// The former one is there again, as it was; what is in the other is gone.
  void bring_root_back();
  /// list() of it and access below it answer permission_denied.
  void make_unreadable(std::string_view path, bool unreadable);
  void make_all_readable();
  /// This folder is (or is no longer) the root of another file system: outside_root beyond it.
  void mount_over(std::string_view path, bool mounted);
  void set_capacity(std::uint64_t bytes);  ///< for the agent: a user finds room

  /// Called after every change, in order. Returns a number for unsubscribe().
  std::uint64_t subscribe(std::function<void(const change&)> seen);
  void unsubscribe(std::uint64_t subscription);
  /// How many door verbs that change something were called so far (for die_after).
  std::uint64_t changes_made() const;

  struct world;

 private:
  struct handle;
  class fake_reader;
  class fake_writer;
  result<std::shared_ptr<node>> regular(verb v, std::string_view path);
  std::shared_ptr<world> w_;
};

}  // namespace tinysync::fs
