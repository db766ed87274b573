#pragma once
// Blocking work on a few threads: supervised workers that ask for the next job when they are free.

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "actors/context.hpp"
#include "actors/supervision.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::actors {

namespace detail {
class pool_core;
}

/// A handle to a group of workers; cheap to copy, thread-safe. Put `spec()` into the tree, give
/// copies of the handle to the actors that use it. Jobs given before the workers started wait for
/// them.
class worker_pool {
 public:
  /// At most `queue_limit` jobs wait; further ones are refused with errc::overloaded.
  explicit worker_pool(std::string name, std::size_t workers = 2, std::size_t queue_limit = 10000);

  supervisor_spec spec() const;
  /// Runs `job` on a worker; `refused` runs instead if it never will (errc::overloaded at once,
  /// errc::unreachable when the pool ends first). Exceptions of the job are swallowed.
  void submit(std::function<void()> job, std::function<void(error)> refused = {}) const;
  /// Jobs waiting for a worker.
  std::size_t waiting() const;

 private:
  std::string name_;
  std::size_t workers_;
  std::shared_ptr<detail::pool_core> core_;
};

namespace detail {

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<result<T>> = true;

template <class R>
struct outcome {
  using value = std::conditional_t<is_result<R>, R, result<R>>;
  value got = failure(errc::internal);
  std::exception_ptr thrown{};
};

/// Runs the job; an exception becomes both an error and a pointer for those who want it rethrown.
template <class R, class Job>
void perform(Job& job, outcome<R>& out) {
  try {
    if constexpr (std::is_void_v<R>) {
      job();
      out.got = {};
    } else {
      out.got = job();
    }
  } catch (const std::exception& e) {
    out.thrown = std::current_exception();
    out.got = failure(errc::crashed, e.what());
  } catch (...) {
    out.thrown = std::current_exception();
    out.got = failure(errc::crashed, "not a std::exception");
  }
}

template <class R, class F>
void conclude(F& on_done, outcome<R>& out) {
  using value = typename outcome<R>::value;
  if constexpr (std::is_invocable_v<F&, value>) {
    on_done(std::move(out.got));
  } else {
    if (out.thrown) std::rethrow_exception(out.thrown);
    if (!out.got) throw std::runtime_error(to_string(out.got.error()));
    if constexpr (std::is_void_v<R>) {
      on_done();
    } else {
      on_done(std::move(*out.got));
    }
  }
}

}  // namespace detail

template <class Job, class F>
void context::run_blocking(const worker_pool& pool, Job job, F on_done) {
  using R = std::invoke_result_t<Job&>;
  auto work = std::make_shared<Job>(std::move(job));
  auto done = std::make_shared<F>(std::move(on_done));
  auto home = executor();
  pool.submit(
      [=] {
        auto out = std::make_shared<detail::outcome<R>>();
        detail::perform<R>(*work, *out);
        home([=] { detail::conclude<R>(*done, *out); });
      },
      [=](error why) {
        auto out = std::make_shared<detail::outcome<R>>();
        out->got = failure(std::move(why));
        home([=] { detail::conclude<R>(*done, *out); });
      });
}

}  // namespace tinysync::actors
