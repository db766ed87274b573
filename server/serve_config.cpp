#include "server/serve_config.hpp"

#include <charconv>

#include "platform/config/document.hpp"
#include "platform/net/https_transport.hpp"

namespace tinysync::server {

using namespace std::chrono_literals;

result<void> serve_config::load(const std::string& path) {
  auto file = config::document::load(path);
  if (!file) return failure(file.error());
  listen = file->text("listen", listen);
  public_url = file->text("public_url", public_url);
  store = file->text("store", store);
  blobs = file->text("blobs", blobs);
  log_level = file->text("log_level", log_level);
  limits.token_lifetime = std::chrono::duration_cast<std::chrono::seconds>(
      file->duration("token_lifetime", limits.token_lifetime, 60s, 24h));
  if (file->has("vault_quota"))
    limits.vault_quota = file->size("vault_quota", 0, 1, std::uint64_t{1} << 60);
  return file->finish();
}

result<void> serve_config::validate() const {
  if (auto at = parse_listen(listen); !at) return failure(at.error());
  if (!public_url.empty())
    if (auto url = net::parse_https_url(public_url); !url) return failure(url.error());
  if (store.starts_with("postgres://") || store.starts_with("postgresql://"))
    return failure(errc::not_built_yet,
                   "--store postgres://… comes in a later version; use sqlite");
  if (store != "sqlite")
    return failure(errc::invalid_argument, "--store takes sqlite, not '" + store + "'");
  if (blobs.starts_with("s3://"))
    return failure(errc::not_built_yet, "--blobs s3://… comes in a later version; use dir");
  if (blobs != "dir")
    return failure(errc::invalid_argument, "--blobs takes dir, not '" + blobs + "'");
  return {};
}

result<host_port> parse_listen(const std::string& text) {
  auto bad = failure(errc::invalid_argument, "--listen takes HOST:PORT, not '" + text + "'");
  auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return bad;
  host_port out{text.substr(0, colon), 0};
  if (out.host.starts_with('[') && out.host.ends_with(']'))
    out.host = out.host.substr(1, out.host.size() - 2);
  else if (out.host.find(':') != std::string::npos)
    return bad;
  auto* first = text.data() + colon + 1;
  auto* last = text.data() + text.size();
  auto [end, wrong] = std::from_chars(first, last, out.port);
  if (first == last || wrong != std::errc{} || end != last) return bad;
  return out;
}

}  // namespace tinysync::server
