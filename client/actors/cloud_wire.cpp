#include "client/actors/cloud_wire.hpp"

namespace tinysync::client {
namespace {

net::lane lane_of(pb::Lane lane) {
  switch (lane) {
    case pb::LANE_SMALL: return net::lane::small;
    case pb::LANE_BULK: return net::lane::bulk;
    default: return net::lane::metadata;
  }
}

}  // namespace

net::cloud_request request_for(const pb::Exchange& m, const actors::bulk& body,
                               const std::string& token, const std::string& correlation) {
  net::cloud_request r;
  r.method = m.method();
  r.target = m.target();
  r.lane = lane_of(m.lane());
  if (m.timeout_ms() > 0) r.timeout = std::chrono::milliseconds(m.timeout_ms());
  r.headers.emplace_back("x-tinysync-protocol", std::to_string(protocol_version));
  r.headers.emplace_back("accept", "application/x-protobuf");
  if (!token.empty()) r.headers.emplace_back("authorization", "Bearer " + token);
  if (!correlation.empty()) r.headers.emplace_back("x-tinysync-correlation", correlation);
  if (!m.range().empty())
    r.headers.emplace_back(m.method() == "PUT" ? "content-range" : "range", m.range());
  if (body) {
    r.headers.emplace_back("content-type", "application/x-protobuf");
    r.body = *body;
  }
  return r;
}

error refusal_of(const net::http_response& r) {
  if (auto e = codec::decode_error(r.content()); e && !r.content().empty()) return e->what;
  switch (r.status) {
    case 401: return {errc::unauthenticated, ""};
    case 403: return {errc::forbidden, ""};
    case 404: return {errc::not_found, ""};
    case 410: return {errc::snapshot_required, ""};
    case 413: return {errc::too_large, ""};
    case 416: return {errc::range_unsatisfiable, ""};
    case 426: return {errc::update_required, ""};
    case 429: return {errc::too_many_requests, ""};
    default:
      return {r.status >= 500 ? errc::unavailable : errc::malformed,
              "HTTP status " + std::to_string(r.status)};
  }
}

result<codec::registered> device_in(const result<net::http_response>& r) {
  if (!r) return failure(r.error());
  auto who = r->status < 300 ? codec::decode_registered(r->content())
                             : result<codec::registered>(failure(refusal_of(*r)));
  bool ours = r->status < 300 ? who.has_value() : !r->content().empty() && codec::decode_error(r->content());
  if (ours || r->status >= 500) return who;
  return failure(errc::not_tinysync, "HTTP status " + std::to_string(r->status));
}

}  // namespace tinysync::client
