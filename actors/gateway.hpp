#pragma once
// From I/O threads to actors and back: questions in, callbacks out on the caller's executor.

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "actors/bulk.hpp"
#include "actors/detail/answer.hpp"
#include "actors/protocol.hpp"
#include "actors/ref.hpp"
#include "actors/time.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::actors {

/// One per connection or program. Thread-safe; neither side ever blocks. `ref::tell` needs no
/// gateway.
class gateway {
 public:
  using executor = std::function<void(std::function<void()>)>;

  /// `post` runs a function on the caller's side later (an Asio strand, a queue); called from any
  /// thread.
  explicit gateway(executor post);
  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;
  /// Closes.
  ~gateway();

  /// Asks; `callback(result<Answer>[, const bulk&])` is posted exactly once unless the gateway is
  /// closed before. Errors as in context::ask.
  template <class Face, asked_of<Face> Request, class F>
  void ask(const ref<Face>& to, Request message, duration timeout, F callback, bulk attachment = {},
           std::string correlation = {}) {
    ask_raw(to.raw(), std::make_shared<Request>(std::move(message)), timeout,
            detail::typed_continuation<answer_of<Face, Request>>(std::move(callback)),
            std::move(attachment), std::move(correlation));
  }
  void ask_raw(const any_ref& to, message_ptr message, duration timeout,
               detail::continuation callback, bulk attachment, std::string correlation);

  /// Drops what is pending and lets go of the executor: nothing is posted after this returns,
  /// except by calls that were already posting on another thread.
  void close();

 private:
  struct core;
  std::shared_ptr<core> core_;
};

}  // namespace tinysync::actors
