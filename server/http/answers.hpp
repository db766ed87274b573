#pragma once
// Results and errors as HTTP: protobuf, or the same message as JSON.

#include <string>
#include <string_view>

#include "platform/net/http.hpp"
#include "proto/codec/messages.hpp"

namespace tinysync::http {

inline constexpr std::string_view protobuf_type = "application/x-protobuf";
inline constexpr std::string_view json_type = "application/json";
inline constexpr std::string_view correlation_header = "x-tinysync-correlation";
inline constexpr std::string_view protocol_header = "x-tinysync-protocol";

/// The client asked for JSON (Accept), or sent it (Content-Type).
bool wants_json(const net::http_request& r);
bool sends_json(const net::http_request& r);

/// A message of wire.v1 as the client wants it.
net::http_response message(const net::http_request& r, int status, std::string_view type,
                           std::string body);
/// What a client is told of a failure inside: its own remedies are about its own state, so a
/// damaged server is `internal` to it, and a part that is being restarted is `unavailable`.
error told_outside(const error& e);
/// The row's status, the Error message, Retry-After where waiting helps.
net::http_response error_response(const net::http_request& r, const error& e,
                                  std::string_view correlation);
/// The body as protobuf bytes of that message, if need be from JSON.
result<std::string> body_of(const net::http_request& r, std::string_view type);

/// Of the header if it is 1..64 characters without control bytes, else a fresh one.
std::string correlation_of(const net::http_request& r, std::string_view fresh);
/// update_required unless the header is absent or names this protocol.
result<void> check_protocol(const net::http_request& r);
/// The token of "Authorization: Bearer …"; unauthenticated without one.
result<std::string> bearer_token(const net::http_request& r);

struct byte_range {
  std::uint64_t first = 0, size = 0;
};
/// Of a Range header on a content of `total` bytes: nothing without one or with several ranges;
/// range_unsatisfiable if it lies outside.
result<std::optional<byte_range>> range_of(std::string_view header, std::uint64_t total);

struct part_range {
  std::uint64_t first = 0, size = 0, total = 0;
};
/// Of "Content-Range: bytes a-b/total"; nothing without one.
result<std::optional<part_range>> content_range_of(std::string_view header);

}  // namespace tinysync::http
