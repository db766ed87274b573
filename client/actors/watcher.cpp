#include "client/actors/watcher.hpp"

#include "client/actors/touched.hpp"
#include "client/folder/layout.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::client {
namespace {

using watch::event_kind;

constexpr int most_watched_again = 64;

/// The last half of a move: which folder, and the cookie of its other half, maybe of the next batch.
struct half_move {
  std::uint32_t cookie = 0;
  std::string from;
};

/// Folders to look at, from one batch of events; our own folder is nobody's business.
pb::FoldersTouched summarise(const std::vector<watch::event>& events, half_move& left) {
  std::set<std::string> folders;
  pb::FoldersTouched out;
  for (const auto& e : events) {
    if (e.is_folder && e.kind == event_kind::moved_from) left = {e.cookie, join_path(e.folder, e.name)};
    if (e.is_folder && e.kind == event_kind::moved_to && e.cookie != 0 && e.cookie == left.cookie) {
      auto& m = *out.add_moved();
      m.set_from(left.from);
      m.set_to(join_path(e.folder, e.name));
      folders.merge(moved_along(folders, std::array{m}));
    }
    if (e.kind == event_kind::overflow && !planted(mistake::overflow_ignored)) out.set_overflow(true);
    if (fs::is_within(e.folder, folder::own_folder)) {
      if (join_path(e.folder, e.name) == folder::echo_path) out.set_echo(true);
      continue;
    }
    if (e.folder.empty() && e.name == folder::own_folder) continue;
    bool quiet = e.kind == event_kind::deleted || e.kind == event_kind::moved_from;
    out.set_removals(out.removals() || quiet);
    if (e.kind == event_kind::watch_lost) {
      if (e.folder.empty()) out.set_overflow(true);
      else folders.insert(std::string(fs::parent_of(e.folder)));
      continue;
    }
    folders.insert(e.folder);
    // It may have become readable.
    if (e.kind == event_kind::attributes && e.is_folder) folders.insert(join_path(e.folder, e.name));
  }
  for (const auto& f : folders) out.add_folders(f);
  return out;
}

}  // namespace

folder_watcher::folder_watcher(actors::context& self, agent_doors doors, vault_config vault)
    : self_(self), doors_(std::move(doors)), vault_(std::move(vault)) {
  open();
}

/// Neither may be there at first: the root may be away, and the kernel gives a user so many watchers.
void folder_watcher::open() {
  if (!disk_) {
    auto opened = doors_.open_root(vault_.root);
    if (!opened) return;
    disk_ = *opened;
    auto is = disk_->identity();
    shared_ = is && is->shared;
  }
  auto me = self_.self<faces::watcher>();
  auto made = doors_.watch_root(vault_.root, [me, left = half_move{}](std::vector<watch::event> events) mutable {
    auto m = summarise(events, left);
    if (m.folders_size() > 0 || m.overflow() || m.echo()) me.tell(std::move(m));
  });
  if (made) {
    watcher_ = std::move(*made);
    static_cast<void>(watcher_->add(folder::own_folder));
  } else {
    why_unwatched_ = to_string(made.error());
    self_.failed("no watcher: " + why_unwatched_);
  }
}

pb::Polled folder_watcher::polled() const {
  pb::Polled out;
  if (!watcher_) {
    out.set_folders(1);
    out.set_why("nothing is watched: " + why_unwatched_ + " (fs.inotify.max_user_instances)");
  } else if (shared_) {
    out.set_folders(watcher_->watched());
    out.set_why("other machines may change this file system without a word to this one");
  } else if (!unwatched_.empty()) {
    out.set_folders(unwatched_.size());
    out.set_why(why_unwatched_ == name_of(errc::too_many_requests)
                    ? "the kernel's limit of watches is reached (fs.inotify.max_user_watches)"
                    : why_unwatched_);
  }
  return out;
}

void folder_watcher::poll_later() {
  if (poll_due_ || polled().folders() == 0) return;
  poll_due_ = true;
  self_.delay(doors_.config.poll_files_every, pb::Poll{});
}

void folder_watcher::handle(const pb::Poll&) {
  poll_due_ = false;
  pb::FoldersTouched look;
  look.set_overflow(!watcher_ || shared_);
  if (!look.overflow())
    for (const auto& f : unwatched_) look.add_folders(f);
  if (look.overflow() || look.folders_size() > 0)
    self_.send(self_.sibling<faces::engine>("engine"), std::move(look));
  poll_later();
}

/// The watches of an earlier life ended with it, and what it had gathered: the engine looks at everything
/// once, which sets new ones.
void folder_watcher::started(actors::context& self) {
  if (self.start().generation == 1) return;
  pb::FoldersTouched all;
  all.set_overflow(true);
  self.send(self.sibling<faces::engine>("engine"), std::move(all));
}

/// A folder that was watched already has told of every folder made in it since.
void folder_watcher::add_tree(const std::string& folder, depth below, std::string& failed) {
  auto added = watcher_->add(folder);
  if (added && !*added && below == depth::new_folders) return;
  auto entries = added ? disk_->list(folder) : result<std::vector<fs::entry>>(failure(added.error()));
  if (!entries) {
    // Gone, or no folder any more: what has its name now is found from above.
    // Another file system is not entered.
    auto why = entries.error().code;
    if (why == errc::missing || why == errc::unsupported || why == errc::outside_root) return;
    failed = std::string(name_of(entries.error().code));
    unwatched_.insert(folder);
    return;
  }
  if (*added) fresh_.push_back(folder);
  auto next = below == depth::everything ? below : depth::new_folders;
  for (const auto& e : *entries) {
    if (e.stat.kind != fs::kind::folder) continue;
    if (folder.empty() && e.name == folder::own_folder) continue;
    if (!ignored_.empty() && ignored_.contains(join_path(folder, e.name))) continue;
    add_tree(join_path(folder, e.name), next, failed);
  }
}

pb::Watching folder_watcher::handle(const pb::Watch& m) {
  pb::Watching out;
  if (!watcher_) open();
  if (!watcher_ || !disk_) {
    out.set_failed("unsupported");
    *out.mutable_polled() = polled();
    poll_later();
    return out;
  }
  std::string failed;
  std::set<std::string> again;
  fresh_.clear();
  // What could not be watched before, a few at a time: the kernel's limit may hold for thousands.
  for (int i = 0; i < most_watched_again && !unwatched_.empty(); ++i) again.insert(unwatched_.extract(unwatched_.begin()));
  for (const auto& f : again) add_tree(f, depth::everything, failed);
  for (const auto& f : m.folders()) ignored_.erase(f);
  for (const auto& f : m.folders())
    add_tree(f, m.whole_tree() ? depth::everything : depth::one_level, failed);
  if (m.take_touched()) {
    for (const auto& f : std::exchange(touched_, {})) {
      add_tree(f, depth::one_level, failed);
      out.add_touched(f);
    }
  }
  for (const auto& f : fresh_) out.add_fresh(f);
  // Once: what cannot be watched is tried again with every request.
  if (!failed.empty() && failed != why_unwatched_) {
    log::warn("watch.incomplete", "root={} why={}", vault_.root, failed);
    self_.failed("not every folder is watched: " + failed);
  }
  if (!failed.empty() || unwatched_.empty()) why_unwatched_ = failed;
  *out.mutable_polled() = polled();
  poll_later();
  out.set_folders(watcher_->watched());
  out.set_failed(failed);
  return out;
}

void folder_watcher::handle(const pb::Unwatch& m) {
  for (const auto& f : m.folders())
    if (ignored_.insert(f).second && watcher_) watcher_->remove(f);
}

/// Gathers what comes close together; removals wait longer, for the other half of a move or a save.
void folder_watcher::handle(const pb::FoldersTouched& m) {
  touched_.merge(moved_along(touched_, m.moved()));
  for (const auto& one : m.moved()) *moved_.Add() = one;
  for (const auto& f : m.folders()) touched_.insert(f);
  overflow_ |= m.overflow();
  if (m.echo()) return echoed();
  if (!gathering_) {
    gathering_ = true;
    waits_longer_ = m.removals();
    self_.delay(m.removals() ? doors_.config.gather_deletes : doors_.config.gather, pb::Tick{});
  } else if (m.removals() && !waits_longer_) {
    waits_longer_ = longer_ = true;  // once: the tick that is due begins the longer wait
  }
}

/// Tries again what could not be watched. True if there was anything: events may be missing.
bool folder_watcher::watch_again() {
  auto folders = std::move(unwatched_);
  unwatched_.clear();
  std::string failed;
  for (const auto& f : folders) add_tree(f, depth::everything, failed);
  return !folders.empty();
}

void folder_watcher::handle(const pb::Tick&) {
  if (std::exchange(longer_, false)) return self_.delay(doors_.config.gather_deletes, pb::Tick{});
  gathering_ = false;
  pass_on();
}

void folder_watcher::pass_on() {
  if (touched_.empty() && moved_.empty() && !overflow_) return;
  pb::FoldersTouched out;
  for (const auto& f : touched_) out.add_folders(f);
  out.mutable_moved()->Swap(&moved_);
  moved_.Clear();
  out.set_overflow(overflow_);
  touched_.clear();
  overflow_ = false;
  self_.send(self_.sibling<faces::engine>("engine"), std::move(out));
}

/// Who takes what was gathered comes first, and the others hear of the next echo.
void folder_watcher::echoed() {
  pb::FoldersTouched out;
  if (auto takers = std::exchange(taking_, {}); !takers.empty()) {
    out.set_overflow(overflow_ || polled().folders() > 0);
    std::string failed;
    fresh_.clear();
    for (const auto& f : touched_) add_tree(f, depth::one_level, failed);
    touched_.insert(fresh_.begin(), fresh_.end());  // somebody may have put something there before
    for (const auto& f : std::exchange(touched_, {})) out.add_folders(f);
    for (const auto& t : takers) t.deliver(std::exchange(out, {}));
    return flushing_.empty() ? void() : make_echo();
  }
  pass_on();
  out.set_overflow(watch_again());
  for (const auto& f : std::exchange(flushing_, {})) f.deliver(out);
}

void folder_watcher::make_echo() {
  static_cast<void>(disk_->unlink(folder::echo_path));
  auto made = disk_->create_staged(folder::echo_path, 0600);
  if (made) return;
  for (auto* waiting : {&taking_, &flushing_})
    for (const auto& f : std::exchange(*waiting, {})) f.fail(made.error());
}

/// Makes an event of our own and answers when it comes back: everything before it has been told.
actors::later<pb::FoldersTouched> folder_watcher::handle(const pb::Flush& m, actors::context& self) {
  actors::later<pb::FoldersTouched> answer(self);
  if (!watcher_ || !disk_ || shared_) {
    pb::FoldersTouched out;
    out.set_overflow(true);
    answer.deliver(std::move(out));
    return answer;
  }
  (m.take() ? taking_ : flushing_).push_back(answer);
  make_echo();
  return answer;
}

}  // namespace tinysync::client
