// The one file that knows CAF (0.17.6): mailboxes, scheduler, threads. Two of its defaults are
// overruled: an unlimited max-throughput lets two busy actors starve all others, work stealing
// wakes slowly from I/O threads.
#include "actors/detail/engine.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <optional>

#include "actors/detail/incarnation.hpp"

#if defined(__SANITIZE_THREAD__)
#define TINYSYNC_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TINYSYNC_TSAN 1
#endif
#endif

// libcaf is not instrumented and its mailbox has no locks: we announce what it orders.
#ifdef TINYSYNC_TSAN
extern "C" {
void __tsan_acquire(void*);
void __tsan_release(void*);
}
static void happens_before(void* p) { __tsan_release(p); }
static void happens_after(void* p) { __tsan_acquire(p); }
#else
static void happens_before(void*) {}
static void happens_after(void*) {}
#endif

namespace tinysync::actors::detail {

/// Found by CAF; used only if an envelope ever crosses a process border.
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, envelope& e) {
  if constexpr (std::is_same_v<Inspector, caf::detail::stringification_inspector>) {
    return f(std::string(e.label));
  } else if constexpr (Inspector::writes_state) {
    std::string bytes;
    if (auto err = f(bytes)) return err;
    auto decoded = decode(bytes);
    if (!decoded) return caf::make_error(caf::sec::invalid_argument, to_string(decoded.error()));
    e = std::move(*decoded);
    return caf::none;
  } else {
    auto bytes = encode(e);
    if (!bytes) return caf::make_error(caf::sec::invalid_argument, to_string(bytes.error()));
    return f(*bytes);
  }
}

namespace {

class caf_mailbox final : public mailbox {
 public:
  explicit caf_mailbox(caf::strong_actor_ptr to) : to_(std::move(to)) {}
  void push(envelope e) override {
    auto element =
        caf::make_mailbox_element(nullptr, caf::make_message_id(), caf::no_stages, std::move(e));
    to_->get()->enqueue(std::move(element), nullptr);
  }

 private:
  caf::strong_actor_ptr to_;
};

/// The CAF actor around an incarnation. It adds nothing but CAF.
class shell final : public caf::event_based_actor {
 public:
  shell(caf::actor_config& cfg, std::shared_ptr<incarnation> life)
      : caf::event_based_actor(cfg), life_(std::move(life)) {
    set_default_handler([](caf::scheduled_actor*, caf::message_view&) -> caf::result<caf::message> {
      return caf::sec::unexpected_message;
    });
  }
  ~shell() override { happens_after(this); }

  caf::behavior make_behavior() override {
    life_->attach(std::make_shared<caf_mailbox>(caf::strong_actor_ptr(ctrl())));
    if (!life_->begin()) quit();
    return {[this](envelope& e) {
      if (!life_->take(e)) quit();
    }};
  }

  using caf::abstract_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit* host) override {
    happens_before(this);
    caf::event_based_actor::enqueue(std::move(element), host);
  }
  void initialize() override {
    happens_after(this);
    caf::event_based_actor::initialize();
    happens_before(this);
  }
  caf::invoke_message_result consume(caf::mailbox_element& x) override {
    happens_after(this);
    auto r = caf::event_based_actor::consume(x);
    happens_before(this);
    return r;
  }
  bool cleanup(caf::error&& reason, caf::execution_unit* host) override {
    happens_after(this);
    life_->finish();
    auto first = caf::event_based_actor::cleanup(std::move(reason), host);
    life_->announce();
    happens_before(this);
    return first;
  }

 private:
  std::shared_ptr<incarnation> life_;
};

struct settings : caf::actor_system_config {
  explicit settings(caf::atom_value policy, std::size_t threads) {
    set("scheduler.policy", policy);
    set("scheduler.max-threads", threads);
    set("scheduler.max-throughput", std::size_t{50});
    add_message_type<envelope>("tinysync.envelope");
  }
};

class threaded_engine final : public engine {
 public:
  explicit threaded_engine(std::size_t threads)
      : settings_(caf::atom("sharing"), threads), system_(settings_) {}

  void launch(std::shared_ptr<incarnation> life, runs_on where) override {
    if (where == runs_on::own_thread) {
      system_.spawn<shell, caf::detached>(std::move(life));
    } else {
      system_.spawn<shell>(std::move(life));
    }
  }
  bool step(const std::function<std::size_t(std::size_t)>&) override { return false; }

 private:
  settings settings_;
  caf::actor_system system_;
};

class stepped_engine final : public engine {
 public:
  stepped_engine() : settings_(caf::atom("testing"), 1), system_(settings_) {
    system_.await_actors_before_shutdown(false);
  }

  void launch(std::shared_ptr<incarnation> life, runs_on) override {
    system_.spawn<shell>(std::move(life));
  }
  bool step(const std::function<std::size_t(std::size_t)>& choose) override {
    auto& scheduler = static_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
    auto& jobs = scheduler.jobs;
    if (jobs.size() > 1) std::swap(jobs.front(), jobs[choose(jobs.size())]);
    return scheduler.try_run_once();
  }

 private:
  settings settings_;
  caf::actor_system system_;
};

}  // namespace

std::unique_ptr<engine> make_threaded_engine(std::size_t threads) {
  return std::make_unique<threaded_engine>(threads);
}
std::unique_ptr<engine> make_stepped_engine() { return std::make_unique<stepped_engine>(); }

}  // namespace tinysync::actors::detail
