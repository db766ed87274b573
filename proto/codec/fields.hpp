#pragma once
// Field by field between generated messages and values; inside proto/codec only.

#include <google/protobuf/message_lite.h>

#include <string>

#include "proto/vocabulary/result.hpp"
#include "proto/vocabulary/bytes.hpp"

namespace tinysync::codec {

inline tl::unexpected<error> bad(std::string what) {
  return failure(errc::malformed, std::move(what));
}

/// Exactly N bytes, or (`optional`) none at all for zero.
template <class Id>
bool read(Id& out, const std::string& raw, bool optional = false) {
  if (raw.empty() && optional) {
    out = Id{};
    return true;
  }
  auto v = Id::from(raw);
  if (v) out = *v;
  return v.has_value();
}

/// Zero ids are left off the wire.
template <class Id>
std::string written(const Id& id) { return id.none() ? std::string{} : id.str(); }

inline std::string serialized(const google::protobuf::MessageLite& m) {
  std::string out;
  m.SerializeToString(&out);
  return out;
}

template <class Message>
result<Message> parsed(std::string_view body) {
  Message m;
  if (body.size() > (std::size_t{1} << 30) ||
      !m.ParseFromArray(body.data(), static_cast<int>(body.size())))
    return bad("not a " + Message().GetTypeName());
  return m;
}

}  // namespace tinysync::codec
