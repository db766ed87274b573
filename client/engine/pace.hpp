#pragma once
// How often a file that keeps changing is read and sent: a lone save at once, a log that is appended to
// ten times a second now and then. Pure; times are wall time in nanoseconds, as a file's ctime is.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "proto/vocabulary/item.hpp"

namespace tinysync::engine {

struct pace_limits {
  double burst = 3;                            ///< so many changes in a row are taken at once
  std::int64_t leak_ns = 10'000'000'000;       ///< and one more after each such time
  std::int64_t quiet_ns = 1'000'000'000;       ///< beyond that, when it has been left alone so long,
  std::int64_t longest_ns = 10'000'000'000;    ///< or at this time after it was last taken
};

class pace {
 public:
  explicit pace(pace_limits limits = {}) : limits_(limits) {}
  /// Until when a change of this item, made at `ctime_ns`, is left alone; nothing: it is taken now.
  std::optional<std::int64_t> hold_until(const item_id& id, std::int64_t ctime_ns,
                                         std::int64_t now_ns) const;
  /// A change of its content was taken.
  void taken(const item_id& id, std::int64_t now_ns);
  /// A change of it was seen and left alone, until it is taken, looked at or gone.
  void held(const item_id& id, std::int64_t now_ns);
  /// It was looked at after all: nothing new, or unreadable.
  void looked_at(const item_id& id);
  void gone(const item_id& id);
  /// Whose changes are seen and left alone.
  std::vector<item_id> holding() const;

 private:
  struct recent {
    double level = 0;  // as of `last_ns`
    std::int64_t last_ns = 0;
    bool held = false;
  };
  double level_at(const recent& r, std::int64_t now_ns) const;

  pace_limits limits_;
  std::map<item_id, recent> recent_;  // of the last minutes
  std::int64_t tidied_ns_ = 0;
};

}  // namespace tinysync::engine
