#pragma once
// Answers on their way back: typed at the ends, untyped in between.

#include <atomic>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "actors/bulk.hpp"
#include "actors/ref.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::actors::detail {

struct raw_answer {
  result<message_ptr> value;
  bulk attachment{};
};

/// What becomes of requests that an incarnation leaves behind. Written by it, read by their slots.
struct fate {
  std::atomic<bool> dying{false};
  std::atomic<errc> leftover{errc::unreachable};
};

/// The right and the duty to answer one request, once: a slot that is dropped answers with an error
/// by itself, wherever it was dropped. Thread-safe.
class answer_slot {
 public:
  explicit answer_slot(std::function<void(raw_answer&&)> sink) : sink_(std::move(sink)) {}
  answer_slot(const answer_slot&) = delete;
  answer_slot& operator=(const answer_slot&) = delete;
  ~answer_slot();

  /// The first answer wins; later ones are ignored.
  void deliver(raw_answer answer);
  void fail(error e) { deliver({failure(std::move(e)), {}}); }
  /// Whose mailbox the request waits in.
  void queued_at(std::shared_ptr<const fate> holder) { holder_ = std::move(holder); }
  /// A handler has it now.
  void taken() { taken_ = true; }

 private:
  std::function<void(raw_answer&&)> sink_;
  std::shared_ptr<const fate> holder_;
  std::atomic<bool> done_{false};
  bool taken_ = false;
};

using continuation = std::function<void(raw_answer&&)>;

/// Calls `f(result<Answer>)` or `f(result<Answer>, const bulk&)`; moves the message if nobody
/// shares it.
template <class Answer, class F>
void hand_over(F& f, raw_answer&& raw) {
  auto typed = [&]() -> result<Answer> {
    if (!raw.value) return failure(std::move(raw.value.error()));
    auto& message = static_cast<Answer&>(const_cast<google::protobuf::Message&>(**raw.value));
    if (raw.value->use_count() == 1) return std::move(message);
    return Answer(message);
  }();
  if constexpr (std::is_invocable_v<F&, result<Answer>, const bulk&>) {
    f(std::move(typed), raw.attachment);
  } else {
    static_assert(std::is_invocable_v<F&, result<Answer>>,
                  "on_answer must take (result<Answer>) or (result<Answer>, const bulk&)");
    f(std::move(typed));
  }
}

template <class Answer, class F>
continuation typed_continuation(F f) {
  return [shared = std::make_shared<F>(std::move(f))](raw_answer&& raw) {
    hand_over<Answer>(*shared, std::move(raw));
  };
}

}  // namespace tinysync::actors::detail
