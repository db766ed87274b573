// What a power cut leaves of a fake disk.
#include <algorithm>

#include "platform/fs/fake_world.hpp"

namespace tinysync::fs {
namespace {

/// Does b build upon a, which came first? What is moved into a folder just made is never in neither place.
bool touches(const folder_change& a, const folder_change& b) {
  const bool moves = b.size() > 1;
  for (const auto& x : a)
    for (const auto& y : b) {
      if (x.folder == y.folder && x.name == y.name) return true;
      if (moves && x.after && x.after == y.folder) return true;
      for (const auto& n : {x.before, x.after})
        if (n && (n == y.before || n == y.after)) return true;
    }
  return false;
}

/// Half of what was written since the last sync: what was appended to stays.
std::string torn(const node& n) {
  const auto &now = n.now.data, &synced = n.durable.data;
  const auto kept = now.starts_with(synced) ? synced.size() : 0;
  return now.substr(0, kept + (now.size() - kept) / 2);
}

void apply(const folder_change& change) {
  for (const auto& a : change) {
    if (a.after)
      a.folder->durable.children[a.name] = a.after;
    else
      a.folder->durable.children.erase(a.name);
  }
}

}  // namespace

void fake_disk::world::sync_body(node& n) {
  n.durable.data = n.now.data;
  n.durable.mode = n.now.mode;
  n.durable.mtime_ns = n.now.mtime_ns;
}

// A change drags along what it builds upon, as a journal does: a rename the creation before it.
void fake_disk::world::make_durable(std::size_t op) {
  std::vector<bool> wanted(op + 1, false);
  wanted[op] = true;
  for (std::size_t i = op; i-- > 0;)
    for (std::size_t j = i + 1; j <= op && !wanted[i]; ++j)
      wanted[i] = wanted[j] && touches(pending[i], pending[j]);
  std::vector<folder_change> left;
  for (std::size_t i = 0; i < pending.size(); ++i) {
    if (i <= op && wanted[i])
      apply(pending[i]);
    else
      left.push_back(std::move(pending[i]));
  }
  pending = std::move(left);
}

void fake_disk::world::sync_folder(const node_ptr& folder) {
  sync_body(*folder);
  for (std::size_t i = pending.size(); i-- > 0;) {
    const bool here = std::any_of(pending[i].begin(), pending[i].end(),
                                  [&](const assignment& a) { return a.folder == folder; });
    if (!here) continue;
    make_durable(i);
    i = pending.size();  // some before it went along
  }
}

void fake_disk::world::sync_all() {
  for (const auto& change : pending) apply(change);
  pending.clear();
  std::vector<node*> todo{root.get()};
  while (!todo.empty()) {
    node* n = todo.back();
    todo.pop_back();
    sync_body(*n);
    for (auto& [name, child] : n->now.children) todo.push_back(child.get());
  }
}

void fake_disk::world::crash(const std::function<bool()>& survives) {
  for (std::size_t i = 0; survives && i < pending.size();) {
    if (!survives()) {
      ++i;
      continue;
    }
    const auto before = pending.size();
    make_durable(i);
    i -= std::min(i, before - pending.size() - 1);
  }
  pending.clear();
  std::set<std::uint64_t> taken;
  std::set<node*> visited;
  std::vector<node*> todo{root.get()};
  used = 0;
  root->links = 1;
  while (!todo.empty()) {
    node* n = todo.back();
    todo.pop_back();
    if (n->kind == kind::file && n->now.data != n->durable.data && survives) {
      // Whole, half, or not at all.
      if (survives())
        n->durable.data = n->now.data;
      else if (survives())
        n->durable.data = torn(*n);
    }
    n->now = n->durable;
    n->open_handles = n->open_writers = 0;
    used += n->now.data.size();
    // A number given to a new entry whose former owner is back.
    if (!taken.insert(n->inode).second) taken.insert(n->inode = next_inode++);
    for (auto& [name, child] : n->now.children) {
      child->parent = n;
      child->name = name;
      if (visited.insert(child.get()).second) {
        child->links = 0;
        todo.push_back(child.get());
      }
      ++child->links;
    }
  }
  free_inodes.clear();
  for (std::uint64_t i = 2; i < next_inode; ++i)
    if (!taken.contains(i)) free_inodes.insert(i);
  ++generation;
  held.clear();
  is_dead = false;
  dies_at.reset();
  failing.clear();
}

std::map<std::string, tree_entry> fake_disk::durable_tree(std::string_view skip) const {
  std::map<std::string, tree_entry> out;
  w_->walk(&node::durable, skip, [&](const std::string& path, const node& n) {
    out[path] = entry_of(n.kind, n.durable);
  });
  return out;
}

std::vector<std::string> fake_disk::tearable() const {
  std::vector<std::string> out;
  auto look = [&](const node& n) {
    if (n.kind == kind::file && n.written_by == author::user && n.now.data != n.durable.data)
      out.push_back(torn(n));
  };
  // What was removed may be back, too.
  for (auto which : {&node::now, &node::durable})
    w_->walk(which, {}, [&](const std::string&, const node& n) { look(n); });
  for (const auto& change : w_->pending)
    for (const auto& a : change)
      if (a.before) look(*a.before);
  return out;
}

}  // namespace tinysync::fs
