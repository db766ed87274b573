// SQLite's way to fake files: the verbs it asks of an operating system.

#include <sqlite3.h>

#include "platform/sqlite/fake_world.hpp"

namespace tinysync::sqlite {

static_assert(shm_slots == SQLITE_SHM_NLOCK);

using world = fake_files::world;

struct handle {
  world* w;
  file_ptr file;
  std::string path;
  std::uint64_t generation;
  bool names_a_log;        ///< its folder is synced with its own first sync, as SQLite does on Unix
  bool removed_when_closed;
  int level = SQLITE_LOCK_NONE;

  bool dead() const { return generation != w->generation; }
};

namespace {

/// As SQLite allocates it.
struct open_file {
  sqlite3_file base;
  handle* h;
};

handle& of(sqlite3_file* f) { return *reinterpret_cast<open_file*>(f)->h; }

int io_code(errc why, int otherwise) { return why == errc::disk_full ? SQLITE_FULL : otherwise; }

int unlock(sqlite3_file* f, int level) {
  auto& h = of(f);
  if (!h.dead() && level < h.level) {
    auto& n = *h.file;
    if (n.exclusive == &h) n.exclusive = nullptr;
    if (n.reserved == &h) n.reserved = nullptr;
    if (level == SQLITE_LOCK_NONE) --n.shared;
  }
  h.level = std::min(h.level, level);
  return SQLITE_OK;
}

int shm_unmap(sqlite3_file* f, int) {
  auto& h = of(f);
  if (h.dead()) return SQLITE_OK;
  h.file->shm_users.erase(&h);
  for (auto& s : h.file->shm_shared) s.erase(&h);
  for (auto& e : h.file->shm_exclusive)
    if (e == &h) e = nullptr;
  return SQLITE_OK;
}

int close(sqlite3_file* f) {
  auto* h = reinterpret_cast<open_file*>(f)->h;
  unlock(f, SQLITE_LOCK_NONE);
  shm_unmap(f, 0);
  if (h->removed_when_closed && !h->dead() && h->w->now.contains(h->path)) h->w->enter({{h->path, nullptr}});
  delete h;
  return SQLITE_OK;
}

int read(sqlite3_file* f, void* out, int n, sqlite3_int64 at) {
  auto& h = of(f);
  if (h.dead() || h.w->trouble(file_verb::read)) return SQLITE_IOERR_READ;
  const auto& bytes = h.file->now;
  auto from = static_cast<std::size_t>(at), wanted = static_cast<std::size_t>(n);
  auto there = from < bytes.size() ? std::min(wanted, bytes.size() - from) : 0;
  std::memcpy(out, bytes.data() + from, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(out) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* f, const void* bytes, int n, sqlite3_int64 at) {
  auto& h = of(f);
  if (h.dead()) return SQLITE_IOERR_WRITE;
  if (auto why = h.w->trouble(file_verb::write)) return io_code(*why, SQLITE_IOERR_WRITE);
  auto end = static_cast<std::uint64_t>(at) + static_cast<std::uint64_t>(n);
  if (end > h.file->now.size() && h.w->capacity != ~0ull &&
      h.w->used() + end - h.file->now.size() > h.w->capacity)
    return SQLITE_FULL;
  h.file->change({static_cast<std::size_t>(at),
                  std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(n))});
  return SQLITE_OK;
}

int truncate(sqlite3_file* f, sqlite3_int64 size) {
  auto& h = of(f);
  if (h.dead() || h.w->trouble(file_verb::truncate)) return SQLITE_IOERR_TRUNCATE;
  h.file->change({static_cast<std::size_t>(size), std::nullopt});
  return SQLITE_OK;
}

int sync(sqlite3_file* f, int) {
  auto& h = of(f);
  if (h.dead()) return SQLITE_IOERR_FSYNC;
  if (auto why = h.w->trouble(file_verb::sync)) return io_code(*why, SQLITE_IOERR_FSYNC);
  h.file->sync();
  if (std::exchange(h.names_a_log, false)) h.w->sync_folder(folder_of(h.path));
  return SQLITE_OK;
}

int size_of(sqlite3_file* f, sqlite3_int64* size) {
  auto& h = of(f);
  if (h.dead()) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(h.file->now.size());
  return SQLITE_OK;
}

int lock(sqlite3_file* f, int level) {
  auto& h = of(f);
  if (h.dead()) return SQLITE_IOERR_LOCK;
  if (level <= h.level) return SQLITE_OK;
  auto& n = *h.file;
  auto others = [&](handle* who) { return who && who != &h; };
  if (h.level == SQLITE_LOCK_NONE) {
    if (others(n.exclusive)) return SQLITE_BUSY;
    ++n.shared;
    h.level = SQLITE_LOCK_SHARED;
  }
  if (level >= SQLITE_LOCK_RESERVED) {
    if (others(n.reserved) || others(n.exclusive)) return SQLITE_BUSY;
    n.reserved = &h;
    h.level = SQLITE_LOCK_RESERVED;
  }
  if (level >= SQLITE_LOCK_EXCLUSIVE) {
    if (n.shared > 1) return SQLITE_BUSY;
    n.exclusive = &h;
    h.level = SQLITE_LOCK_EXCLUSIVE;
  }
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* f, int* out) {
  *out = of(f).file->reserved || of(f).file->exclusive;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

int shm_map(sqlite3_file* f, int region, int size, int extend, void volatile** out) {
  auto& h = of(f);
  *out = nullptr;
  if (h.dead()) return SQLITE_IOERR_SHMMAP;
  auto& shm = h.file->shm;
  if (h.file->shm_users.empty()) shm.clear();  // what former processes left there is not trusted
  h.file->shm_users.insert(&h);
  auto at = static_cast<std::size_t>(region);
  if (shm.size() <= at && !extend) return SQLITE_OK;
  while (shm.size() <= at) shm.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
  *out = shm[at].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  auto& h = of(f);
  if (h.dead()) return SQLITE_IOERR_SHMLOCK;
  for (auto i = static_cast<std::size_t>(offset); i < static_cast<std::size_t>(offset + n); ++i) {
    auto& shared = h.file->shm_shared[i];
    auto& exclusive = h.file->shm_exclusive[i];
    if (flags & SQLITE_SHM_UNLOCK) continue;
    const bool alone = shared.empty() || (shared.size() == 1 && shared.contains(&h));
    if (exclusive && exclusive != &h) return SQLITE_BUSY;
    if ((flags & SQLITE_SHM_EXCLUSIVE) && !alone) return SQLITE_BUSY;
  }
  for (auto i = static_cast<std::size_t>(offset); i < static_cast<std::size_t>(offset + n); ++i) {
    auto& shared = h.file->shm_shared[i];
    auto& exclusive = h.file->shm_exclusive[i];
    if (flags & SQLITE_SHM_LOCK) {
      if (flags & SQLITE_SHM_SHARED) shared.insert(&h);
      else exclusive = &h;
    } else {
      shared.erase(&h);
      if (exclusive == &h) exclusive = nullptr;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

const sqlite3_io_methods methods = {2,          close,   read,           write,   truncate,    sync,
                                    size_of,    lock,    unlock,         check_reserved, control, sector_size,
                                    characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

world& of(sqlite3_vfs* v) { return *static_cast<world*>(v->pAppData); }

int open(sqlite3_vfs* v, const char* path, sqlite3_file* f, int flags, int* out_flags) {
  auto& w = of(v);
  f->pMethods = nullptr;
  if (!path) return SQLITE_CANTOPEN;  // temporary files are kept in memory
  if (w.trouble(file_verb::open)) return SQLITE_CANTOPEN;
  auto file = w.find(path);
  if (!file) {
    if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    file = std::make_shared<file_node>();
    w.enter({{path, file}});
  }
  const bool log = flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL);
  reinterpret_cast<open_file*>(f)->h =
      new handle{&w, file, path, w.generation, log, (flags & SQLITE_OPEN_DELETEONCLOSE) != 0};
  f->pMethods = &methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs* v, const char* path, int sync_folder) {
  auto& w = of(v);
  if (w.trouble(file_verb::remove)) return SQLITE_IOERR_DELETE;
  if (!w.find(path)) return SQLITE_IOERR_DELETE_NOENT;
  w.enter({{path, nullptr}});
  if (sync_folder) w.sync_folder(folder_of(path));
  return SQLITE_OK;
}

int access(sqlite3_vfs* v, const char* path, int, int* out) {
  *out = of(v).find(path) != nullptr;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int n, char* out) {
  return sqlite3_snprintf(n, out, "%s", path) ? SQLITE_OK : SQLITE_CANTOPEN;
}

// The same in every run: nothing may depend on it.
int randomness(sqlite3_vfs*, int n, char* out) {
  std::memset(out, 7, static_cast<std::size_t>(n));
  return n;
}
int wait(sqlite3_vfs*, int microseconds) { return microseconds; }
int time(sqlite3_vfs*, double* out) {
  *out = 2460000.5;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

std::shared_ptr<sqlite3_vfs> register_vfs(fake_files::world& w) {
  auto v = std::make_unique<sqlite3_vfs>();
  v->iVersion = 1;
  v->szOsFile = sizeof(open_file);
  v->mxPathname = 1024;
  v->zName = w.vfs_name.c_str();
  v->pAppData = &w;
  v->xOpen = open;
  v->xDelete = remove;
  v->xAccess = access;
  v->xFullPathname = full_path;
  v->xRandomness = randomness;
  v->xSleep = wait;
  v->xCurrentTime = time;
  v->xGetLastError = last_error;
  sqlite3_vfs_register(v.get(), 0);
  return {v.release(), [](sqlite3_vfs* gone) {
            sqlite3_vfs_unregister(gone);
            delete gone;
          }};
}

}  // namespace tinysync::sqlite
