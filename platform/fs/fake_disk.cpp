// fake_disk as a door: each verb asks whether it may go on, then changes the tree as the agent.
#include "platform/fs/fake_disk.hpp"

#include <algorithm>

#include "platform/fs/fake_world.hpp"

namespace tinysync::fs {
namespace {

constexpr author me = author::agent;

bool changes_something(verb v) {
  switch (v) {
    case verb::create_staged:
    case verb::write:
    case verb::set_attributes:
    case verb::sync_file:
    case verb::make_folder:
    case verb::make_symlink:
    case verb::link:
    case verb::rename:
    case verb::exchange:
    case verb::unlink:
    case verb::rmdir:
    case verb::sync_folder:
    case verb::sync_all:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string_view name_of(verb v) {
  static constexpr std::string_view names[] = {
      "stat",        "list",           "read_link",  "open_read", "read",        "create_staged",
      "write",       "set_attributes", "sync_file",  "close",     "make_folder", "make_symlink",
      "link",        "rename",         "exchange",   "unlink",    "rmdir",       "lease",
      "sync_folder", "sync_all",       "free_space", "identity",  "probe"};
  return names[static_cast<std::size_t>(v)];
}

void fake_disk::world::surprise_before(verb v, std::string_view path, std::string_view onto) {
  auto at = std::find_if(surprises.begin(), surprises.end(), [&](const surprise& s) {
    return s.before == v && (s.path.empty() || s.path == path) &&
           (s.part.empty() || path.find(s.part) != path.npos || onto.find(s.part) != onto.npos);
  });
  if (at == surprises.end()) return;
  auto act = std::move(at->act);
  surprises.erase(at);  // first, so that what it does may set up the next one
  act(std::string(onto.empty() || !is_within(path, ".tinysync") ? path : onto));
}

result<void> fake_disk::world::guard(verb v, std::string_view path, std::string_view onto) {
  surprise_before(v, path, onto);
  const bool changing = changes_something(v);
  if (!is_dead && changing && dies_at && changes >= *dies_at) is_dead = true;
  if (is_dead || (power && !power(changing))) return path_failure(errc::cancelled, name_of(v), path, "the machine is dead");
  if (changing) ++changes;
  if (gone) return path_failure(errc::missing, name_of(v), path, "the root is gone");
  if (auto at = failing.find(v); at != failing.end()) {
    const errc code = at->second.first;
    if (--at->second.second <= 0) failing.erase(at);
    ++failed;
    return path_failure(code, name_of(v), path, "injected");
  }
  auto code = ask ? ask(v, path) : std::nullopt;
  if (ask && !code && !onto.empty()) code = ask(v, onto);
  if (!code) return {};
  ++failed;
  return path_failure(*code, name_of(v), path, "injected");
}

// Checks the path, then lets faults have their say; returns from the verb when either objects.
#define TINYSYNC_GUARD(v, path, allow_root)                                                \
  if (auto ok = check_path(name_of(v), path, allow_root); !ok) return failure(ok.error()); \
  if (auto ok = w_->guard(v, path); !ok) return failure(ok.error())

// As above, for a verb that puts one path in the place of another.
#define TINYSYNC_GUARD_BOTH(v, from, to)                                              \
  if (auto ok = check_path(name_of(v), from, false); !ok) return failure(ok.error()); \
  if (auto ok = check_path(name_of(v), to, false); !ok) return failure(ok.error());   \
  if (auto ok = w_->guard(v, from, to); !ok) return failure(ok.error())

fake_disk::fake_disk(clock::clock& clock, fake_disk_options options)
    : w_(std::make_shared<world>(clock, options)) {}
fake_disk::~fake_disk() = default;

result<file_stat> fake_disk::stat(std::string_view path) {
  TINYSYNC_GUARD(verb::stat, path, true);
  auto n = w_->find("stat", path, me);
  if (!n) return failure(n.error());
  return w_->stat_of(**n);
}

result<std::vector<entry>> fake_disk::list(std::string_view path) {
  TINYSYNC_GUARD(verb::list, path, true);
  auto n = w_->find("list", path, me);
  if (!n) return failure(n.error());
  if ((*n)->kind != kind::folder)
    return path_failure(errc::unsupported, "list", path, "not a folder");
  if ((*n)->unreadable) return path_failure(errc::permission_denied, "list", path, "");
  if ((*n)->mounted) return path_failure(errc::outside_root, "list", path, "a mount");
  std::vector<entry> out;
  for (const auto& [name, child] : (*n)->now.children) out.push_back({name, w_->stat_of(*child)});
  return out;
}

result<std::string> fake_disk::read_link(std::string_view path) {
  TINYSYNC_GUARD(verb::read_link, path, false);
  auto n = w_->find("read link", path, me);
  if (!n) return failure(n.error());
  if ((*n)->kind != kind::symlink) return path_failure(errc::unsupported, "read link", path, "");
  return (*n)->now.data;
}

result<void> fake_disk::make_folder(std::string_view path, std::uint32_t mode) {
  TINYSYNC_GUARD(verb::make_folder, path, false);
  auto n = w_->create("make folder", path, kind::folder, mode, "", me);
  return n ? result<void>() : failure(n.error());
}

result<void> fake_disk::make_symlink(std::string_view target, std::string_view path) {
  TINYSYNC_GUARD(verb::make_symlink, path, false);
  if (target.empty() || target.find('\0') != target.npos)
    return path_failure(errc::invalid_argument, "make link", path, "a target that names nothing");
  if (!w_->options.can.symlinks) return path_failure(errc::unsupported, "make link", path, "");
  auto n = w_->create("make link", path, kind::symlink, 0777, std::string(target), me);
  return n ? result<void>() : failure(n.error());
}

result<void> fake_disk::link_noreplace(std::string_view from, std::string_view to) {
  TINYSYNC_GUARD_BOTH(verb::link, from, to);
  return w_->link(from, to, me);
}

result<void> fake_disk::rename_noreplace(std::string_view from, std::string_view to) {
  TINYSYNC_GUARD_BOTH(verb::rename, from, to);
  if (!w_->options.can.noreplace) return path_failure(errc::unsupported, "rename", from, "");
  return w_->rename(from, to, me, false);
}

result<void> fake_disk::rename_exchange(std::string_view a, std::string_view b) {
  TINYSYNC_GUARD_BOTH(verb::exchange, a, b);
  if (!w_->options.can.exchange) return path_failure(errc::unsupported, "exchange", a, "");
  return w_->exchange(a, b, me);
}

result<void> fake_disk::unlink(std::string_view path) {
  TINYSYNC_GUARD(verb::unlink, path, false);
  return w_->remove(path, false, me);
}

result<void> fake_disk::rmdir(std::string_view path) {
  TINYSYNC_GUARD(verb::rmdir, path, false);
  return w_->remove(path, true, me);
}

result<void> fake_disk::set_mode(std::string_view path, std::uint32_t mode) {
  TINYSYNC_GUARD(verb::set_attributes, path, false);
  auto n = w_->find("set mode of", path, me);
  if (!n) return failure(n.error());
  return w_->set_mode(**n, mode, me);
}

result<void> fake_disk::set_mtime(std::string_view path, std::int64_t ns) {
  TINYSYNC_GUARD(verb::set_attributes, path, false);
  auto n = w_->find("set time of", path, me);
  if (!n) return failure(n.error());
  w_->set_mtime(**n, ns, me);
  return {};
}

result<void> fake_disk::sync_folder(std::string_view path) {
  TINYSYNC_GUARD(verb::sync_folder, path, true);
  auto n = w_->find("sync", path, me);
  if (!n) return failure(n.error());
  if ((*n)->kind != kind::folder)
    return path_failure(errc::unsupported, "sync", path, "not a folder");
  w_->sync_folder(*n);
  return {};
}

result<void> fake_disk::sync_all() {
  TINYSYNC_GUARD(verb::sync_all, "", true);
  w_->sync_all();
  return {};
}

result<space> fake_disk::free_space() {
  TINYSYNC_GUARD(verb::free_space, "", true);
  const auto total = w_->options.capacity_bytes;
  return space{total > w_->used ? total - w_->used : 0, total};
}

result<root_identity> fake_disk::identity() {
  TINYSYNC_GUARD(verb::identity, "", true);
  const auto g = w_->root_generation;
  return root_identity{g, w_->root->inode, g, "fake-" + std::to_string(g), w_->root->birth_ns,
                       w_->options.shared};
}

result<capabilities> fake_disk::probe(std::string_view staging_folder) {
  TINYSYNC_GUARD(verb::probe, staging_folder, true);
  auto n = w_->find("probe", staging_folder, me);
  if (!n) return failure(n.error());
  return w_->options.can;
}

#undef TINYSYNC_GUARD
#undef TINYSYNC_GUARD_BOTH

}  // namespace tinysync::fs
