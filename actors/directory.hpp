#pragma once
// Every actor of a system by path.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/inspection.hpp"
#include "actors/ref.hpp"
#include "actors/time.hpp"
#include "proto/vocabulary/result.hpp"

namespace google::protobuf {
class Descriptor;
}

namespace tinysync::actors {

class node_spec;
namespace detail {
class registry;

/// A message type and its answer type; the latter null if it is only told.
struct signature_entry {
  const google::protobuf::Descriptor* message;
  const google::protobuf::Descriptor* answer;
};

template <class Entry>
signature_entry signature_of_entry() {
  if constexpr (std::is_void_v<typename Entry::answer>) {
    return {Entry::message::descriptor(), nullptr};
  } else {
    return {Entry::message::descriptor(), Entry::answer::descriptor()};
  }
}
template <class... Entries>
std::vector<signature_entry> signature_of(entry_list<Entries...>) {
  return {signature_of_entry<Entries>()...};
}
}  // namespace detail

/// A dynamic supervisor, from any thread. Callbacks run on the supervisor's thread and must not
/// block; inside actors use context::start_child and stop_child instead.
class supervisor_ref {
 public:
  supervisor_ref() = default;
  explicit supervisor_ref(any_ref raw) : raw_(std::move(raw)) {}

  /// Starts a child beside the others. errc::already_exists if the name is taken, errc::unsupported
  /// if the supervisor is not dynamic, errc::unreachable if it is gone, errc::restarting if it died
  /// before it could.
  void add(node_spec child, std::function<void(result<void>)> on_done = {}) const;
  /// Stops a child, forgets it, then calls back. errc::not_found if there is none of that name.
  void remove(std::string name, std::function<void(result<void>)> on_done = {}) const;
  explicit operator bool() const { return static_cast<bool>(raw_); }

 private:
  any_ref raw_;
};

/// A view of all paths of one system; cheap to copy, thread-safe, may outlive the system.
class directory {
 public:
  explicit directory(std::shared_ptr<detail::registry> names) : names_(std::move(names)) {}

  /// The actor at `path`, or nobody. Throws std::logic_error if it does not take all of `Face`.
  template <class Face>
  ref<Face> find(std::string_view path) const {
    return ref<Face>(find_checked(path, detail::signature_of(detail::entries<Face>{})));
  }
  any_ref find_any(std::string_view path) const;
  supervisor_ref find_supervisor(std::string_view path) const;

  /// Full names of the messages the actor takes, in the order of its face; empty if there is none.
  std::vector<std::string> accepts(std::string_view path) const;
  /// Sends any message of the actor's face; the callback runs once on some thread: with the answer,
  /// with null for a message that is only told, or with an error (errc::unexpected_message if not
  /// in its face).
  void send_any(std::string_view path, message_ptr message, duration timeout,
                std::function<void(result<message_ptr>)> callback) const;
  /// Everything at and below `path`; "/" shows all roots below a view without a name.
  actor_view inspect(std::string_view path = "/") const;

 private:
  any_ref find_checked(std::string_view path,
                       const std::vector<detail::signature_entry>& wanted) const;
  std::shared_ptr<detail::registry> names_;
};

}  // namespace tinysync::actors
