#pragma once
// What all actors of one system share.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "actors/detail/cell.hpp"
#include "actors/detail/engine.hpp"
#include "actors/detail/incarnation.hpp"
#include "actors/directory.hpp"
#include "actors/faults.hpp"
#include "actors/supervision.hpp"
#include "actors/timers.hpp"

namespace tinysync::actors::detail {

/// All cells by path. Thread-safe. A path that is started again gets its old cell back as long as
/// somebody holds a reference to it.
class registry {
 public:
  explicit registry(std::shared_ptr<timers> clock) : clock_(std::move(clock)) {}

  /// The cell of the path, open for a new life.
  std::shared_ptr<cell> open(const std::string& path, cell_face face);
  /// Opens the cells of a whole tree below `parent` ("" for a root). Returns that of its top.
  std::shared_ptr<cell> open_tree(const std::string& parent, const node_spec& node);
  /// Null if there is none.
  std::shared_ptr<cell> find(std::string_view path) const;
  /// Refuses from now on at and below `path`, and forgets these cells if told to.
  void close_tree(std::string_view path, bool forget);
  /// In the order in which they were opened.
  std::vector<std::shared_ptr<cell>> at_and_below(std::string_view path) const;
  const std::shared_ptr<timers>& clock() const { return clock_; }

 private:
  const std::shared_ptr<timers> clock_;
  mutable std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::map<std::string, std::shared_ptr<cell>, std::less<>> cells_;
  std::map<std::string, std::weak_ptr<cell>, std::less<>> forgotten_;
};

/// `path` is `top` or below it.
bool at_or_below(std::string_view path, std::string_view top);

/// Outlives all its incarnations.
class runtime {
 public:
  runtime(std::shared_ptr<timers> clock, std::unique_ptr<engine> threads, std::uint64_t seed,
          crash_requests crashes);
  ~runtime();

  /// Throws if a thread cannot be made.
  std::shared_ptr<incarnation> launch(birth b);
  /// The root supervisor of a tree whose cells are open; `on_exit` as in `birth`.
  std::shared_ptr<incarnation> launch_root(const node_spec& root, exit_callback on_exit);
  void forget(std::uint64_t incarnation_id);
  /// Youngest first.
  std::vector<std::shared_ptr<incarnation>> alive(std::string_view top) const;

  timers& clock() const { return *names_->clock(); }
  const std::shared_ptr<registry>& names() const { return names_; }
  const actors::directory& directory() const { return directory_; }
  std::uint64_t seed() const { return seed_; }
  crash_requests crashes() const { return crashes_; }

  /// Simulations only: sees everything that is delivered.
  std::function<void(const cell& to, const envelope& what)> trace;

 private:
  std::shared_ptr<registry> names_;
  actors::directory directory_;
  std::uint64_t seed_;
  crash_requests crashes_;
  mutable std::mutex mutex_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::weak_ptr<incarnation>> alive_;
  std::unique_ptr<engine> engine_;

 public:
  engine& threads() { return *engine_; }
  /// Joins all threads; every incarnation must have been told to end.
  void join() { engine_.reset(); }
};

}  // namespace tinysync::actors::detail
