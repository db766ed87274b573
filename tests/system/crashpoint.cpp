// A library for LD_PRELOAD that sees every call that changes what is on the disk, over all threads of the
// process, and ends the process at one of them, as kill -9 does.
//
//   CRASHPOINT_BELOW=/a:/b   calls on anything below these folders count (needed)
//   CRASHPOINT_LOG=FILE      one line for each: number, call, path
//   CRASHPOINT_AT=N          dies at the N-th ...
//   CRASHPOINT_WHEN=before   ... before it is made, "after" it, or when "half" is written (before, if it
//                            is no write)
//
// The agent reaches everything in a root by openat2, which has no wrapper in libc: it goes through
// syscall(2), so that is watched as well. Times and extended attributes do not count. Not seen: what stdio
// writes (logs), stores to mapped pages (SQLite maps its -shm alone,
// which a crash makes it rebuild), io_uring, static programs.

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <string_view>

namespace {

enum class moment { before, after, half };

std::atomic<long> made{0};
thread_local bool inside = false;  // a call of our own, or of a wrapper that calls another

struct settings {
  std::string below = text("CRASHPOINT_BELOW"), log = text("CRASHPOINT_LOG");
  long at = atol(text("CRASHPOINT_AT").c_str());
  moment when = text("CRASHPOINT_WHEN") == "after"  ? moment::after
                : text("CRASHPOINT_WHEN") == "half" ? moment::half
                                                    : moment::before;
  int log_fd = -1;
  static std::string text(const char* name) {
    const char* value = getenv(name);
    return value ? value : "";
  }
};

template <class F>
F real(const char* name) {
  auto found = reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
  if (!found) abort();
  return found;
}

settings& how() {
  static settings* s = [] {
    auto* made = new settings;  // never destroyed: threads outlive main
    if (!made->log.empty())
      made->log_fd = real<int (*)(const char*, int, ...)>("open")(
          made->log.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    return made;
  }();
  return *s;
}

/// Of an open file, or of a name in an open folder.
std::string path_of(int fd, const char* name) {
  if (name && *name == '/') return name;
  char link[64], target[4096];
  if (fd == AT_FDCWD) strcpy(link, "/proc/self/cwd");
  else snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  auto n = readlink(link, target, sizeof target);
  std::string path(target, n > 0 ? static_cast<std::size_t>(n) : 0);
  return name && *name ? path + "/" + name : path;
}

bool counts(const std::string& path) {
  std::string_view left = how().below;
  while (!left.empty()) {
    auto end = left.find(':');
    auto folder = left.substr(0, end);
    if (!folder.empty() && path.starts_with(folder) &&
        (path.size() == folder.size() || path[folder.size()] == '/'))
      return true;
    left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
  }
  return false;
}

[[noreturn]] void die() {
  for (;;) kill(getpid(), SIGKILL);
}

/// One call: counted when it is made, dead before or after it if it is the one.
class counted {
 public:
  counted(const char* call, int fd, const char* name, bool writes = false) {
    if (inside || how().below.empty()) return;
    inside = outermost_ = true;
    auto path = path_of(fd, name);
    if (!counts(path)) return;
    number_ = ++made;
    if (how().log_fd >= 0) {
      for (auto& c : path)
        if (c == '\n') c = '?';
      auto line = std::to_string(number_) + " " + call + " " + path + "\n";
      static auto write = real<ssize_t (*)(int, const void*, size_t)>("write");
      static_cast<void>(!write(how().log_fd, line.data(), line.size()));
    }
    if (is(moment::before) || (is(moment::half) && !writes)) die();
  }
  ~counted() {
    auto kept = errno;
    if (is(moment::after)) die();
    if (outermost_) inside = false;
    errno = kept;
  }
  bool is(moment m) const { return number_ != 0 && number_ == how().at && how().when == m; }

 private:
  long number_ = 0;
  bool outermost_ = false;
};

bool creates(int flags) { return (flags & (O_CREAT | O_TRUNC)) != 0; }

}  // namespace

// One line a function: its name, its parameters, the descriptor and the name that say what it is about,
// what it is called with.
#define WATCH(ret, name, parameters, fd, path, ...)   \
  ret name parameters {                                \
    static auto next = real<decltype(&name)>(#name);   \
    counted c(#name, fd, path);                        \
    return next(__VA_ARGS__);                          \
  }
#define WATCH_WRITE(name, parameters, ...)             \
  ssize_t name parameters {                            \
    static auto next = real<decltype(&name)>(#name);   \
    counted c(#name, f, nullptr, true);                \
    if (!c.is(moment::half)) return next(f, b, n __VA_OPT__(, ) __VA_ARGS__); \
    next(f, b, n / 2 __VA_OPT__(, ) __VA_ARGS__);      \
    die();                                             \
  }
#define WATCH_OPEN(name, parameters, folder, ...)      \
  int name parameters {                                \
    static auto next = real<decltype(&name)>(#name);   \
    va_list rest;                                      \
    va_start(rest, flags);                             \
    auto mode = creates(flags) ? va_arg(rest, mode_t) : mode_t{}; \
    va_end(rest);                                      \
    if (!creates(flags)) return next(__VA_ARGS__, mode); \
    counted c(#name, folder, path);                    \
    return next(__VA_ARGS__, mode);                    \
  }

extern "C" {

WATCH(int, fsync, (int f), f, nullptr, f)
WATCH(int, fdatasync, (int f), f, nullptr, f)
WATCH(int, syncfs, (int f) noexcept, f, nullptr, f)
WATCH(int, sync_file_range, (int f, off64_t a, off64_t n, unsigned g), f, nullptr, f, a, n, g)
WATCH(int, ftruncate, (int f, off_t n) noexcept, f, nullptr, f, n)
WATCH(int, ftruncate64, (int f, off64_t n) noexcept, f, nullptr, f, n)
WATCH(int, fallocate, (int f, int m, off_t a, off_t n), f, nullptr, f, m, a, n)
WATCH(int, posix_fallocate, (int f, off_t a, off_t n), f, nullptr, f, a, n)
WATCH(int, fchmod, (int f, mode_t m) noexcept, f, nullptr, f, m)
WATCH(int, fchmodat, (int d, const char* p, mode_t m, int g) noexcept, d, p, d, p, m, g)
WATCH(int, chmod, (const char* p, mode_t m) noexcept, AT_FDCWD, p, p, m)
WATCH(int, rename, (const char* a, const char* b) noexcept, AT_FDCWD, b, a, b)
WATCH(int, renameat, (int d, const char* a, int e, const char* b) noexcept, e, b, d, a, e, b)
WATCH(int, renameat2, (int d, const char* a, int e, const char* b, unsigned g) noexcept, e, b, d, a, e, b, g)
WATCH(int, link, (const char* a, const char* b) noexcept, AT_FDCWD, b, a, b)
WATCH(int, linkat, (int d, const char* a, int e, const char* b, int g) noexcept, e, b, d, a, e, b, g)
WATCH(int, symlink, (const char* a, const char* b) noexcept, AT_FDCWD, b, a, b)
WATCH(int, symlinkat, (const char* a, int e, const char* b) noexcept, e, b, a, e, b)
WATCH(int, unlink, (const char* p) noexcept, AT_FDCWD, p, p)
WATCH(int, unlinkat, (int d, const char* p, int g) noexcept, d, p, d, p, g)
WATCH(int, rmdir, (const char* p) noexcept, AT_FDCWD, p, p)
WATCH(int, mkdir, (const char* p, mode_t m) noexcept, AT_FDCWD, p, p, m)
WATCH(int, mkdirat, (int d, const char* p, mode_t m) noexcept, d, p, d, p, m)
WATCH(ssize_t, writev, (int f, const struct iovec* v, int n), f, nullptr, f, v, n)
WATCH(ssize_t, pwritev, (int f, const struct iovec* v, int n, off_t o), f, nullptr, f, v, n, o)
WATCH(ssize_t, copy_file_range, (int f, off64_t* a, int g, off64_t* b, size_t n, unsigned x), g, nullptr,
      f, a, g, b, n, x)

WATCH_WRITE(write, (int f, const void* b, size_t n))
WATCH_WRITE(pwrite, (int f, const void* b, size_t n, off_t o), o)
WATCH_WRITE(pwrite64, (int f, const void* b, size_t n, off64_t o), o)
WATCH_OPEN(open, (const char* path, int flags, ...), AT_FDCWD, path, flags)
WATCH_OPEN(open64, (const char* path, int flags, ...), AT_FDCWD, path, flags)
WATCH_OPEN(openat, (int folder, const char* path, int flags, ...), folder, folder, path, flags)
WATCH_OPEN(openat64, (int folder, const char* path, int flags, ...), folder, folder, path, flags)

long syscall(long number, ...) noexcept {
  static auto next = real<long (*)(long, ...)>("syscall");
  va_list rest;
  va_start(rest, number);
  long a[6];
  for (auto& x : a) x = va_arg(rest, long);
  va_end(rest);
  auto make = [&] { return next(number, a[0], a[1], a[2], a[3], a[4], a[5]); };
  auto name = [&](int i) { return reinterpret_cast<const char*>(a[i]); };
  auto fd = [&](int i) { return static_cast<int>(a[i]); };
  auto watched = [&](const char* call, int at, const char* path) {
    counted c(call, at, path);
    return make();
  };
  switch (number) {
    case SYS_openat2: {
      auto flags = reinterpret_cast<const open_how*>(a[2])->flags;
      return creates(static_cast<int>(flags)) ? watched("openat2", fd(0), name(1)) : make();
    }
    case SYS_renameat2: return watched("renameat2", fd(2), name(3));
    case SYS_unlinkat: return watched("unlinkat", fd(0), name(1));
    case SYS_linkat: return watched("linkat", fd(2), name(3));
    case SYS_mkdirat: return watched("mkdirat", fd(0), name(1));
    case SYS_fsync: return watched("fsync", fd(0), nullptr);
    case SYS_fdatasync: return watched("fdatasync", fd(0), nullptr);
    case SYS_syncfs: return watched("syncfs", fd(0), nullptr);
    case SYS_ftruncate: return watched("ftruncate", fd(0), nullptr);
    default: return make();
  }
}

}  // extern "C"
