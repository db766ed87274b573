#pragma once
// The door to change notifications: which folder, which name, what happened. Hints only: the disk
// is always asked before anything is believed.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proto/vocabulary/result.hpp"

namespace tinysync::watch {

enum class event_kind : std::uint8_t {
  created,
  deleted,
  changed,     ///< contents written (and the writer closed it, or still writes)
  attributes,  ///< mode, times, link count
  moved_from,
  moved_to,    ///< a pair inside the watched folders has one cookie, never 0
  overflow,    ///< events were lost: everything must be scanned; folder and name are empty
  watch_lost,  ///< this folder is no longer watched (removed, unmounted, moved away)
};

struct event {
  std::string folder;  ///< path relative to the root, as of when it is delivered
  std::string name;    ///< raw bytes of the entry; empty for watch_lost
  event_kind kind = event_kind::changed;
  bool is_folder = false;
  std::uint32_t cookie = 0;
};

/// Batches come one at a time: on the watcher's own thread, or for the fake inside the change.
using event_callback = std::function<void(std::vector<event>)>;

/// Watches single folders (not what is below them). Thread-safe.
class watcher {
 public:
  virtual ~watcher() = default;
  /// Changes of the folder's entries after this returns are reported. missing, unsupported (not a
  /// folder), outside_root, too_many_requests when the kernel allows no further watch. Idempotent;
  /// true: this folder was not watched before, under whatever path.
  virtual result<bool> add(std::string_view folder) = 0;
  /// No more events of it or anything below it. No error if it is not watched.
  virtual void remove(std::string_view folder) = 0;
  /// Folders watched now. A watched folder moved within the watched ones stays watched, under its
  /// new path, with everything below it.
  virtual std::size_t watched() const = 0;
};

}  // namespace tinysync::watch
