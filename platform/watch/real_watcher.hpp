#pragma once
// The machine's watcher (Linux: inotify).

#include "platform/fs/real_disk.hpp"
#include "platform/watch/watcher.hpp"

namespace tinysync::watch {

/// Watches below the disk's root; the disk must outlive it. The destructor joins the thread, after
/// the last callback. io_failed or too_many_requests if the kernel gives no watcher.
result<std::unique_ptr<watcher>> watch_disk(fs::real_disk& disk, event_callback seen);

}  // namespace tinysync::watch
