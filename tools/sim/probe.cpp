#include "tools/sim/probe.hpp"

#include "proto/vocabulary/bytes.hpp"

namespace tinysync::sim {

using namespace std::chrono_literals;

probe::probe(world& w) : w_(w), line_(w.network().connect("probe", "server")) {
  w_.network().set_faults("probe", {});
  auto body = codec::encode(codec::register_device{.invite_code = world::invite_for_all(), .name = "probe"});
  auto made = codec::decode_registered(ask("POST", "/v1/devices", body).content());
  if (!made) throw std::runtime_error("the probe cannot register: " + to_string(made.error()));
  secret_ = made->secret;
}

net::http_response probe::ask(const std::string& method, const std::string& target, std::string body) {
  net::cloud_request r{.method = method, .target = target, .body = std::move(body)};
  r.headers.emplace_back("content-type", "application/x-protobuf");
  if (!token_.empty()) r.headers.emplace_back("authorization", "Bearer " + token_);
  auto answer = std::make_shared<std::optional<result<net::http_response>>>();
  line_->exchange(std::move(r), [answer](result<net::http_response> a) { *answer = std::move(a); });
  for (int i = 0; i < 600 && !*answer; ++i) w_.run_for(i == 0 ? 0ms : 100ms);
  if (!*answer || !**answer) throw std::runtime_error("the server does not answer the probe's " + target);
  return std::move(***answer);
}

net::http_response probe::with_token(const std::string& target) {
  auto answer = token_.empty() ? net::http_response{.status = 401} : ask("GET", target);
  if (answer.status != 401) return answer;
  token_.clear();
  auto given = codec::decode_access_token(ask("POST", "/v1/token", codec::encode(codec::token_request{.secret = secret_})).content());
  if (!given) throw std::runtime_error("no token for the probe: " + to_string(given.error()));
  token_ = given->token;
  return ask("GET", target);
}

std::vector<log_entry> probe::log() {
  std::vector<log_entry> out;
  const auto vault = "/v1/vaults/" + uuid_text(w_.vault());
  for (;;) {
    auto answer = with_token(vault + "/log?after=" + std::to_string(out.size()) + "&limit=1000");
    auto page = codec::decode_log_page(answer.content());
    if (answer.status != 200 || !page)
      throw std::runtime_error("the probe cannot read the log: " + std::to_string(answer.status));
    if (page->entries.empty()) return out;
    out.insert(out.end(), page->entries.begin(), page->entries.end());
  }
}

std::optional<std::string> probe::blob(const std::string& hash) {
  auto answer = with_token("/v1/vaults/" + uuid_text(w_.vault()) + "/blobs/" + to_hex(hash));
  return answer.status == 200 ? std::optional(answer.content()) : std::nullopt;
}

}  // namespace tinysync::sim
