#include "actors/context.hpp"

#include "actors/detail/incarnation.hpp"
#include "actors/detail/runtime.hpp"

namespace tinysync::actors {

time_point context::now() const { return life_.now(); }
const std::string& context::path() const { return life_.path(); }
const start_info& context::start() const { return life_.start(); }
std::uint64_t context::random() { return life_.random(); }
std::string_view context::correlation() const { return life_.current().correlation; }
void context::set_correlation(std::string id) { life_.current().correlation = std::move(id); }
const bulk& context::attachment() const { return life_.current().attachment; }
void context::note(std::string what) { life_.note(std::move(what)); }
void context::failed(std::string text) { life_.self().failed(std::move(text)); }
void context::quit() { life_.end({}); }
const directory& context::directory() const { return life_.home().directory(); }
std::shared_ptr<detail::answer_slot> context::slot() const { return life_.current().slot; }

std::string context::parent_path() const { return path().substr(0, path().rfind('/')); }

std::function<void(std::function<void()>)> context::executor() const {
  return
      [weak = life_.weak_from_this(), id = life_.current().correlation](std::function<void()> f) {
        auto me = weak.lock();
        if (!me) return;
        me->post("call", [f = std::move(f), id](detail::incarnation& self) {
          self.current().correlation = id;
          f();
        });
      };
}

void context::send_raw(const any_ref& to, message_ptr message, bulk attachment) {
  to.tell(std::move(message), std::move(attachment), std::string(correlation()));
}

void context::ask_raw(const any_ref& to, message_ptr message, duration timeout,
                      detail::continuation on_answer, bulk attachment) {
  life_.ask(to, std::move(message), timeout, std::move(on_answer), std::move(attachment));
}

void context::delay_raw(duration wait, message_ptr message) {
  life_.delay(wait, std::move(message));
}

void context::answer_raw(detail::raw_answer answer) {
  if (auto to = slot()) to->deliver(std::move(answer));
}

namespace {

std::function<void(result<void>)> brought_home(context& self, std::function<void(result<void>)> f) {
  if (!f) return {};
  return [home = self.executor(), f = std::move(f)](result<void> done) {
    home([f, done = std::move(done)] { f(done); });
  };
}

}  // namespace

void context::start_child(std::string_view supervisor_path, node_spec child,
                          std::function<void(result<void>)> on_done) {
  auto supervisor = directory().find_supervisor(supervisor_path);
  supervisor.add(std::move(child), brought_home(*this, std::move(on_done)));
}

void context::stop_child(std::string_view supervisor_path, std::string name,
                         std::function<void(result<void>)> on_done) {
  auto supervisor = directory().find_supervisor(supervisor_path);
  supervisor.remove(std::move(name), brought_home(*this, std::move(on_done)));
}

}  // namespace tinysync::actors
