#pragma once
// What the kit needs from an actor library: mailboxes, and somebody who runs them.

#include <cstddef>
#include <functional>
#include <memory>

#include "actors/detail/envelope.hpp"
#include "actors/supervision.hpp"

namespace tinysync::actors::detail {

class incarnation;

/// First in, first out; from any thread; never blocks. Dropping an envelope destroys it.
class mailbox {
 public:
  virtual ~mailbox() = default;
  virtual void push(envelope e) = 0;
};

/// Runs incarnations: `begin`, then `take` for one envelope at a time, then `finish` and
/// `announce`.
class engine {
 public:
  /// Waits until everything launched has ended.
  virtual ~engine() = default;
  /// Throws if a thread cannot be made.
  virtual void launch(std::shared_ptr<incarnation> life, runs_on where) = 0;
  /// Stepped engines only: one step of a runnable actor, `choose(n)` picks which; false if there is
  /// none.
  virtual bool step(const std::function<std::size_t(std::size_t)>& choose) = 0;
};

std::unique_ptr<engine> make_threaded_engine(std::size_t threads);
/// One thread, the caller's; own threads are ignored.
std::unique_ptr<engine> make_stepped_engine();

}  // namespace tinysync::actors::detail
