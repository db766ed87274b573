#include "actors/simulation.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <map>
#include <stdexcept>

#include "actors/detail/clocks.hpp"
#include "actors/detail/hash.hpp"
#include "actors/detail/runtime.hpp"

namespace tinysync::actors {
namespace {

std::string path_of(std::string_view root) { return "/" + std::string(root); }

}  // namespace

struct simulation::parts {
  parts(std::uint64_t seed, crash_requests crashes)
      : clock(std::make_shared<detail::virtual_timers>()),
        rt(clock, detail::make_stepped_engine(), seed, crashes),
        order(seed),
        world(~seed) {
    rt.trace = [this](const detail::cell& to, const detail::envelope& e) { traced(to, e); };
  }

  void traced(const detail::cell& to, const detail::envelope& e) {
    std::string_view what =
        e.message ? std::string_view(e.message->GetDescriptor()->full_name()) : e.label;
    auto time = static_cast<std::uint64_t>(clock->now().time_since_epoch().count());
    auto size = e.message ? e.message->ByteSizeLong() : 0;
    hash = detail::fnv(detail::fnv(detail::fnv(detail::fnv(hash, time), to.path()), what), size);
    if (sink) {
      sink(std::to_string(time) + " " + to.path() + " " + std::string(what) + " " +
           std::to_string(size));
    }
  }

  struct root {
    std::shared_ptr<detail::incarnation> life;  // null: ended
    std::optional<error> failure;
  };

  std::uint64_t hash = detail::fnv_start;
  std::size_t most_at_once = most_steps_at_once;
  std::function<void(const std::string&)> sink;
  std::shared_ptr<detail::virtual_timers> clock;
  detail::runtime rt;
  detail::random_stream order;
  detail::random_stream world;
  std::map<std::string, root, std::less<>> roots;
};

simulation::simulation(std::uint64_t seed, crash_requests crashes)
    : parts_(std::make_unique<parts>(seed, crashes)) {}

simulation::~simulation() {
  for (auto& [name, root] : parts_->roots) {
    if (root.life) kill(name);
  }
  settle();
  parts_->clock->clear();
  parts_->rt.join();
}

void simulation::start(supervisor_spec spec) {
  auto name = spec.name;
  if (running(name)) throw std::logic_error("already running: " + name);
  node_spec node(std::move(spec));
  parts_->rt.names()->open_tree("", node);
  auto& root = parts_->roots[name];
  root.failure.reset();
  root.life = parts_->rt.launch_root(node, [p = parts_.get(), name](auto why, auto) {
    p->rt.names()->close_tree(path_of(name), false);
    p->roots[name] = {nullptr, why};
  });
}

bool simulation::stop(std::string_view name, duration limit) {
  auto root = parts_->roots.find(name);
  if (root == parts_->roots.end() || !root->second.life) return true;
  root->second.life->stop();
  auto until = now() + limit;
  settle();
  while (root->second.life && next_timeout() && *next_timeout() <= until) {
    parts_->clock->fire_next();
    settle();
  }
  return !root->second.life;
}

void simulation::kill(std::string_view name) {
  auto root = parts_->roots.find(name);
  if (root == parts_->roots.end() || !root->second.life) return;
  auto path = path_of(name);
  parts_->rt.names()->close_tree(path, false);
  for (auto& life : parts_->rt.alive(path)) life->vanish();
  root->second.life = nullptr;
}

bool simulation::running(std::string_view name) const {
  auto root = parts_->roots.find(name);
  return root != parts_->roots.end() && root->second.life;
}

std::optional<error> simulation::failure_of(std::string_view name) const {
  auto root = parts_->roots.find(name);
  return root == parts_->roots.end() ? std::nullopt : root->second.failure;
}

bool simulation::step() {
  return parts_->rt.threads().step(
      [this](std::size_t n) { return static_cast<std::size_t>(parts_->order.next() % n); });
}

std::size_t simulation::settle(std::size_t max) {
  std::size_t n = 0;
  while (n < max && step()) ++n;
  return n;
}

std::size_t simulation::advance(std::size_t steps) {
  std::size_t n = 0;
  while (n < steps) {
    if (step()) {
      ++n;
    } else if (next_timeout()) {
      parts_->clock->fire_next();
    } else {
      break;
    }
  }
  return n;
}

std::size_t simulation::run_for(duration span) {
  auto until = now() + span;
  auto since = now();
  std::size_t at_once = 0;  // also by way of timers that are due at once
  auto moment = [&] {
    if (now() != since) since = now(), at_once = 0;
    auto n = settle(parts_->most_at_once - at_once);
    at_once += n;
    if (at_once == parts_->most_at_once) throw std::runtime_error("messages without end while time stands still");
    return n;
  };
  auto n = moment();
  while (next_timeout() && *next_timeout() <= until) {
    parts_->clock->fire_next();
    n += moment();
  }
  parts_->clock->move_to(until);
  return n;
}

std::optional<time_point> simulation::next_timeout() const { return parts_->clock->next(); }
time_point simulation::now() const { return parts_->clock->now(); }

std::uint64_t simulation::post(duration wait, std::function<void()> job) {
  return parts_->clock->after(wait, std::move(job));
}

void simulation::limit_steps_at_once(std::size_t most) { parts_->most_at_once = most; }
timers& simulation::clock() { return *parts_->clock; }
std::uint64_t simulation::random() { return parts_->world.next(); }
std::uint64_t simulation::trace_hash() const { return parts_->hash; }
void simulation::trace_to(std::function<void(const std::string&)> sink) {
  parts_->sink = std::move(sink);
}
const directory& simulation::directory() const { return parts_->rt.directory(); }
actor_view simulation::inspect(std::string_view path) const { return directory().inspect(path); }

}  // namespace tinysync::actors
