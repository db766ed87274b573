#pragma once
// The stable address of an actor: it outlives restarts, holds or refuses while there is nobody.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "actors/detail/binding.hpp"
#include "actors/detail/envelope.hpp"
#include "actors/inspection.hpp"
#include "actors/time.hpp"
#include "actors/timers.hpp"

namespace tinysync::actors::detail {

class incarnation;

enum class lifecycle { restarting, up, stopping, stopped };

/// What a cell knows of the actor behind it.
struct cell_face {
  std::string kind;
  std::shared_ptr<const face_table> table{};
  std::size_t mailbox_limit = 0;
  bool supervisor = false;
};

/// The type and bytes of a message: equal for equal messages.
std::string poison_key(const google::protobuf::Message& message);

/// Thread-safe. One supervisor at a time binds, holds and closes it; everyone delivers.
class cell {
 public:
  cell(std::string path, std::uint64_t id, std::shared_ptr<timers> clock);

  const std::string& path() const { return path_; }
  std::uint64_t id() const { return id_; }
  const std::shared_ptr<timers>& clock() const { return clock_; }

  /// To the actor; or kept while it restarts; or refused, which answers requests with the reason.
  void deliver(envelope e);

  /// A new life of the path begins: what it takes from now on; holds until it is bound.
  void open(cell_face face);
  /// Hands over what was held, in order, then forwards.
  void bind(const std::shared_ptr<incarnation>& target);
  /// Keeps up to 1024 messages from now on.
  void hold(lifecycle why);
  /// Refuses from now on, also what was held.
  void close();
  bool closed() const;
  /// Refuses messages of this key for ever.
  void quarantine(std::string key);

  std::shared_ptr<const face_table> table() const;
  bool is_supervisor() const;
  /// The row for messages of this type; null if the actor does not take them.
  const table_entry* entry_for(const google::protobuf::Descriptor* type) const;

  void count_handled(time_point now);
  void count_refused() { refused_.fetch_add(1, std::memory_order_relaxed); }
  void count_restart();
  void failed(std::string text);
  /// Everything but the children.
  actor_view view(time_point now) const;

 private:
  struct held_envelope {
    envelope what;
    time_point since;
  };
  bool poisoned(const envelope& e) const;
  void refuse(envelope& e, errc why);

  const std::string path_;
  const std::uint64_t id_;
  const std::shared_ptr<timers> clock_;

  mutable std::mutex mutex_;
  cell_face face_;
  lifecycle state_ = lifecycle::stopped;
  std::shared_ptr<incarnation> target_;
  bool flushing_ = false;
  std::deque<held_envelope> held_;
  std::set<std::string> poison_;
  std::atomic<bool> has_poison_{false};

  mutable std::mutex tally_mutex_;
  std::uint64_t handled_ = 0;
  double rate_ = 0;
  time_point rate_at_{};
  std::uint64_t restarts_ = 0;
  std::string last_error_;
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace tinysync::actors::detail
