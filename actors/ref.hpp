#pragma once
// References to actors: by path, stable across restarts, usable from any thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "actors/bulk.hpp"
#include "actors/protocol.hpp"

namespace google::protobuf {
class Message;
}

namespace tinysync::actors {

/// Any message, shared and immutable.
using message_ptr = std::shared_ptr<const google::protobuf::Message>;

namespace detail {
class cell;
}

/// An untyped reference, for tools. Default constructed it refers to nobody: tells are dropped,
/// requests fail with errc::unreachable.
class any_ref {
 public:
  any_ref() = default;
  explicit any_ref(std::shared_ptr<detail::cell> c) : cell_(std::move(c)) {}

  /// From any thread, never blocks. A message the actor does not take is dropped and counted.
  void tell(message_ptr message, bulk attachment = {}, std::string correlation = {}) const;
  /// "/agent/vaults/x/engine"; empty for nobody.
  const std::string& path() const;
  /// The last part of the path.
  std::string_view name() const;
  /// The same for all references to one path of one system; 0 for nobody.
  std::uint64_t id() const;

  explicit operator bool() const { return cell_ != nullptr; }
  friend bool operator==(const any_ref&, const any_ref&) = default;
  const std::shared_ptr<detail::cell>& target() const { return cell_; }  ///< for actors/ only

 private:
  std::shared_ptr<detail::cell> cell_;
};

/// A typed reference: only the messages of `Face` compile. Cheap to copy, thread-safe; survives
/// restarts of its actor: while that is down, up to 1024 messages wait, further requests fail with
/// errc::restarting.
template <class Face>
class ref {
 public:
  ref() = default;
  explicit ref(any_ref raw) : raw_(std::move(raw)) {}

  /// From any thread, never blocks. Inside a handler prefer context::send, which passes the
  /// correlation on.
  template <told_to<Face> M>
  void tell(M message, bulk attachment = {}, std::string correlation = {}) const {
    raw_.tell(std::make_shared<M>(std::move(message)), std::move(attachment),
              std::move(correlation));
  }

  const any_ref& raw() const { return raw_; }
  explicit operator bool() const { return static_cast<bool>(raw_); }
  friend bool operator==(const ref&, const ref&) = default;

 private:
  any_ref raw_;
};

}  // namespace tinysync::actors
