#pragma once
// One life of an actor, from one start to the next stop or crash.

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/context.hpp"
#include "actors/detail/binding.hpp"
#include "actors/detail/cell.hpp"
#include "actors/detail/engine.hpp"
#include "actors/detail/envelope.hpp"
#include "actors/detail/hash.hpp"
#include "actors/time.hpp"

namespace tinysync::actors::detail {

class incarnation;
class runtime;

/// Why it ended (nothing: normally) and the key of the message it died on (empty: none).
using exit_callback = std::function<void(std::optional<error> why, std::string poison)>;

struct birth {
  std::shared_ptr<cell> self;
  start_info start;
  factory make;
  std::shared_ptr<const face_table> table{};
  actors::runs_on runs_on = actors::runs_on::scheduler;
  std::function<void(incarnation&)> on_started{};  ///< constructed; on the actor's thread
  exit_callback on_exit{};  ///< destroyed; on the actor's thread, last of all
};

struct backlog {
  std::size_t depth = 0;
  time_point oldest{};
};

class incarnation : public std::enable_shared_from_this<incarnation> {
 public:
  incarnation(runtime& rt, std::uint64_t id, birth b);

  // From any thread.
  void post(envelope e);
  void post(const char* label, std::function<void(incarnation&)> task);
  /// Graceful: after everything queued before.
  void stop();
  /// Before everything queued; a handler that is running is not interrupted.
  void kill();
  /// Calls once, on some thread, when the actor is gone; at once if it is.
  void when_ended(std::function<void()> then);
  bool dying() const { return fate_->dying.load(); }
  backlog waiting() const;
  std::string work() const;
  std::uint64_t id() const { return id_; }
  const std::string& path() const { return birth_.self->path(); }
  runtime& home() const { return runtime_; }

  // For the engine, on the actor's thread.
  void attach(std::shared_ptr<mailbox> box);
  /// Constructs the actor. False: it is over already.
  bool begin();
  /// Handles one envelope. False: it is over.
  bool take(envelope& e);
  /// Destroys the actor, its timers and questions. Idempotent.
  void finish();
  /// Tells the supervisor. Idempotent; after the mailbox was emptied.
  void announce();

  /// Simulations only, between two steps: ends here and now, without telling the supervisor.
  void vanish();

  // For the actor itself.
  actors::context& context() { return context_; }
  behaviour* actor() const { return behaviour_.get(); }
  time_point now() const;
  const start_info& start() const { return birth_.start; }
  cell& self() const { return *birth_.self; }
  std::uint64_t random() { return random_.next(); }
  std::uint64_t add_timer(duration wait, std::function<void()> job);
  void cancel_timer(std::uint64_t id);
  void ask(const any_ref& to, message_ptr message, duration timeout, continuation on_answer,
           bulk attachment);
  void delay(duration wait, message_ptr message);
  void note(std::string what);
  /// Ends after this handler: normally or with an error.
  void end(std::optional<error> why);

  /// What is in hand, inherited by everything sent from here.
  struct hand {
    std::string correlation{};
    bulk attachment{};
    std::shared_ptr<answer_slot> slot{};
  };
  hand& current() { return hand_; }

 private:
  struct question {
    continuation on_answer;
    std::string correlation;
    std::uint64_t timer;
  };
  struct timer {
    std::uint64_t id;
    std::function<void()> job;
  };

  template <class F>
  void guarded(const envelope* e, F&& step);
  void crash(errc code, std::string what, const envelope* e);
  void die(errc code, std::string what);
  void dispatch(envelope& e);
  void settle(std::uint64_t question_id, raw_answer answer);
  void begin_stopping();
  void arm();
  void fire_due();

  runtime& runtime_;
  const std::uint64_t id_;
  birth birth_;
  const std::shared_ptr<fate> fate_ = std::make_shared<fate>();
  std::atomic<bool> killed_{false};

  mutable std::mutex mutex_;  // of the queue's bookkeeping and what inspectors read
  std::shared_ptr<mailbox> box_;
  std::vector<envelope> early_;  // posted before the engine attached the mailbox
  bool ended_ = false;
  bool gone_ = false;  // destroyed, and announced
  std::vector<std::function<void()>> when_ended_;
  std::deque<time_point> queued_;
  std::string note_;
  std::atomic<const char*> in_hand_{nullptr};  // full name of a message type, or a task's label

  // Only touched on the actor's thread.
  actors::context context_;
  random_stream random_;
  hand hand_;
  bool over_ = false;
  bool finished_ = false;
  bool announced_ = false;
  std::optional<error> exit_;
  std::string poison_;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, question> questions_;
  std::multimap<time_point, timer> timers_;
  std::map<std::uint64_t, std::multimap<time_point, timer>::iterator> timer_index_;
  std::uint64_t armed_ = 0;
  time_point armed_for_{};
  std::unique_ptr<behaviour> behaviour_;  // last: its destructor may still use the context
};

}  // namespace tinysync::actors::detail
