// inotify: one thread reads events and says which paths they are about.
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

#include "platform/fs/types.hpp"
#include "platform/watch/real_watcher.hpp"
#include "platform/watch/watched_paths.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::watch {
namespace {

constexpr std::uint32_t mask = IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB |
                               IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF | IN_ONLYDIR |
                               IN_EXCL_UNLINK;
// The two halves of a rename are queued one after the other, but not as one: how long the second
// may take after the first has been read.
constexpr std::chrono::milliseconds half_move_wait{20};

class owned_fd {
 public:
  explicit owned_fd(int fd) : fd_(fd) {}
  owned_fd(const owned_fd&) = delete;
  ~owned_fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

class inotify_watcher final : public watcher {
 public:
  inotify_watcher(fs::real_disk& disk, event_callback seen)
      : disk_(disk),
        seen_(std::move(seen)),
        inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
        wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

  ~inotify_watcher() override {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    std::ignore = ::write(wake_.get(), &one, sizeof one);
    thread_.join();
  }

  result<void> start() {
    if (inotify_.get() < 0 || wake_.get() < 0)
      return failure(errno == EMFILE ? errc::too_many_requests : errc::io_failed,
                     std::string("inotify: ") + std::strerror(errno));
    thread_ = std::thread([this] { run(); });
    return {};
  }

  result<bool> add(std::string_view folder) override {
    auto opened = disk_.open_folder_descriptor(folder);
    if (!opened) return failure(opened.error());
    owned_fd fd(*opened);
    // By descriptor: no symlink or mount can come between the check and the watch.
    char link[32];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd.get());
    std::lock_guard lock(m_);
    int watch = ::inotify_add_watch(inotify_.get(), link, mask);
    if (watch < 0) {
      const errc code = errno == ENOSPC || errno == ENOMEM    ? errc::too_many_requests
                        : errno == ENOENT || errno == ENOTDIR ? errc::missing
                        : errno == EACCES                     ? errc::permission_denied
                                                              : errc::io_failed;
      return failure(code, "watch " + printable(folder) + ": " + std::strerror(errno));
    }
    const bool fresh = !paths_.path_of(watch);
    paths_.set(folder, watch);
    return fresh;
  }

  void remove(std::string_view folder) override {
    std::lock_guard lock(m_);
    drop_below(folder);
  }

  std::size_t watched() const override {
    std::lock_guard lock(m_);
    return paths_.size();
  }

 private:
  void drop_below(std::string_view folder) {
    for (int watch : paths_.take_below(folder)) ::inotify_rm_watch(inotify_.get(), watch);
  }

  void run() {
    alignas(inotify_event) char buffer[64u << 10];
    for (;;) {
      pollfd fds[2] = {{inotify_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
      ::poll(fds, 2, halves_.empty() ? -1 : static_cast<int>(half_move_wait.count()));
      if (fds[1].revents) return;
      std::vector<event> batch;
      ssize_t n;
      while ((n = ::read(inotify_.get(), buffer, sizeof buffer)) > 0) {
        std::lock_guard lock(m_);
        for (ssize_t at = 0; at < n;) {
          auto e = reinterpret_cast<const inotify_event*>(buffer + at);
          translate(*e, batch);
          at += static_cast<ssize_t>(sizeof(inotify_event) + e->len);
        }
      }
      forget_halves();
      if (!batch.empty()) seen_(std::move(batch));
    }
  }

  // Folders that left for where nobody watches: what was known below them is no more.
  void forget_halves() {
    const auto limit = std::chrono::steady_clock::now() - half_move_wait;
    std::lock_guard lock(m_);
    std::erase_if(halves_, [&](const auto& half) {
      if (half.second.since > limit) return false;
      for (int watch : paths_.take_aside(half.second.path))
        ::inotify_rm_watch(inotify_.get(), watch);
      return true;
    });
  }

  void translate(const inotify_event& e, std::vector<event>& batch) {
    if (e.mask & IN_Q_OVERFLOW) return batch.push_back({.kind = event_kind::overflow});
    const auto folder = paths_.path_of(e.wd);
    if (!folder) return;
    if (e.mask & IN_IGNORED) {
      paths_.erase(e.wd);
      return batch.push_back({.folder = *folder, .kind = event_kind::watch_lost});
    }
    if (e.mask & IN_MOVE_SELF) {
      // Of other folders their parents tell. A root that moved is to be looked up anew.
      if (folder->empty()) batch.push_back({.kind = event_kind::watch_lost});
      return;
    }
    if (e.len == 0) return;  // about the folder itself; its parent tells
    event out{*folder, e.name, event_kind::changed, (e.mask & IN_ISDIR) != 0, e.cookie};
    if (e.mask & IN_CREATE) out.kind = event_kind::created;
    if (e.mask & IN_DELETE) out.kind = event_kind::deleted;
    if (e.mask & IN_ATTRIB) out.kind = event_kind::attributes;
    if (e.mask & IN_MOVED_FROM) out.kind = event_kind::moved_from;
    if (e.mask & IN_MOVED_TO) out.kind = event_kind::moved_to;
    if (out.is_folder) follow(out);
    batch.push_back(std::move(out));
  }

  // Watches stay with folders that move; their paths follow.
  void follow(const event& e) {
    auto path = join_path(e.folder, e.name);
    if (e.kind == event_kind::moved_from) {
      paths_.set_aside(path);
      halves_[e.cookie] = {std::move(path), std::chrono::steady_clock::now()};
    }
    if (e.kind != event_kind::moved_to) return;
    if (auto half = halves_.extract(e.cookie)) paths_.move(half.mapped().path, path);
  }

  struct half_move {
    std::string path;
    std::chrono::steady_clock::time_point since;
  };

  fs::real_disk& disk_;
  const event_callback seen_;
  owned_fd inotify_, wake_;
  mutable std::mutex m_;
  watched_paths paths_;
  std::map<std::uint32_t, half_move> halves_;  // by cookie; the watcher's thread alone
  std::thread thread_;
};

}  // namespace

result<std::unique_ptr<watcher>> watch_disk(fs::real_disk& disk, event_callback seen) {
  auto w = std::make_unique<inotify_watcher>(disk, std::move(seen));
  if (auto started = w->start(); !started) return failure(started.error());
  return w;
}

}  // namespace tinysync::watch
