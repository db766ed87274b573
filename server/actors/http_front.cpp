#include "server/actors/http_front.hpp"

#include "platform/log/log.hpp"

namespace tinysync::server {

http_front::http_front(actors::context& self, server_doors doors)
    : self_(self), doors_(std::move(doors)), here_(self.executor()) {
  doors_.front->open([this, here = here_](net::http_request request, net::responder respond) {
    auto r = std::make_shared<net::http_request>(std::move(request));
    here([this, r, respond] { serve(std::move(*r), respond); });
  });
}

http_front::~http_front() {
  doors_.front->close();
  for (auto& [id, s] : sockets_) s.socket->close();
}

actors::ref<faces::metadata_store> http_front::metadata() const {
  return self_.sibling<faces::metadata_store>("metadata_store");
}
actors::ref<faces::blob_store> http_front::blobs() const {
  return self_.sibling<faces::blob_store>("blob_store");
}
actors::ref<faces::access> http_front::access_actor() const {
  return self_.sibling<faces::access>("access");
}

// -- in and out --------------------------------------------------------------------------------

void http_front::serve(net::http_request request, net::responder respond) {
  ++requests_;
  auto c = std::make_shared<exchange>();
  c->request = std::move(request);
  c->respond = std::move(respond);
  c->correlation = http::correlation_of(c->request, to_hex(doors_.random->bytes(8)));
  self_.set_correlation(c->correlation);
  if (auto fine = admit(*c); !fine) return refuse(c, fine.error());
  dispatch(c);
}

/// The route, the protocol, a token where one is needed, the vault in the path.
result<void> http_front::admit(exchange& c) {
  auto to = http::match(c.request.method, c.request.path);
  if (!to) return failure(to.error());
  c.to = std::move(*to);
  if (auto fine = http::check_protocol(c.request); !fine) return fine;
  if (c.to.to->handler == http::endpoint::not_built)
    return failure(errc::not_built_yet, std::string(c.to.to->method) + " " +
                                            std::string(c.to.to->pattern) +
                                            " is reserved for a later version of this server");
  if (c.request.body.size() > most_request_bytes + 1024 * 1024)
    return failure(errc::too_large,
                   "a request body of " + std::to_string(c.request.body.size()) + " bytes");
  if (c.to.to->may != http::who::anyone) {
    auto token = http::bearer_token(c.request);
    if (!token) return failure(token.error());
    c.caller.set_token_hash(bytes_of(hash_of_token(*token)));
  }
  if (auto v = c.to.parameters.find("v"); v != c.to.parameters.end()) {
    // What is no id is answered as an id nobody has: after the token was checked.
    auto id = id_from_text<vault_id>(v->second);
    if (id) c.vault = *id;
  }
  return {};
}

void http_front::send(const call& c, net::http_response response) {
  ++by_status_[response.status];
  response.headers.emplace_back(http::correlation_header, c->correlation);
  response.headers.emplace_back("cache-control", "no-store");
  response.headers.emplace_back("x-content-type-options", "nosniff");
  c->respond(std::move(response));
}

void http_front::refuse(const call& c, const error& why) {
  if (http_status_of(why.code) >= 500 && why.code != errc::not_built_yet)
    log::warn("http.failed", "method={} route={} why={}", c->request.method,
              c->to.to ? c->to.to->pattern : std::string_view("?"), to_string(why));
  auto out = http::error_response(c->request, why, c->correlation);
  if (why.code == errc::method_not_allowed) {
    std::string allowed;
    (void)http::match(c->request.method, c->request.path, &allowed);
    out.headers.emplace_back("allow", allowed);
  }
  send(c, std::move(out));
}

void http_front::give(const call& c, int status, std::string_view type, const actors::bulk& body) {
  if (http::wants_json(c->request))
    return send(c, http::message(c->request, status, type, body ? *body : std::string{}));
  net::http_response out;
  out.status = status;
  out.headers.emplace_back("content-type", http::protobuf_type);
  out.shared_body = body;
  send(c, std::move(out));
}

result<std::string> http_front::body(const call& c, std::string_view type) {
  if (http::sends_json(c->request)) return http::body_of(c->request, type);
  return std::move(c->request.body);
}

void http_front::dispatch(const call& c) {
  using enum http::endpoint;
  // clang-format off
  switch (c->to.to->handler) {
    case register_device: return this->register_device(c);
    case issue_token: return this->issue_token(c);
    case list_devices: return about_caller<pb::ListDevices>(c, "DeviceList");
    case revoke_device: return this->revoke_device(c);
    case create_vault: return this->create_vault(c);
    case list_vaults: return about_caller<pb::ListVaults>(c, "VaultList");
    case rename_vault: return this->rename_vault(c);
    case delete_vault: return this->delete_vault(c);
    case read_snapshot: return this->read_snapshot(c);
    case read_log: return this->read_log(c);
    case read_digest: return about_vault<pb::ReadDigest>(c, {}, "DigestAnswer");
    case submit_mutations: return this->submit_mutations(c);
    case ask_known: return about_vault<pb::AskKnown>(c, "KnownBatch", "KnownAnswer");
    case ask_missing: return about_vault<pb::AskMissing>(c, "BlobList", "BlobsMissing");
    case upload_blobs: return this->upload_blobs(c);
    case download_blobs: return this->download_blobs(c);
    case put_blob: return this->put_blob(c);
    case get_blob: return this->get_blob(c);
    case blob_progress: return this->blob_progress(c);
    case open_wake: return this->open_wake(c);
    case healthy: return health(c, false);
    case ready: return health(c, true);
    case metrics: return this->metrics(c);
    case not_built: return refuse(c, {errc::not_built_yet, {}});
  }
  // clang-format on
}

}  // namespace tinysync::server
