#include "actors/detail/supervisor.hpp"

#include <algorithm>

namespace tinysync::actors::detail {
namespace {

constexpr std::uint32_t poison_after = 3;
constexpr std::size_t remembered_crashes = 64;

}  // namespace

factory supervisor_factory(std::shared_ptr<const supervisor_spec> spec,
                           std::shared_ptr<inheritance> inherited) {
  return [spec, inherited](actors::context& self) {
    return std::make_unique<supervisor>(self, spec, inherited);
  };
}

std::shared_ptr<const face_table> supervisor_table() {
  static const auto table = std::make_shared<const face_table>(face_table{crash_entry()});
  return table;
}

supervisor::supervisor(actors::context& self, std::shared_ptr<const supervisor_spec> spec,
                       std::shared_ptr<inheritance> inherited)
    : life_(self.life()), spec_(std::move(spec)), inherited_(std::move(inherited)) {}

supervisor::~supervisor() {
  for (auto k = kids_.rbegin(); k != kids_.rend(); ++k) {
    auto& live = (*k)->live;
    if (!live) continue;
    (*k)->self->hold(lifecycle::restarting);
    live->kill();
    inherited_->orphans.push_back(live);
  }
}

/// Two lives of one actor must not overlap: first those end that an earlier life left behind.
void supervisor::started(actors::context&) {
  auto orphans = std::exchange(inherited_->orphans, {});
  orphans_left_ = orphans.size();
  if (orphans.empty()) return begin();
  auto weak = life_.weak_from_this();
  for (auto& o : orphans)
    o->when_ended([weak] {
      auto me = weak.lock();
      if (!me) return;
      me->post("orphan ended", [](incarnation& self) {
        static_cast<supervisor*>(self.actor())->orphan_ended();
      });
    });
}

void supervisor::orphan_ended() {
  if (--orphans_left_ == 0 && !shutdown_) begin();
}

void supervisor::begin() {
  for (auto& node : spec_->children) adopt(node).due = life_.now();
  for (auto& node : inherited_->added) adopt(node).due = life_.now();
  advance();
}

bool supervisor::stopping(actors::context&) {
  begin_shutdown({});
  return true;
}

// -- starting -----------------------------------------------------------------------------------

supervisor::kid& supervisor::adopt(const node_spec& node) {
  kids_.push_back(std::make_unique<kid>(++last_kid_, node));
  kids_.back()->self = life_.home().names()->open_tree(life_.path(), node);
  return *kids_.back();
}

birth supervisor::birth_of(const kid& k) {
  birth b;
  b.self = k.self;
  b.start = {k.generation, k.last, k.resync};
  if (auto leaf = k.node.leaf()) {
    b.make = leaf->make;
    b.table = leaf->table;
    b.runs_on = leaf->runs_on;
  } else {
    auto& inherited = inherited_->below[k.node.name()];
    if (!inherited) inherited = std::make_shared<inheritance>();
    b.make = supervisor_factory(k.node.shared_branch(), inherited);
    b.table = supervisor_table();
  }
  auto weak = life_.weak_from_this();
  b.on_started = [weak, id = k.id, generation = k.generation](incarnation&) {
    auto me = weak.lock();
    if (!me) return;
    me->post("child started", [=](incarnation& self) {
      static_cast<supervisor*>(self.actor())->on_started(id, generation);
    });
  };
  b.on_exit = [weak, id = k.id, generation = k.generation](auto why, auto poison) {
    auto me = weak.lock();
    if (!me) return;
    me->post("child down", [=](incarnation& self) {
      static_cast<supervisor*>(self.actor())->on_down(id, generation, why, poison);
    });
  };
  return b;
}

void supervisor::start(kid& k) {
  k.due.reset();
  ++k.generation;
  k.since = life_.now();
  k.starting = true;
  if (k.generation > 1) k.self->count_restart();
  try {
    k.live = life_.home().launch(birth_of(k));
  } catch (const std::exception& e) {
    k.starting = false;
    k.last = error{errc::crashed, std::string("cannot start: ") + e.what()};
    failed(k);
  }
}

void supervisor::start_due() {
  bool in_order =
      spec_->strategy == strategy::rest_for_one || spec_->strategy == strategy::one_for_all;
  std::optional<time_point> next;
  for (std::size_t i = 0; i < kids_.size() && !shutdown_; ++i) {
    auto& k = *kids_[i];
    if (ordered() && k.starting) return;
    if (!k.due || k.live) continue;
    if (*k.due > life_.now()) {
      next = next ? std::min(*next, *k.due) : *k.due;
      if (in_order) break;
      continue;
    }
    start(k);
    if (ordered()) return;
  }
  if (start_timer_) life_.cancel_timer(std::exchange(start_timer_, 0));
  if (!next || shutdown_) return;
  start_timer_ = life_.add_timer(*next - life_.now(), [this] {
    start_timer_ = 0;
    advance();
  });
}

void supervisor::on_started(std::uint64_t kid_id, std::uint32_t generation) {
  auto k = find(kid_id);
  if (!k || !k->live || k->generation != generation) return;
  k->starting = false;
  k->resync = false;
  if (!k->stopping) k->self->bind(k->live);
  advance();
}

// -- failing ------------------------------------------------------------------------------------

void supervisor::on_down(std::uint64_t kid_id, std::uint32_t generation, std::optional<error> why,
                         std::string poison) {
  auto found = find(kid_id);
  if (!found || !found->live || found->generation != generation) return;
  auto& k = *found;
  k.self->hold(lifecycle::restarting);
  k.live.reset();
  k.starting = false;
  bool was_told = std::exchange(k.stopping, false);
  if (k.kill_timer) life_.cancel_timer(std::exchange(k.kill_timer, 0));
  if (being_stopped_ == &k) being_stopped_ = nullptr;
  std::erase(stop_queue_, &k);
  if (!poison.empty()) {
    if (k.crashes.size() >= remembered_crashes && !k.crashes.contains(poison)) k.crashes.clear();
    if (++k.crashes[poison] >= poison_after) k.self->quarantine(poison);
  }
  if (why) {
    k.last = why;
    k.self->failed(to_string(*why));
  } else if (!was_told) {
    k.last.reset();
  }
  ended(k, was_told);
}

void supervisor::ended(kid& k, bool was_told) {
  if (!k.removal.empty()) {
    forget(k);
    return advance();
  }
  if (was_told || shutdown_) {
    if (!k.due && !shutdown_) life_.home().names()->close_tree(k.self->path(), false);
    return advance();
  }
  auto kind = k.node.leaf() ? k.node.leaf()->restart : k.node.branch()->restart;
  if (kind == restart::permanent || (kind == restart::transient && k.last)) return failed(k);
  if (spec_->dynamic) {
    forget(k);
  } else {
    life_.home().names()->close_tree(k.self->path(), false);
  }
  advance();
}

void supervisor::failed(kid& k) {
  auto now = life_.now();
  k.failures = now - k.since >= spec_->budget.healthy_after ? 1 : k.failures + 1;
  auto why = k.last ? *k.last : error{errc::crashed, "ended although it is permanent"};
  if (window_.exceeds(spec_->budget, now)) {
    return begin_shutdown(error{errc::escalated, k.self->path() + ": " + to_string(why)});
  }
  auto due = now + backoff_for(spec_->budget, k.failures, life_.random());
  auto plan = plan_restart(spec_->strategy, kids_.size(), index_of(k), why.code);
  if (plan.resync) resync_why_ = why;
  k.due = due;
  restart_group(plan, k, due);
  advance();
}

void supervisor::restart_group(const restart_plan& plan, kid& failed, time_point due) {
  for (auto i = plan.from; i < plan.to; ++i) {
    auto& k = *kids_[i];
    if (plan.resync) {
      k.resync = true;
      k.last = resync_why_;
    }
    if (&k == &failed) continue;
    if (!k.live) {
      if (k.due) k.due = std::max(*k.due, due);
      continue;
    }
    bool again = !k.node.leaf() || k.node.leaf()->restart != restart::temporary;
    if (again) k.due = due;
    if (!k.stopping && std::find(stop_queue_.begin(), stop_queue_.end(), &k) == stop_queue_.end()) {
      stop_queue_.push_back(&k);
    }
  }
  std::sort(stop_queue_.begin(), stop_queue_.end(), [](auto a, auto b) { return a->id < b->id; });
}

void supervisor::resync_now() {
  auto why = *std::exchange(resync_why_, std::nullopt);
  if (!spec_->on_resync) return;
  try {
    spec_->on_resync(why);
  } catch (const std::exception& e) {
    begin_shutdown(error{errc::escalated, life_.path() + ": on_resync: " + e.what()});
  }
}

// -- stopping -----------------------------------------------------------------------------------

void supervisor::tell_to_stop(kid& k) {
  k.stopping = true;
  k.self->hold(lifecycle::stopping);
  k.live->stop();
  auto leaf = k.node.leaf();
  if (!leaf) return;  // a supervisor takes as long as its children
  k.kill_timer = life_.add_timer(leaf->stop_timeout, [this, id = k.id] {
    auto late = find(id);
    if (!late) return;
    late->kill_timer = 0;
    if (late->live) late->live->kill();
  });
}

void supervisor::begin_shutdown(std::optional<error> why) {
  if (shutdown_) return;
  shutdown_ = true;
  why_ = std::move(why);
  resync_why_.reset();
  stop_queue_.clear();
  for (auto& k : kids_) {
    k->due.reset();
    if (k->live && !k->stopping) stop_queue_.push_back(k.get());
  }
  advance();
}

/// Does the next thing there is to do; called after every event.
void supervisor::advance() {
  if (being_stopped_) return;
  if (!stop_queue_.empty()) {
    being_stopped_ = stop_queue_.back();
    stop_queue_.pop_back();
    return tell_to_stop(*being_stopped_);
  }
  if (resync_why_ && !shutdown_) resync_now();
  if (!shutdown_) return start_due();
  for (auto& k : kids_) {
    if (k->live) return;
  }
  life_.end(why_);
}

// -- children at run time -----------------------------------------------------------------------

void supervisor::add(const node_spec& node, const done& on_done) {
  if (!spec_->dynamic) return on_done(failure(errc::unsupported, life_.path() + " is not dynamic"));
  if (shutdown_) return on_done(failure(errc::unreachable, life_.path() + " is stopping"));
  auto same = [&](const node_spec& known) { return known.name() == node.name(); };
  auto& added = inherited_->added;
  bool taken = std::any_of(added.begin(), added.end(), same);
  for (auto& k : kids_) taken |= same(k->node);
  if (taken) return on_done(failure(errc::already_exists, life_.path() + "/" + node.name()));
  added.push_back(node);
  if (orphans_left_ == 0) adopt(node).due = life_.now();
  on_done({});
  advance();
}

void supervisor::remove(const std::string& name, const done& on_done) {
  if (!spec_->dynamic) return on_done(failure(errc::unsupported, life_.path() + " is not dynamic"));
  auto same = [&](const node_spec& known) { return known.name() == name; };
  bool known = std::erase_if(inherited_->added, same) > 0;
  for (auto& k : kids_) {
    if (k->node.name() != name) continue;
    k->removal.push_back(on_done);
    k->due.reset();
    if (!k->live) return forget(*k);
    // Not through the queue: a child that is slow to stop must not hold up its neighbours.
    if (!k->stopping) tell_to_stop(*k);
    return;
  }
  if (!known) return on_done(failure(errc::not_found, life_.path() + "/" + name));
  life_.home().names()->close_tree(life_.path() + "/" + name, true);  // not begun yet
  on_done({});
}

void supervisor::forget(kid& k) {
  auto removal = std::move(k.removal);
  auto name = k.node.name();
  std::erase_if(inherited_->added, [&](auto& node) { return node.name() == name; });
  inherited_->below.erase(name);
  life_.home().names()->close_tree(k.self->path(), true);
  std::erase_if(kids_, [&](auto& other) { return other.get() == &k; });
  for (auto& on_done : removal) on_done({});
}

supervisor::kid* supervisor::find(std::uint64_t id) {
  for (auto& k : kids_) {
    if (k->id == id) return k.get();
  }
  return nullptr;
}

std::size_t supervisor::index_of(const kid& k) const {
  auto same = [&](auto& other) { return other.get() == &k; };
  return static_cast<std::size_t>(std::find_if(kids_.begin(), kids_.end(), same) - kids_.begin());
}

}  // namespace tinysync::actors::detail
