#pragma once
// Inside platform/sqlite only: the files behind fake_files, with what is durable of each beside what is.

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "platform/sqlite/fake_files.hpp"

struct sqlite3_vfs;

namespace tinysync::sqlite {

constexpr std::size_t shm_slots = 8;  // SQLITE_SHM_NLOCK

struct handle;

/// One write since the last sync; without bytes a truncation to `offset`.
struct unsynced {
  std::size_t offset = 0;
  std::optional<std::string> bytes;
};

inline void perform(std::string& on, const unsynced& u, bool half = false) {
  if (!u.bytes) {
    if (on.size() > u.offset) on.resize(u.offset);
    return;
  }
  auto n = half ? u.bytes->size() / 2 : u.bytes->size();
  if (on.size() < u.offset + n) on.resize(u.offset + n);
  std::memcpy(on.data() + u.offset, u.bytes->data(), n);
}

struct file_node {
  std::string now, durable;
  std::vector<unsynced> pending;
  int shared = 0;
  handle* reserved = nullptr;
  handle* exclusive = nullptr;
  std::vector<std::unique_ptr<char[]>> shm;
  std::set<handle*> shm_users;
  std::array<std::set<handle*>, shm_slots> shm_shared;
  std::array<handle*, shm_slots> shm_exclusive{};

  void change(unsynced u) {
    perform(now, u);
    pending.push_back(std::move(u));
  }
  void sync() {
    for (const auto& u : pending) perform(durable, u);
    pending.clear();
  }
  void forget_locks() {
    shared = 0;
    reserved = exclusive = nullptr;
    for (auto& s : shm_shared) s.clear();
    shm_exclusive.fill(nullptr);
    shm_users.clear();
  }
};
using file_ptr = std::shared_ptr<file_node>;
using names = std::map<std::string, file_ptr>;

/// A name gets another meaning; null: none.
struct naming {
  std::string name;
  file_ptr file;
};
using name_change = std::vector<naming>;

inline void perform(names& on, const name_change& c) {
  for (const auto& n : c)
    if (n.file) on[n.name] = n.file;
    else on.erase(n.name);
}

inline std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

struct fake_files::world {
  names now, durable;
  std::vector<name_change> pending;
  std::map<file_verb, std::pair<errc, int>> failing;
  std::function<bool(bool)> power;
  std::uint64_t failed = 0, capacity = ~0ull, generation = 1;
  std::string vfs_name;
  std::shared_ptr<sqlite3_vfs> vfs;

  std::optional<errc> trouble(file_verb v) {
    const bool changing = v != file_verb::read && v != file_verb::open;
    if (power && !power(changing)) return errc::cancelled;
    auto at = failing.find(v);
    if (at == failing.end()) return std::nullopt;
    auto code = at->second.first;
    if (--at->second.second <= 0) failing.erase(at);
    ++failed;
    return code;
  }
  file_ptr find(const std::string& path) const {
    auto at = now.find(path);
    return at == now.end() ? nullptr : at->second;
  }
  void enter(name_change c) {
    perform(now, c);
    pending.push_back(std::move(c));
  }
  void sync_folder(const std::string& folder) {
    std::erase_if(pending, [&](const name_change& c) {
      if (folder_of(c.front().name) != folder) return false;
      perform(durable, c);
      return true;
    });
  }
  std::uint64_t used() const {
    std::uint64_t n = 0;
    for (const auto& [path, f] : now) n += f->now.size();
    return n;
  }
};

/// SQLite's way to the files of `w`, until the handle goes.
std::shared_ptr<sqlite3_vfs> register_vfs(fake_files::world& w);

}  // namespace tinysync::sqlite
