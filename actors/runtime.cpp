#include "actors/detail/runtime.hpp"

#include <algorithm>
#include <stdexcept>

#include "actors/detail/supervisor.hpp"

namespace tinysync::actors::detail {
namespace {

std::string kind_of(const supervisor_spec& spec) {
  static constexpr const char* names[] = {"one_for_one", "rest_for_one", "one_for_all", "resync"};
  std::string kind = "supervisor (";
  kind += names[static_cast<int>(spec.strategy)];
  return kind + (spec.dynamic ? ", dynamic)" : ")");
}

void check(const std::string& name) {
  if (name.empty() || name.find('/') != std::string::npos) {
    throw std::logic_error("not a name for an actor: \"" + name + "\"");
  }
}

}  // namespace

bool at_or_below(std::string_view path, std::string_view top) {
  if (top == "/") return true;
  return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
}

std::shared_ptr<cell> registry::open(const std::string& path, cell_face face) {
  std::shared_ptr<cell> c;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(forgotten_, [](auto& entry) { return entry.second.expired(); });
    auto& known = cells_[path];
    if (auto old = forgotten_.find(path); !known && old != forgotten_.end())
      known = old->second.lock();
    forgotten_.erase(path);
    if (!known) known = std::make_shared<cell>(path, ++last_id_, clock_);
    c = known;
  }
  c->open(std::move(face));
  return c;
}

std::shared_ptr<cell> registry::open_tree(const std::string& parent, const node_spec& node) {
  check(node.name());
  auto path = parent + "/" + node.name();
  if (auto leaf = node.leaf())
    return open(path, {leaf->kind, leaf->table, leaf->mailbox_limit, false});
  auto top = open(path, {kind_of(*node.branch()), supervisor_table(), 0, true});
  for (auto& child : node.branch()->children) open_tree(path, child);
  return top;
}

std::shared_ptr<cell> registry::find(std::string_view path) const {
  std::lock_guard lock(mutex_);
  auto found = cells_.find(path);
  return found == cells_.end() ? nullptr : found->second;
}

void registry::close_tree(std::string_view path, bool forget) {
  for (auto& c : at_and_below(path)) {
    c->close();
    if (!forget) continue;
    std::lock_guard lock(mutex_);
    forgotten_[c->path()] = c;
    cells_.erase(c->path());
  }
}

std::vector<std::shared_ptr<cell>> registry::at_and_below(std::string_view path) const {
  std::vector<std::shared_ptr<cell>> found;
  {
    std::lock_guard lock(mutex_);
    for (auto& [p, c] : cells_) {
      if (at_or_below(p, path)) found.push_back(c);
    }
  }
  std::sort(found.begin(), found.end(), [](auto& a, auto& b) { return a->id() < b->id(); });
  return found;
}

runtime::runtime(std::shared_ptr<timers> clock, std::unique_ptr<engine> threads, std::uint64_t seed,
                 crash_requests crashes)
    : names_(std::make_shared<registry>(std::move(clock))),
      directory_(names_),
      seed_(seed),
      crashes_(crashes),
      engine_(std::move(threads)) {}

runtime::~runtime() = default;

std::shared_ptr<incarnation> runtime::launch(birth b) {
  auto where = b.runs_on;
  std::shared_ptr<incarnation> life;
  {
    std::lock_guard lock(mutex_);
    auto id = ++last_id_;
    life = std::make_shared<incarnation>(*this, id, std::move(b));
    alive_[id] = life;
  }
  try {
    engine_->launch(life, where);
  } catch (...) {
    forget(life->id());
    throw;
  }
  return life;
}

std::shared_ptr<incarnation> runtime::launch_root(const node_spec& root, exit_callback on_exit) {
  birth b;
  b.self = names_->find("/" + root.name());
  b.make = supervisor_factory(root.shared_branch(), std::make_shared<inheritance>());
  b.table = supervisor_table();
  b.on_started = [](incarnation& life) { life.self().bind(life.shared_from_this()); };
  b.on_exit = std::move(on_exit);
  return launch(std::move(b));
}

void runtime::forget(std::uint64_t incarnation_id) {
  std::lock_guard lock(mutex_);
  alive_.erase(incarnation_id);
}

std::vector<std::shared_ptr<incarnation>> runtime::alive(std::string_view top) const {
  std::vector<std::shared_ptr<incarnation>> found;
  std::lock_guard lock(mutex_);
  for (auto life = alive_.rbegin(); life != alive_.rend(); ++life) {
    auto strong = life->second.lock();
    if (strong && at_or_below(strong->path(), top)) found.push_back(std::move(strong));
  }
  return found;
}

}  // namespace tinysync::actors::detail
