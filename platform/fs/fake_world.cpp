// The tree behind fake_disk: finding entries, and what every change does to them.
#include "platform/fs/fake_world.hpp"

#include <algorithm>

#include "proto/vocabulary/names.hpp"

namespace tinysync::fs {

fake_disk::world::world(clock::clock& c, fake_disk_options o) : clock(c), options(o) {
  root = fresh(kind::folder, 0755);
  root->links = 1;
  root->durable.mode = root->now.mode;
}

std::int64_t fake_disk::world::now() const {
  const auto ns = clock.wall_now_ns();
  return ns - ns % options.timestamp_granularity_ns;
}

file_stat fake_disk::world::stat_of(const node& n) const {
  file_stat st;
  st.kind = n.kind;
  st.inode = n.inode;
  st.birth_ns = options.can.birth_time ? n.birth_ns : 0;
  st.size = n.kind == kind::folder ? 4096 : n.now.data.size();
  st.mtime_ns = n.now.mtime_ns;
  st.ctime_ns = n.ctime_ns;
  st.mode = n.now.mode;
  st.dev = root_generation + (n.mounted ? 1000 : 0);
  st.mount_id = st.dev;
  st.nlink = n.links;
  if (n.kind == kind::folder)
    st.nlink = 2 + static_cast<std::uint32_t>(
                       std::count_if(n.now.children.begin(), n.now.children.end(),
                                     [](const auto& c) { return c.second->kind == kind::folder; }));
  return st;
}

void fake_disk::world::walk(body node::*which, std::string_view skip,
                            const std::function<void(const std::string&, node&)>& visit) const {
  std::vector<std::pair<std::string, node*>> todo{{"", root.get()}};
  while (!todo.empty()) {
    auto [path, folder] = todo.back();
    todo.pop_back();
    for (const auto& [name, n] : (folder->*which).children) {
      auto at = join_path(path, name);
      if (!skip.empty() && is_within(at, skip)) continue;
      visit(at, *n);
      if (n->kind == kind::folder) todo.emplace_back(at, n.get());
    }
  }
}

std::string fake_disk::world::path_of(const node& n) const {
  std::string path;
  for (const node* at = &n; at->parent; at = at->parent)
    path = path.empty() ? at->name : at->name + '/' + path;
  return path;
}

result<slot> fake_disk::world::locate(std::string_view verb, std::string_view path,
                                      author by) const {
  slot s{root, std::string(name_of(path)), std::string(path), nullptr};
  auto rest = parent_of(path);
  const auto wrong = [&](errc code, std::string_view why) {
    return path_failure(code, verb, path, why);
  };
  for (;;) {
    if (by == author::agent && s.folder->unreadable) return wrong(errc::permission_denied, "");
    if (by == author::agent && s.folder->mounted) return wrong(errc::outside_root, "a mount");
    if (rest.empty()) break;
    auto part = rest.substr(0, rest.find('/'));
    auto at = s.folder->now.children.find(std::string(part));
    if (at == s.folder->now.children.end()) return wrong(errc::missing, "");
    if (at->second->kind == kind::symlink) return wrong(errc::outside_root, "a symlink");
    if (at->second->kind != kind::folder) return wrong(errc::missing, "not a folder on the way");
    s.folder = at->second;
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  }
  auto at = s.folder->now.children.find(s.name);
  if (at != s.folder->now.children.end()) s.found = at->second;
  return s;
}

result<node_ptr> fake_disk::world::find(std::string_view verb, std::string_view path,
                                        author by) const {
  if (path.empty()) return root;
  auto at = locate(verb, path, by);
  if (!at) return failure(at.error());
  if (!at->found) return path_failure(errc::missing, verb, path, "");
  return at->found;
}

std::uint32_t fake_disk::world::possible_mode(std::uint32_t mode) const {
  mode &= 07777;
  if (!options.can.executable_bit) mode &= ~0111u;
  if (!options.can.private_bits) mode |= 0044;
  return mode;
}

node_ptr fake_disk::world::fresh(fs::kind kind, std::uint32_t mode) {
  auto n = std::make_shared<node>();
  n->kind = kind;
  if (options.reuse_inodes && !free_inodes.empty()) {
    n->inode = *free_inodes.begin();
    free_inodes.erase(free_inodes.begin());
  } else {
    n->inode = next_inode++;
  }
  n->birth_ns = n->ctime_ns = n->now.mtime_ns = now();
  n->now.mode = kind == kind::symlink ? 0777 : kind == kind::folder ? mode : possible_mode(mode);
  n->durable.mode = n->now.mode;  // an entry is made with them
  n->durable.mtime_ns = n->now.mtime_ns;
  return n;
}

// Makes the change visible and notes that it is not durable yet.
void fake_disk::world::enter(folder_change change) {
  for (auto& a : change) {
    if (a.after) {
      a.folder->now.children[a.name] = a.after;
      a.after->parent = a.folder.get();
      a.after->name = a.name;
      a.after->ctime_ns = now();
    } else {
      a.folder->now.children.erase(a.name);
    }
    a.folder->now.mtime_ns = a.folder->ctime_ns = now();
  }
  pending.push_back(std::move(change));
}

result<node_ptr> fake_disk::world::create(std::string_view verb, std::string_view path,
                                          fs::kind kind, std::uint32_t mode, std::string data,
                                          author by) {
  auto at = locate(verb, path, by);
  if (!at) return failure(at.error());
  if (at->found) return path_failure(errc::exists, verb, path, "");
  if (by == author::agent && used + data.size() > options.capacity_bytes)
    return path_failure(errc::disk_full, verb, path, "");
  auto n = fresh(kind, mode);
  used += data.size();
  n->now.data = std::move(data);
  if (kind == kind::symlink) n->durable.data = n->now.data;  // it is where the entry is
  n->links = 1;
  n->durable = n->now;
  enter({{at->folder, at->name, nullptr, n}});
  tell(*at->folder, at->name, change_kind::created, kind == kind::folder, by);
  return n;
}

result<void> fake_disk::world::link(std::string_view from, std::string_view to, author by) {
  auto source = locate("link", from, by);
  if (!source) return failure(source.error());
  auto goal = locate("link", to, by);
  if (!goal) return failure(goal.error());
  if (!source->found) return path_failure(errc::missing, "link", from, "");
  if (goal->found) return path_failure(errc::exists, "link", to, "");
  if (source->found->kind == kind::folder)
    return path_failure(errc::permission_denied, "link", from, "a folder");
  if (!options.can.hard_links) return path_failure(errc::unsupported, "link", from, "");
  ++source->found->links;
  enter({{goal->folder, goal->name, nullptr, source->found}});
  tell(*goal->folder, goal->name, change_kind::created, false, by);
  return {};
}

result<void> fake_disk::world::rename(std::string_view from, std::string_view to, author by,
                                      bool replace) {
  auto source = locate("rename", from, by);
  if (!source) return failure(source.error());
  auto goal = locate("rename", to, by);
  if (!goal) return failure(goal.error());
  if (!source->found) return path_failure(errc::missing, "rename", from, "");
  // As rename(2): a file may replace a file, a folder an empty folder.
  bool folders = source->found->kind == kind::folder && goal->found &&
                 goal->found->kind == kind::folder && goal->found->now.children.empty();
  if (goal->found && (!replace || (goal->found->kind == kind::folder && !folders)))
    return path_failure(errc::exists, "rename", to, "");
  if (is_within(to, from))
    return path_failure(errc::invalid_argument, "rename", from, "into itself");
  if (source->found->mounted) return path_failure(errc::busy, "rename", from, "a mount");
  const auto moved = source->found;
  const auto replaced = goal->found;
  const std::uint32_t cookie = next_cookie++;
  const bool folder = moved->kind == kind::folder;
  enter({{source->folder, source->name, moved, nullptr},
         {goal->folder, goal->name, replaced, moved}});
  if (replaced) drop_link(replaced);
  tell(*source->folder, source->name, change_kind::moved_from, folder, by, cookie);
  tell(*goal->folder, goal->name, change_kind::moved_to, folder, by, cookie);
  return {};
}

result<void> fake_disk::world::exchange(std::string_view a, std::string_view b, author by) {
  auto first = locate("exchange", a, by);
  if (!first) return failure(first.error());
  auto second = locate("exchange", b, by);
  if (!second) return failure(second.error());
  if (!first->found) return path_failure(errc::missing, "exchange", a, "");
  if (!second->found) return path_failure(errc::missing, "exchange", b, "");
  if (a != b && (is_within(a, b) || is_within(b, a)))
    return path_failure(errc::invalid_argument, "exchange", a, "with what holds it");
  if (first->found->mounted || second->found->mounted)
    return path_failure(errc::busy, "exchange", a, "a mount");
  if (first->found == second->found) return {};
  const auto x = first->found, y = second->found;
  enter({{first->folder, first->name, x, y}, {second->folder, second->name, y, x}});
  for (const auto& [n, old_at, new_at] :
       {std::tuple(x, &*first, &*second), std::tuple(y, &*second, &*first)}) {
    const std::uint32_t cookie = next_cookie++;
    const bool folder = n->kind == kind::folder;
    tell(*old_at->folder, old_at->name, change_kind::moved_from, folder, by, cookie);
    tell(*new_at->folder, new_at->name, change_kind::moved_to, folder, by, cookie);
  }
  return {};
}

result<void> fake_disk::world::remove(std::string_view path, bool folder, author by) {
  const std::string_view verb = folder ? "remove folder" : "unlink";
  auto at = locate(verb, path, by);
  if (!at) return failure(at.error());
  if (!at->found) return path_failure(errc::missing, verb, path, "");
  const auto n = at->found;
  if ((n->kind == kind::folder) != folder) return path_failure(errc::unsupported, verb, path, "");
  if (n->mounted) return path_failure(errc::busy, verb, path, "a mount");
  if (!n->now.children.empty()) return path_failure(errc::not_empty, verb, path, "");
  enter({{at->folder, at->name, n, nullptr}});
  drop_link(n);
  tell(*at->folder, at->name, change_kind::deleted, folder, by);
  return {};
}

void fake_disk::world::drop_link(const node_ptr& n) {
  --n->links;
  n->ctime_ns = now();
  release(*n);
}

// Without names and handles an inode number is free again, and so are its bytes.
void fake_disk::world::release(node& n) {
  if (n.links > 0 || n.open_handles > 0) return;
  used -= n.now.data.size();
  free_inodes.insert(n.inode);
}

result<void> fake_disk::world::write(node& n, std::uint64_t offset, std::string_view bytes,
                                     author by) {
  const auto end = offset + bytes.size();
  const auto growth = end > n.now.data.size() ? end - n.now.data.size() : 0;
  if (by == author::agent && used + growth > options.capacity_bytes)
    return path_failure(errc::disk_full, "write", path_of(n), "");
  used += growth;
  if (growth) n.now.data.resize(end);
  n.now.data.replace(offset, bytes.size(), bytes);
  n.written_by = by;
  n.now.mtime_ns = n.ctime_ns = now();
  tell_self(n, change_kind::modified, by);
  return {};
}

void fake_disk::world::truncate(node& n, author by) {
  used -= n.now.data.size();
  n.now.data.clear();
  n.written_by = by;
  n.now.mtime_ns = n.ctime_ns = now();
  tell_self(n, change_kind::modified, by);
}

result<void> fake_disk::world::set_mode(node& n, std::uint32_t mode, author by) {
  if (n.kind == kind::symlink)
    return path_failure(errc::unsupported, "set mode of", path_of(n), "a symlink has none");
  n.now.mode = n.kind == kind::folder ? mode & 07777 : possible_mode(mode);
  n.ctime_ns = now();
  tell_self(n, change_kind::attributes, by);
  return {};
}

void fake_disk::world::set_mtime(node& n, std::int64_t ns, author by) {
  n.now.mtime_ns = ns - ns % options.timestamp_granularity_ns;
  n.ctime_ns = now();
  tell_self(n, change_kind::attributes, by);
}

void fake_disk::world::tell(const node& at, std::string name, change_kind kind, bool is_folder,
                            author by, std::uint32_t cookie) {
  if (seen.empty()) return;
  const change c{path_of(at), std::move(name), kind, is_folder, cookie, by};
  auto listeners = seen;  // one of them may unsubscribe
  for (auto& [id, listener] : listeners) listener(c);
}

// The root has no parent that could be watched; an unlinked file has none any more.
void fake_disk::world::tell_self(const node& n, change_kind kind, author by) {
  if (n.parent && n.links > 0) tell(*n.parent, n.name, kind, n.kind == fs::kind::folder, by);
}

}  // namespace tinysync::fs
