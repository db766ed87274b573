#include "platform/watch/fake_watcher.hpp"

#include "platform/watch/watched_paths.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::watch {
namespace {

event_kind kind_of(fs::change_kind k) {
  switch (k) {
    case fs::change_kind::created:
      return event_kind::created;
    case fs::change_kind::deleted:
      return event_kind::deleted;
    case fs::change_kind::modified:
      return event_kind::changed;
    case fs::change_kind::attributes:
      return event_kind::attributes;
    case fs::change_kind::moved_from:
      return event_kind::moved_from;
    case fs::change_kind::moved_to:
      return event_kind::moved_to;
  }
  return event_kind::changed;
}

}  // namespace

struct fake_watcher::state {
  state(fs::fake_disk& d, event_callback s) : disk(d), seen(std::move(s)) {}

  void tell(event e) {
    if (deaf) {
      missed = true;
      return;
    }
    waiting.push_back(std::move(e));
    if (!hold) deliver();
  }
  void deliver() {
    if (waiting.empty()) return;
    seen(std::exchange(waiting, {}));
  }

  void notice(const fs::change& c) {
    const auto path = join_path(c.folder, c.name);
    const bool watched = paths.watch_of(c.folder).has_value();
    if (watched) tell({c.folder, c.name, kind_of(c.kind), c.is_folder, c.cookie});
    if (!c.is_folder) return;
    if (c.kind == fs::change_kind::moved_from) {
      paths.set_aside(path);
      leaving = path;
      cookie = c.cookie;
    }
    if (c.kind == fs::change_kind::moved_to) {
      if (watched && cookie == c.cookie)
        paths.move(leaving, path);
      else
        paths.take_aside(leaving);
    }
    if (c.kind == fs::change_kind::deleted && !paths.take_below(path).empty())
      tell({.folder = path, .kind = event_kind::watch_lost});
  }

  fs::fake_disk& disk;
  event_callback seen;
  watched_paths paths;
  int next = 1;
  std::string leaving;
  std::uint32_t cookie = 0;
  std::vector<event> waiting;
  bool deaf = false, missed = false, hold = false;
  errc refusal = errc::internal;
  std::uint64_t subscription = 0;
};

fake_watcher::fake_watcher(fs::fake_disk& disk, event_callback seen)
    : s_(std::make_shared<state>(disk, std::move(seen))) {
  // The watcher may go while a change is being told: the state stays until that is over.
  s_->subscription = disk.subscribe([weak = std::weak_ptr(s_)](const fs::change& c) {
    if (auto s = weak.lock()) s->notice(c);
  });
}

fake_watcher::~fake_watcher() { s_->disk.unsubscribe(s_->subscription); }

result<bool> fake_watcher::add(std::string_view folder) {
  if (s_->refusal != errc::internal)
    return failure(s_->refusal, "watch " + printable(folder) + ": refused");
  auto st = s_->disk.stat(folder);
  if (!st) return failure(st.error());
  if (st->kind != fs::kind::folder)
    return failure(errc::unsupported, "watch " + printable(folder) + ": not a folder");
  const bool fresh = !s_->paths.watch_of(folder);
  if (fresh) s_->paths.set(folder, s_->next++);
  return fresh;
}

void fake_watcher::remove(std::string_view folder) { s_->paths.take_below(folder); }
std::size_t fake_watcher::watched() const { return s_->paths.size(); }

void fake_watcher::set_deaf(bool deaf) {
  s_->deaf = deaf;
  if (!deaf && std::exchange(s_->missed, false)) s_->tell({.kind = event_kind::overflow});
}

void fake_watcher::refuse_watches(errc code) { s_->refusal = code; }

void fake_watcher::hold_events(bool hold) {
  s_->hold = hold;
  if (!hold) s_->deliver();
}

void fake_watcher::deliver() { s_->deliver(); }

}  // namespace tinysync::watch
