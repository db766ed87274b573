#include "actors/gateway.hpp"

#include <google/protobuf/message.h>

#include <map>
#include <mutex>

#include "actors/detail/cell.hpp"
#include "actors/detail/outside.hpp"

namespace tinysync::actors {
namespace detail {
namespace {

/// Answer and timeout race for it; the first takes it.
class waiting_question {
 public:
  explicit waiting_question(continuation f) : f_(std::move(f)) {}
  void expires_by(std::shared_ptr<timers> clock, std::uint64_t timer) {
    std::lock_guard lock(mutex_);
    clock_ = std::move(clock);
    timer_ = timer;
  }
  void answer(raw_answer&& a) {
    continuation f;
    std::shared_ptr<timers> clock;
    {
      std::lock_guard lock(mutex_);
      f.swap(f_);
      clock.swap(clock_);
    }
    if (clock) clock->cancel(timer_);
    if (f) f(std::move(a));
  }

 private:
  std::mutex mutex_;
  continuation f_;
  std::shared_ptr<timers> clock_;
  std::uint64_t timer_ = 0;
};

}  // namespace

void ask_from_outside(const any_ref& to, message_ptr message, duration timeout,
                      continuation on_answer, bulk attachment, std::string correlation) {
  auto waiting = std::make_shared<waiting_question>(std::move(on_answer));
  auto slot =
      std::make_shared<answer_slot>([waiting](raw_answer&& a) { waiting->answer(std::move(a)); });
  if (!to) return;  // the slot answers
  auto clock = to.target()->clock();
  auto what = message->GetTypeName() + " to " + to.path();
  auto timer = clock->after(timeout, [waiting, what] {
    waiting->answer({failure(errc::timeout, what), {}});
  });
  waiting->expires_by(clock, timer);
  to.target()->deliver(
      {std::move(message), std::move(attachment), std::move(correlation), std::move(slot), {}, ""});
}

}  // namespace detail

struct gateway::core {
  std::mutex mutex;
  executor post;
  std::uint64_t last = 0;
  std::map<std::uint64_t, detail::continuation> pending;

  void finish(std::uint64_t id, detail::raw_answer&& answer) {
    detail::continuation callback;
    executor to;
    {
      std::lock_guard lock(mutex);
      auto found = pending.find(id);
      if (found == pending.end()) return;
      callback = std::move(found->second);
      pending.erase(found);
      to = post;
    }
    to([callback = std::move(callback), kept = std::move(answer)]() mutable {
      callback(std::move(kept));
    });
  }
};

gateway::gateway(executor post) : core_(std::make_shared<core>()) { core_->post = std::move(post); }
gateway::~gateway() { close(); }

void gateway::ask_raw(const any_ref& to, message_ptr message, duration timeout,
                      detail::continuation callback, bulk attachment, std::string correlation) {
  std::uint64_t id = 0;
  {
    std::lock_guard lock(core_->mutex);
    if (!core_->post) return;
    id = ++core_->last;
    core_->pending.emplace(id, std::move(callback));
  }
  detail::ask_from_outside(
      to, std::move(message), timeout,
      [core = core_, id](detail::raw_answer&& a) { core->finish(id, std::move(a)); },
      std::move(attachment), std::move(correlation));
}

void gateway::close() {
  executor post;
  std::map<std::uint64_t, detail::continuation> pending;
  std::lock_guard lock(core_->mutex);
  post.swap(core_->post);
  pending.swap(core_->pending);
}

}  // namespace tinysync::actors
