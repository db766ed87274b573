#include "server/http/answers.hpp"

namespace tinysync::http {
namespace {

constexpr std::size_t longest_correlation = 64;
constexpr int retry_after_s = 2;

bool names_json(std::string_view header) { return header.find(json_type) != header.npos; }

}  // namespace

bool wants_json(const net::http_request& r) { return names_json(r.header("accept")); }
bool sends_json(const net::http_request& r) { return names_json(r.header("content-type")); }

net::http_response message(const net::http_request& r, int status, std::string_view type,
                           std::string body) {
  net::http_response out;
  out.status = status;
  out.headers.emplace_back("content-type", protobuf_type);
  if (wants_json(r)) {
    if (auto json = codec::to_json(type, body)) {
      body = std::move(*json);
      out.headers[0].second = json_type;
    }
  }
  out.body = std::move(body);
  return out;
}

error told_outside(const error& e) {
  switch (e.code) {
    case errc::local_state_corrupt:
    case errc::integrity_violation:
    case errc::permission_denied:
    case errc::missing:
    case errc::exists:
    case errc::not_empty:
    case errc::outside_root:
    case errc::unsupported:
    case errc::unexpected_message:
    case errc::development_only:
    case errc::poisoned:
      return {errc::internal, {}};
    case errc::crashed:
    case errc::restarting:
    case errc::unreachable:
    case errc::escalated:
    case errc::cancelled:
      return {errc::unavailable, {}};
    default:
      return e;
  }
}

net::http_response error_response(const net::http_request& r, const error& inside,
                                  std::string_view correlation) {
  auto e = told_outside(inside);
  auto told = e;
  bool waits = remedy_of(e.code) == remedy::retry && http_status_of(e.code) != 500;
  if (waits && !told.retry_after_s) told.retry_after_s = retry_after_s;
  auto out = message(r, http_status_of(e.code), "Error",
                     codec::encode(codec::error_body{told, std::string(correlation)}));
  if (told.retry_after_s)
    out.headers.emplace_back("retry-after", std::to_string(*told.retry_after_s));
  if (e.code == errc::unauthenticated) out.headers.emplace_back("www-authenticate", "Bearer");
  return out;
}

result<std::string> body_of(const net::http_request& r, std::string_view type) {
  if (sends_json(r)) return codec::from_json(type, r.body);
  return r.body;
}

std::string correlation_of(const net::http_request& r, std::string_view fresh) {
  auto given = r.header(correlation_header);
  bool fine = !given.empty() && given.size() <= longest_correlation;
  for (unsigned char c : given) fine = fine && c > 0x20 && c < 0x7f;
  return std::string(fine ? given : fresh);
}

result<void> check_protocol(const net::http_request& r) {
  auto given = r.header(protocol_header);
  if (given.empty() || given == std::to_string(protocol_version)) return {};
  return failure(errc::update_required,
                 "this server speaks protocol " + std::to_string(protocol_version));
}

result<std::string> bearer_token(const net::http_request& r) {
  constexpr std::string_view scheme = "Bearer ";
  auto header = r.header("authorization");
  if (!header.starts_with(scheme) || header.size() == scheme.size() || header.size() > 512)
    return failure(errc::unauthenticated);
  return std::string(header.substr(scheme.size()));
}

}  // namespace tinysync::http
