#pragma once
// Supervision is data: a process's whole tree is one value, in start order.
//
//   supervisor_spec tree{.name = "agent", .children = {
//       child<settings_face, settings>("settings", runs_on::scheduler),
//       supervisor_spec{.name = "vault", .strategy = strategy::resync, .children = {
//           child<store_face, local_store>("store", runs_on::own_thread, path).limited(1000)}}}};

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "actors/detail/binding.hpp"
#include "actors/time.hpp"
#include "proto/vocabulary/errors.hpp"

namespace tinysync::actors {

/// What is restarted when a child fails.
enum class strategy {
  one_for_one,   ///< the child
  rest_for_one,  ///< the child and those started after it
  one_for_all,   ///< all children
  resync,        ///< the child; but all, after `on_resync`, if it died of a broken or corrupt state
};

/// When a child is restarted: always, only after a failure, never.
enum class restart { permanent, transient, temporary };

/// Where an actor runs. Blocking calls need a thread of their own; in a simulation all run on the
/// scheduler.
enum class runs_on { scheduler, own_thread };

/// How many failures a supervisor bears before it escalates, and how long it waits between
/// restarts.
struct budget {
  std::uint32_t max_restarts = 5;                     ///< more than this many ...
  duration window = std::chrono::seconds(10);         ///< ... in this long: escalate
  duration backoff = std::chrono::milliseconds(10);   ///< first wait; doubles, plus 0 to 25 %
  duration backoff_max = std::chrono::seconds(10);    ///< before the jitter
  duration healthy_after = std::chrono::seconds(30);  ///< a run this long resets the back-off
};

/// One actor of the tree. Made by `child`.
struct child_spec {
  std::string name;  ///< unique among its siblings, without '/'
  std::string kind;  ///< class of the actor, for people
  actors::runs_on runs_on = actors::runs_on::scheduler;
  actors::restart restart = actors::restart::permanent;
  duration stop_timeout = std::chrono::seconds(5);  ///< then it is killed
  std::size_t mailbox_limit = 0;                    ///< 0: unbounded; beyond it errc::overloaded
  detail::factory make{};
  std::shared_ptr<const detail::face_table> table{};

  child_spec limited(std::size_t messages) && {
    mailbox_limit = messages;
    return std::move(*this);
  }
  child_spec restarts(actors::restart when) && {
    restart = when;
    return std::move(*this);
  }
  child_spec stops_within(duration timeout) && {
    stop_timeout = timeout;
    return std::move(*this);
  }
};

/// An actor with face `Face`, made anew on every (re)start as Actor(context&, args...) or
/// Actor(args...).
template <class Face, class Actor, class... Args>
child_spec child(std::string name, runs_on where, Args... args) {
  child_spec spec;
  spec.name = std::move(name);
  spec.kind = detail::type_name<Actor>();
  spec.runs_on = where;
  spec.make = detail::factory_of<Actor>(std::move(args)...);
  spec.table = detail::table_of<Face, Actor>();
  return spec;
}

struct supervisor_spec;

/// A child: an actor or a supervisor. Converts from both.
class node_spec {
 public:
  node_spec(child_spec leaf);         // NOLINT: trees read as lists of children
  node_spec(supervisor_spec branch);  // NOLINT
  const std::string& name() const;
  /// Null if it is the other one.
  const child_spec* leaf() const { return std::get_if<child_spec>(&node_); }
  const supervisor_spec* branch() const { return shared_branch().get(); }
  std::shared_ptr<const supervisor_spec> shared_branch() const;

 private:
  std::variant<child_spec, std::shared_ptr<const supervisor_spec>> node_;
};

/// A supervisor and its children in start order; they stop in reverse. A start waits for the
/// previous child's constructor and `started`, except below dynamic supervisors.
struct supervisor_spec {
  std::string name;  ///< unique among its siblings, without '/'
  actors::strategy strategy = actors::strategy::one_for_one;
  actors::budget budget{};
  std::vector<node_spec> children{};
  bool dynamic = false;  ///< takes and loses children at run time (one_for_one only)
  actors::restart restart = actors::restart::permanent;
  /// strategy::resync: runs between the stop and the new start of all children, on the supervisor.
  std::function<void(const error& why)> on_resync{};
};

}  // namespace tinysync::actors
