#include "actors/detail/answer.hpp"

namespace tinysync::actors::detail {

answer_slot::~answer_slot() {
  if (done_) return;
  if (holder_ && holder_->dying) {
    fail({holder_->leftover.load(), "the request was not handled"});
  } else if (taken_) {
    fail({errc::internal, "the request was dropped without an answer"});
  } else {
    fail({errc::unreachable, "nobody took the request"});
  }
}

void answer_slot::deliver(raw_answer answer) {
  if (done_.exchange(true)) return;
  auto sink = std::move(sink_);
  if (sink) sink(std::move(answer));
}

}  // namespace tinysync::actors::detail
