// fake_disk: what the user does behind the agent's back, and what goes wrong.
#include <stdexcept>

#include "platform/fs/fake_world.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::fs {
namespace {

constexpr author user = author::user;

// A test that asks for the impossible is wrong and should say so at once.
template <class T>
T must(result<T> r) {
  if (!r) throw std::runtime_error("the user cannot do that: " + to_string(r.error()));
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

void checked(std::string_view path) { must(check_path("user verb", path, false)); }

}  // namespace

void fake_disk::write(std::string_view path, std::string_view bytes) {
  checked(path);
  mkdir_p(parent_of(path));
  auto at = must(w_->locate("write", path, user));
  node_ptr n = at.found ? at.found : must(w_->create("write", path, kind::file, 0644, "", user));
  if (n->kind != kind::file) throw std::runtime_error("not a file: " + printable(path));
  if (!n->now.data.empty()) w_->truncate(*n, user);
  must(w_->write(*n, 0, bytes, user));
}

void fake_disk::append(std::string_view path, std::string_view bytes) {
  checked(path);
  auto n = must(w_->find("append", path, user));
  must(w_->write(*n, n->now.data.size(), bytes, user));
}

void fake_disk::save_atomically(std::string_view path, std::string_view bytes) {
  checked(path);
  mkdir_p(parent_of(path));
  const auto beside = std::string(path) + ".save~";
  write(beside, bytes);
  auto former = must(w_->locate("save", path, user)).found;
  if (former) chmod(beside, former->now.mode);
  must(w_->rename(beside, path, user, true));
}

void fake_disk::mkdir_p(std::string_view path) {
  if (path.empty()) return;
  checked(path);
  mkdir_p(parent_of(path));
  auto at = must(w_->locate("mkdir", path, user));
  if (!at.found) must(w_->create("mkdir", path, kind::folder, 0755, "", user));
}

void fake_disk::remove_all(std::string_view path) {
  checked(path);
  auto n = w_->find("rm", path, user);
  if (!n) return;
  std::vector<std::string> names;
  for (const auto& [name, child] : (*n)->now.children) names.push_back(name);
  for (const auto& name : names) remove_all(join_path(path, name));
  must(w_->remove(path, (*n)->kind == kind::folder, user));
}

void fake_disk::move(std::string_view from, std::string_view to) {
  checked(from), checked(to);
  must(w_->rename(from, to, user, true));
}

void fake_disk::exchange(std::string_view a, std::string_view b) {
  checked(a), checked(b);
  must(w_->exchange(a, b, user));
}

void fake_disk::chmod(std::string_view path, std::uint32_t mode) {
  must(w_->set_mode(*must(w_->find("chmod", path, user)), mode, user));
}

void fake_disk::symlink(std::string_view target, std::string_view path) {
  checked(path);
  must(w_->create("ln", path, kind::symlink, 0777, std::string(target), user));
}

void fake_disk::hard_link(std::string_view from, std::string_view to) {
  checked(from), checked(to);
  must(w_->link(from, to, user));
}

void fake_disk::make_special(std::string_view path) {
  checked(path);
  must(w_->create("mkfifo", path, kind::special, 0644, "", user));
}

void fake_disk::touch(std::string_view path, std::int64_t mtime_ns) {
  w_->set_mtime(*must(w_->find("touch", path, user)), mtime_ns, user);
}

void fake_disk::rewrite_unseen(std::string_view path, std::string_view bytes) {
  auto n = must(w_->find("write", path, user));
  if (n->now.data.size() != bytes.size()) throw std::runtime_error("another length: " + printable(path));
  n->now.data = n->durable.data = std::string(bytes);
}

void fake_disk::hold_for_writing(std::string_view path) {
  auto n = must(w_->find("open", path, user));
  if (!w_->held.emplace(path, n).second) throw std::runtime_error("held already");
  ++n->open_handles;
  ++n->open_writers;
}

void fake_disk::release_writer(std::string_view path) {
  auto held = w_->held.extract(std::string(path));
  if (!held) return;
  --held.mapped()->open_handles;
  --held.mapped()->open_writers;
  w_->release(*held.mapped());
}

void fake_disk::write_held(std::string_view path, std::string_view bytes) {
  auto held = w_->held.find(std::string(path));
  if (held == w_->held.end()) throw std::runtime_error("not held: " + printable(path));
  must(w_->write(*held->second, held->second->now.data.size(), bytes, user));
}

std::optional<std::string> fake_disk::read_held(std::string_view path) const {
  auto held = w_->held.find(std::string(path));
  if (held == w_->held.end() || held->second->links == 0) return std::nullopt;
  return held->second->now.data;
}

void fake_disk::move_out(std::string_view path) {
  checked(path);
  auto at = must(w_->locate("mv", path, user));
  if (!at.found) throw std::runtime_error("nothing to move out: " + printable(path));
  if (!w_->outside.emplace(at.name, at.found).second) throw std::runtime_error("out already");
  w_->enter({{at.folder, at.name, at.found, nullptr}});
  w_->tell(*at.folder, at.name, change_kind::moved_from, at.found->kind == kind::folder, user,
           w_->next_cookie++);
}

void fake_disk::move_in(std::string_view name, std::string_view to) {
  checked(to);
  auto at = must(w_->locate("mv", to, user));
  auto held = w_->outside.extract(std::string(name));
  if (at.found || !held) throw std::runtime_error("cannot move in: " + printable(to));
  w_->enter({{at.folder, at.name, nullptr, held.mapped()}});
  w_->tell(*at.folder, at.name, change_kind::moved_to, held.mapped()->kind == kind::folder, user,
           w_->next_cookie++);
}

void fake_disk::sync() { w_->sync_all(); }

bool fake_disk::exists(std::string_view path) const {
  return w_->find("look", path, user).has_value();
}

std::string fake_disk::read(std::string_view path) const {
  auto n = w_->find("read", path, user);
  if (!n || (*n)->kind != kind::file) throw std::out_of_range("no file " + printable(path));
  return (*n)->now.data;
}

std::map<std::string, tree_entry> fake_disk::tree(std::string_view below,
                                                  std::string_view skip) const {
  std::map<std::string, tree_entry> out;
  auto top = w_->find("list", below, user);
  if (!top) return out;
  std::vector<std::pair<std::string, node_ptr>> todo{{std::string(below), *top}};
  while (!todo.empty()) {
    auto [path, folder] = todo.back();
    todo.pop_back();
    for (const auto& [name, n] : folder->now.children) {
      auto at = join_path(path, name);
      if (!skip.empty() && is_within(at, skip)) continue;
      out[at] = entry_of(n->kind, n->now);
      if (n->kind == kind::folder) todo.emplace_back(at, n);
    }
  }
  return out;
}

void fake_disk::fail_next(verb v, errc code, int count) {
  if (count > 0) w_->failing[v] = {code, count};
  else w_->failing.erase(v);
}

void fake_disk::fail_when(std::function<std::optional<errc>(verb, std::string_view)> ask) {
  w_->ask = std::move(ask);
}

void fake_disk::die_after(std::uint64_t n) { w_->dies_at = w_->changes + n; }
void fake_disk::before_next_with(verb v, std::string part, std::function<void(const std::string&)> act) {
  w_->surprises.push_back({v, "", std::move(part), std::move(act)});
}
void fake_disk::before_next(verb v, std::string path, std::function<void()> act) {
  w_->surprises.push_back({v, std::move(path), "", [act = std::move(act)](const std::string&) { act(); }});
}

void fake_disk::forget_surprises() { w_->surprises.clear(); }
void fake_disk::powered_by(std::function<bool(bool)> power) { w_->power = std::move(power); }
std::uint64_t fake_disk::failed() const { return w_->failed; }
bool fake_disk::dead() const { return w_->is_dead; }
void fake_disk::crash(const std::function<bool()>& survives) { w_->crash(survives); }
void fake_disk::vanish_root(bool gone) { w_->gone = gone; }

void fake_disk::replace_root() {
  // The old root keeps its inode number: nothing may be mistaken for it.
  if (!w_->former_root) w_->former_root = {w_->root, w_->root_generation, w_->used};
  w_->root_generation = w_->generation + 1000;
  ++w_->generation;
  w_->pending.clear();
  while (!w_->held.empty()) release_writer(std::string(w_->held.begin()->first));  // nothing is unmounted that is open
  w_->used = 0;
  w_->root = w_->fresh(kind::folder, 0755);
  w_->root->inode = w_->next_inode++;
  w_->root->links = 1;
  w_->root->durable = w_->root->now;
}

void fake_disk::bring_root_back() {
  if (!w_->former_root) return;
  std::tie(w_->root, w_->root_generation, w_->used) = *std::exchange(w_->former_root, std::nullopt);
  ++w_->generation;
  w_->pending.clear();
  w_->held.clear();
}

void fake_disk::make_unreadable(std::string_view path, bool unreadable) {
  auto n = must(w_->find("chmod", path, user));
  n->unreadable = unreadable;
  w_->tell_self(*n, change_kind::attributes, user);
}

void fake_disk::make_all_readable() {
  w_->walk(&node::now, {}, [this](const std::string&, node& n) {
    if (std::exchange(n.unreadable, false)) w_->tell_self(n, change_kind::attributes, user);
  });
}

void fake_disk::mount_over(std::string_view path, bool mounted) {
  must(w_->find("mount", path, user))->mounted = mounted;
}

void fake_disk::set_capacity(std::uint64_t bytes) { w_->options.capacity_bytes = bytes; }

std::uint64_t fake_disk::subscribe(std::function<void(const change&)> seen) {
  w_->seen.emplace(w_->next_subscription, std::move(seen));
  return w_->next_subscription++;
}

void fake_disk::unsubscribe(std::uint64_t subscription) { w_->seen.erase(subscription); }
std::uint64_t fake_disk::changes_made() const { return w_->changes; }

}  // namespace tinysync::fs
