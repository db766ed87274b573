#pragma once
// What a handler may do. Product actors see this class and nothing of the machinery behind it.

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/bulk.hpp"
#include "actors/detail/answer.hpp"
#include "actors/directory.hpp"
#include "actors/failures.hpp"
#include "actors/protocol.hpp"
#include "actors/ref.hpp"
#include "actors/time.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::actors {

class node_spec;
class worker_pool;
namespace detail {
class incarnation;
}

/// Why and how often an actor was started.
struct start_info {
  std::uint32_t generation = 1;  ///< 1 at first, one more for every restart
  std::optional<error>
      last{};           ///< why the previous one died; in a resync, its reason for all children
  bool resync = false;  ///< started again by strategy::resync: distrust what is stored
};

/// An answer that carries an attachment: `return with_bulk<Fetched>{answer, bytes};`.
template <class Answer>
struct with_bulk {
  Answer answer;
  bulk attachment;
};

/// What an actor may do. Lives as long as its actor, so the constructor may keep the reference; to
/// be used from that actor's handlers, continuations and constructor only, unless said otherwise.
class context {
 public:
  explicit context(detail::incarnation& life) : life_(life) {}
  context(const context&) = delete;
  context& operator=(const context&) = delete;

  /// Monotonic; virtual in a simulation.
  time_point now() const;
  /// "/agent/vaults/x/engine".
  const std::string& path() const;
  const start_info& start() const;
  /// Deterministic in a simulation: derived from the seed, the path and the generation.
  std::uint64_t random();

  /// Of the message, answer or delayed message in hand; everything sent from here inherits it.
  std::string_view correlation() const;
  void set_correlation(std::string id);
  /// Of the message in hand; null if it has none.
  const bulk& attachment() const;

  /// Fire and forget.
  template <class Face, told_to<Face> M>
  void send(const ref<Face>& to, M message, bulk attachment = {}) {
    send_raw(to.raw(), std::make_shared<M>(std::move(message)), std::move(attachment));
  }

  /// Asks; `on_answer(result<Answer>[, const bulk&])` runs in this actor, exactly once unless the
  /// actor dies before: with the answer, or the receiver's error, or errc::timeout,
  /// errc::unreachable, errc::crashed, errc::restarting, errc::overloaded, errc::poisoned.
  template <class Face, asked_of<Face> Request, class F>
  void ask(const ref<Face>& to, Request message, duration timeout, F on_answer,
           bulk attachment = {}) {
    ask_raw(to.raw(), std::make_shared<Request>(std::move(message)), timeout,
            detail::typed_continuation<answer_of<Face, Request>>(std::move(on_answer)),
            std::move(attachment));
  }

  /// The message to this actor itself, later; it must be in the actor's face. Forgotten when the
  /// actor ends or restarts.
  template <class M>
  void delay(duration wait, M message) {
    delay_raw(wait, std::make_shared<M>(std::move(message)));
  }

  /// Runs `job` on a thread of the pool, then `on_done` in this actor. `on_done` takes result<R>
  /// (an exception is errc::crashed, a full pool errc::overloaded) or R, in which case the job's
  /// exception is thrown here, as if the job were part of this handler. Defined in
  /// actors/worker_pool.hpp.
  template <class Job, class F>
  void run_blocking(const worker_pool& pool, Job job, F on_done);

  /// Runs functions in this actor from any thread; they are dropped once the actor has ended.
  /// Copyable, may outlive the actor. The correlation is that of the moment of this call.
  std::function<void(std::function<void()>)> executor() const;

  /// Current work, shown by the inspector until the next note.
  void note(std::string what);
  /// Records the last error without crashing.
  void failed(std::string text);
  /// Normal end after this handler.
  void quit();

  /// Every actor of this system, by path.
  const actors::directory& directory() const;
  /// The actor at this path, or nobody. Throws std::logic_error if it does not take all of `Face`.
  template <class Face>
  ref<Face> find(std::string_view path) const {
    return directory().find<Face>(path);
  }
  /// A child of the same supervisor; all siblings' references exist before the first child starts.
  template <class Face>
  ref<Face> sibling(std::string_view name) const {
    return find<Face>(parent_path() + "/" + std::string(name));
  }
  /// This actor's own stable reference.
  template <class Face>
  ref<Face> self() const {
    return find<Face>(path());
  }

  /// Adds a child to the dynamic supervisor at `supervisor_path`; `on_done` runs in this actor.
  void start_child(std::string_view supervisor_path, node_spec child,
                   std::function<void(result<void>)> on_done = {});
  /// Stops and forgets a child of the dynamic supervisor; `on_done` runs when it has ended.
  void stop_child(std::string_view supervisor_path, std::string name,
                  std::function<void(result<void>)> on_done = {});

  // Untyped, for tools that learn message types at run time.
  void send_raw(const any_ref& to, message_ptr message, bulk attachment);
  void ask_raw(const any_ref& to, message_ptr message, duration timeout,
               detail::continuation on_answer, bulk attachment);
  void delay_raw(duration wait, message_ptr message);

  /// For actors/ only.
  detail::incarnation& life() const { return life_; }
  void answer_raw(detail::raw_answer answer);
  std::shared_ptr<detail::answer_slot> slot() const;

 private:
  std::string parent_path() const;
  detail::incarnation& life_;
};

/// The right to answer the request in hand later: take it in the handler, return it or a copy of
/// it, keep the other copy, and deliver once from any thread. Dropped without answer it answers
/// errc::internal.
template <class Answer>
class later {
 public:
  later() = default;
  explicit later(context& self) : slot_(self.slot()) {}

  void deliver(Answer answer, bulk attachment = {}) const {
    finish({message_ptr(std::make_shared<Answer>(std::move(answer))), std::move(attachment)});
  }
  void deliver(result<Answer> answer, bulk attachment = {}) const {
    if (answer) return deliver(std::move(*answer), std::move(attachment));
    fail(std::move(answer.error()));
  }
  void fail(error e) const { finish({failure(std::move(e)), {}}); }

 private:
  void finish(detail::raw_answer answer) const {
    if (slot_) slot_->deliver(std::move(answer));
  }
  std::shared_ptr<detail::answer_slot> slot_;
};

}  // namespace tinysync::actors
