#pragma once
// Turns a class with `handle` overloads into a table from message types to functions.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "actors/context.hpp"
#include "actors/detail/faults.hpp"
#include "actors/directory.hpp"
#include "actors/protocol.hpp"

namespace tinysync::actors::detail {

/// One life of a product actor, type-erased.
class behaviour {
 public:
  virtual ~behaviour() = default;
  virtual void* object() = 0;
  virtual void started(context&) {}
  /// False: nothing to do, end at once. True: the actor ends itself by context::quit.
  virtual bool stopping(context&) { return false; }
};

using factory = std::function<std::unique_ptr<behaviour>(context&)>;

struct table_entry : signature_entry {
  void (*invoke)(void* object, const google::protobuf::Message&, context&);
};
using face_table = std::vector<table_entry>;

template <class Actor, class M>
concept handles_in_context = requires(Actor& a, const M& m, context& c) {
  a.handle(m, c);
};
template <class Actor, class M>
concept handles_alone = requires(Actor& a, const M& m) {
  a.handle(m);
};

template <class Y>
struct reply {
  static void give(context& c, Y y, bulk attachment = {}) {
    c.answer_raw({message_ptr(std::make_shared<Y>(std::move(y))), std::move(attachment)});
  }
  static void give(context& c, with_bulk<Y> y) {
    give(c, std::move(y.answer), std::move(y.attachment));
  }
  static void give(context&, const later<Y>&) {}
  template <class R>
  static void give(context& c, result<R> r) {
    if (r) return give(c, std::move(*r));
    c.answer_raw({failure(std::move(r.error())), {}});
  }
};

template <class Actor, class M>
decltype(auto) call(Actor& actor, const M& message, context& c) {
  static_assert(handles_in_context<Actor, M> || handles_alone<Actor, M>,
                "the actor has no handle(const M&, context&) for a message of its face");
  if constexpr (handles_in_context<Actor, M>) {
    return actor.handle(message, c);
  } else {
    return actor.handle(message);
  }
}

template <class Actor, class M, class Y>
void invoke(void* object, const google::protobuf::Message& raw, context& c) {
  auto& actor = *static_cast<Actor*>(object);
  const auto& message = static_cast<const M&>(raw);
  if constexpr (std::is_void_v<Y>) {
    static_assert(std::is_void_v<decltype(call(actor, message, c))>,
                  "a told message has no answer");
    call(actor, message, c);
  } else {
    reply<Y>::give(c, call(actor, message, c));
  }
}

template <class Actor, class... Entries>
std::shared_ptr<const face_table> make_table(entry_list<Entries...>) {
  return std::make_shared<const face_table>(
      face_table{{signature_of_entry<Entries>(),
                  &invoke<Actor, typename Entries::message, typename Entries::answer>}...,
                 crash_entry()});
}

/// Which messages of `Face` go to which handler of `Actor`; does not compile if one is missing.
template <class Face, class Actor>
std::shared_ptr<const face_table> table_of() {
  return make_table<Actor>(entries<Face>{});
}

template <class Actor>
class bound final : public behaviour {
 public:
  template <class... Args>
  explicit bound(context& c, const Args&... args) : actor_(make(c, args...)) {}

  void* object() override { return actor_.get(); }
  void started(context& c) override {
    if constexpr (requires(Actor & a) { a.started(c); }) actor_->started(c);
  }
  bool stopping(context& c) override {
    if constexpr (requires(Actor & a) { a.stopping(c); }) {
      actor_->stopping(c);
      return true;
    } else {
      return false;
    }
  }

 private:
  template <class... Args>
  static std::unique_ptr<Actor> make(context& c, const Args&... args) {
    if constexpr (std::is_constructible_v<Actor, context&, const Args&...>) {
      return std::make_unique<Actor>(c, args...);
    } else {
      return std::make_unique<Actor>(args...);
    }
  }
  std::unique_ptr<Actor> actor_;
};

template <class Actor, class... Args>
factory factory_of(Args... args) {
  return [kept = std::make_tuple(std::move(args)...)](context& c) -> std::unique_ptr<behaviour> {
    return std::apply([&](const auto&... xs) { return std::make_unique<bound<Actor>>(c, xs...); },
                      kept);
  };
}

/// "vault_engine" for tinysync::client::vault_engine.
template <class T>
std::string type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("T = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  auto scope = text.substr(0, text.find('<')).rfind("::");
  return std::string(scope == std::string_view::npos ? text : text.substr(scope + 2));
}

}  // namespace tinysync::actors::detail
