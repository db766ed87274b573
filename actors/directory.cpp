#include "actors/directory.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <map>
#include <stdexcept>

#include "actors/detail/outside.hpp"
#include "actors/detail/runtime.hpp"
#include "actors/detail/supervisor.hpp"

namespace tinysync::actors {

void any_ref::tell(message_ptr message, bulk attachment, std::string correlation) const {
  if (!cell_ || !message) return;
  cell_->deliver({std::move(message), std::move(attachment), std::move(correlation), {}, {}, ""});
}

const std::string& any_ref::path() const {
  static const std::string nobody;
  return cell_ ? cell_->path() : nobody;
}

std::string_view any_ref::name() const {
  std::string_view p = path();
  return p.substr(p.rfind('/') + 1);
}

std::uint64_t any_ref::id() const { return cell_ ? cell_->id() : 0; }

// -- supervisors --------------------------------------------------------------------------------

namespace {

/// Calls back exactly once; if nothing else came of it, with errc::restarting if the supervisor lives
/// again, else with errc::unreachable.
class callback {
 public:
  callback(any_ref to, std::function<void(result<void>)> f) : to_(std::move(to)), f_(std::move(f)) {}
  callback(const callback&) = delete;
  callback& operator=(const callback&) = delete;
  ~callback() {
    bool gone = !to_ || to_.target()->closed();
    call(failure(gone ? errc::unreachable : errc::restarting, "the supervisor is gone"));
  }
  void call(result<void> r) {
    if (auto f = std::exchange(f_, nullptr)) f(std::move(r));
  }

 private:
  any_ref to_;
  std::function<void(result<void>)> f_;
};

void command(const any_ref& to, const char* label, std::function<void(result<void>)> on_done,
             std::function<void(detail::supervisor&, const detail::supervisor::done&)> what) {
  auto once = std::make_shared<callback>(to, std::move(on_done));
  if (!to) return;  // the callback tells
  detail::envelope e;
  e.label = label;
  e.task = [once, what = std::move(what)](detail::incarnation& life) {
    what(static_cast<detail::supervisor&>(*life.actor()),
         [once](result<void> r) { once->call(std::move(r)); });
  };
  to.target()->deliver(std::move(e));
}

}  // namespace

void supervisor_ref::add(node_spec child, std::function<void(result<void>)> on_done) const {
  command(
      raw_, "add child", std::move(on_done),
      [child = std::move(child)](auto& supervisor, auto& done) { supervisor.add(child, done); });
}

void supervisor_ref::remove(std::string name, std::function<void(result<void>)> on_done) const {
  command(
      raw_, "remove child", std::move(on_done),
      [name = std::move(name)](auto& supervisor, auto& done) { supervisor.remove(name, done); });
}

// -- looking up ---------------------------------------------------------------------------------

any_ref directory::find_any(std::string_view path) const { return any_ref(names_->find(path)); }

supervisor_ref directory::find_supervisor(std::string_view path) const {
  auto found = names_->find(path);
  return found && found->is_supervisor() ? supervisor_ref(any_ref(found)) : supervisor_ref();
}

any_ref directory::find_checked(std::string_view path,
                                const std::vector<detail::signature_entry>& wanted) const {
  auto found = names_->find(path);
  if (!found) return {};
  for (auto& w : wanted) {
    auto row = found->entry_for(w.message);
    if (row && row->answer == w.answer) continue;
    throw std::logic_error(found->path() + " does not take " + w.message->full_name() +
                           " that way");
  }
  return any_ref(found);
}

std::vector<std::string> directory::accepts(std::string_view path) const {
  std::vector<std::string> names;
  auto found = names_->find(path);
  auto table = found ? found->table() : nullptr;
  if (!table) return names;
  for (auto& row : *table) names.push_back(row.message->full_name());
  return names;
}

void directory::send_any(std::string_view path, message_ptr message, duration timeout,
                         std::function<void(result<message_ptr>)> callback) const {
  auto found = names_->find(path);
  if (!found) return callback(failure(errc::not_found, std::string(path)));
  auto row = found->entry_for(message->GetDescriptor());
  if (!row) return callback(failure(errc::unexpected_message, message->GetTypeName()));
  if (!row->answer) {
    any_ref(found).tell(std::move(message));
    return callback(message_ptr());
  }
  detail::ask_from_outside(
      any_ref(found), std::move(message), timeout,
      [callback = std::move(callback)](detail::raw_answer&& a) { callback(std::move(a.value)); },
      {}, {});
}

actor_view directory::inspect(std::string_view path) const {
  auto now = names_->clock()->now();
  auto cells = names_->at_and_below(path);
  std::map<std::string, std::vector<const detail::cell*>, std::less<>> children;
  for (auto& c : cells) children[c->path().substr(0, c->path().rfind('/'))].push_back(c.get());
  auto build = [&](auto& self, const detail::cell& c) -> actor_view {
    auto view = c.view(now);
    for (auto child : children[c.path()]) view.children.push_back(self(self, *child));
    return view;
  };
  if (path != "/") {
    auto top = names_->find(path);
    return top ? build(build, *top) : actor_view{};
  }
  actor_view all;
  for (auto root : children[""]) all.children.push_back(build(build, *root));
  return all;
}

}  // namespace tinysync::actors
