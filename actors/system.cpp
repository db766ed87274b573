#include "actors/system.hpp"

#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <stdexcept>

#include "actors/detail/clocks.hpp"
#include "actors/detail/runtime.hpp"

namespace tinysync::actors {
namespace {

constexpr auto patience = std::chrono::seconds(10);

void print(const std::vector<std::string>& lines) {
  for (auto& line : lines) std::fprintf(stderr, "actors: still running: %s\n", line.c_str());
}

}  // namespace

struct system::parts {
  explicit parts(system_options o)
      : options(std::move(o)),
        clock(std::make_shared<detail::threaded_timers>()),
        rt(clock, detail::make_threaded_engine(options.threads), options.seed,
           options.crashes) {}

  void root_ended(const std::optional<error>& why) {
    rt.names()->close_tree(root_path, false);
    if (why && options.on_root_failure) options.on_root_failure(*why);
    std::lock_guard lock(mutex);
    root = nullptr;
    ended.notify_all();
  }

  void report_stuck() {
    std::vector<std::string> lines;
    for (auto& life : rt.alive("/")) {
      auto text = life->path() + ", " + std::to_string(life->waiting().depth) + " waiting";
      if (auto work = life->work(); !work.empty()) text += ", " + work;
      lines.push_back(std::move(text));
    }
    options.on_stuck ? options.on_stuck(lines) : print(lines);
  }

  system_options options;
  std::shared_ptr<detail::threaded_timers> clock;
  detail::runtime rt;
  std::string root_path;
  std::mutex mutex;
  std::condition_variable ended;
  std::shared_ptr<detail::incarnation> root;
};

system::system(system_options options) : parts_(std::make_unique<parts>(std::move(options))) {}

system::~system() {
  stop(duration::max());
  parts_->rt.join();
  parts_->clock->stop();
}

void system::start(supervisor_spec root) {
  auto& p = *parts_;
  if (!p.root_path.empty()) throw std::logic_error("the system was started before");
  p.root_path = "/" + root.name;
  node_spec node(std::move(root));
  p.rt.names()->open_tree("", node);
  std::lock_guard lock(p.mutex);  // root_ended waits for the assignment
  p.root = p.rt.launch_root(node, [&p](auto why, auto) { p.root_ended(why); });
}

bool system::stop(duration timeout) {
  auto& p = *parts_;
  std::unique_lock lock(p.mutex);
  if (!p.root) return true;
  auto root = p.root;
  lock.unlock();
  root->stop();
  root = nullptr;
  lock.lock();
  auto begun = p.clock->now();
  for (;;) {
    auto spent = p.clock->now() - begun;
    if (timeout <= spent) return !p.root;
    auto wait = std::min<duration>(patience, timeout - spent);
    if (p.ended.wait_for(lock, wait, [&] { return !p.root; })) return true;
    if (wait < patience) return false;
    lock.unlock();
    p.report_stuck();
    lock.lock();
  }
}

const directory& system::directory() const { return parts_->rt.directory(); }
timers& system::clock() { return *parts_->clock; }
actor_view system::inspect() const { return directory().inspect(parts_->root_path); }

}  // namespace tinysync::actors
