#include "platform/net/http.hpp"

#include <algorithm>
#include <atomic>

#include "platform/net/upgrade.hpp"

namespace tinysync::net {
namespace {

constexpr std::size_t target_limit = 8u << 10;
constexpr std::size_t query_limit = 64;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

result<void> add_query(http_request& request, std::string_view text) {
  for (std::size_t count = 0; !text.empty(); ++count) {
    if (count == query_limit) return failure(errc::malformed, "too many query parameters");
    auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    auto equals = pair.find('=');
    auto key = percent_decode(pair.substr(0, equals));
    auto value = percent_decode(equals == pair.npos ? "" : pair.substr(equals + 1));
    if (!key || !value) return failure(errc::malformed, "a bad escape in the query");
    request.query[std::move(*key)] = std::move(*value);
  }
  return {};
}

}  // namespace

std::string_view find_header(const header_list& headers, std::string_view name) {
  for (const auto& [n, value] : headers)
    if (n == name) return value;
  return {};
}

std::string percent_encode(std::string_view bytes) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : bytes) {
    if (unreserved(c)) {
      out += c;
      continue;
    }
    auto b = static_cast<unsigned char>(c);
    out += '%';
    out += digits[b >> 4];
    out += digits[b & 15];
  }
  return out;
}

result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return failure(errc::malformed, "a bad escape");
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return out;
}

result<http_request> request_for(std::string_view method, std::string_view target) {
  if (target.empty() || target[0] != '/') return failure(errc::malformed, "a target without '/'");
  if (target.size() > target_limit) return failure(errc::malformed, "a target over 8 KiB");
  http_request request;
  request.method = std::string(method);
  request.target = std::string(target);
  auto question = target.find('?');
  auto path = percent_decode(target.substr(0, question));
  // A decoded '/' would make two different targets one path; nobody here needs it.
  if (!path || path->find('\0') != path->npos ||
      std::count(path->begin(), path->end(), '/') !=
          std::count(target.begin(), target.begin() + std::min(question, target.size()), '/'))
    return failure(errc::malformed, "a bad escape in the path");
  request.path = std::move(*path);
  if (question != target.npos)
    if (auto added = add_query(request, target.substr(question + 1)); !added)
      return failure(added.error());
  return request;
}

struct responder::state {
  std::function<void(http_response)> deliver;
  std::atomic<bool> used{false};

  void send(http_response response) {
    if (!used.exchange(true)) deliver(std::move(response));
  }
  ~state() {
    http_response dropped;
    dropped.status = 500;
    send(std::move(dropped));
  }
};

responder::responder(std::function<void(http_response)> deliver) : s_(std::make_shared<state>()) {
  s_->deliver = std::move(deliver);
}

void responder::send(http_response response) const { s_->send(std::move(response)); }

error refused_upgrade(int status) {
  auto text = "the WebSocket was refused with status " + std::to_string(status);
  switch (status) {
    case 400:
      return {errc::invalid_argument, text};
    case 401:
      return {errc::unauthenticated, text};
    case 403:
      return {errc::forbidden, text};
    case 404:
      return {errc::not_found, text};
    case 426:
      return {errc::update_required, text};
    case 429:
      return {errc::too_many_requests, text};
    default:
      return {status >= 500 ? errc::unavailable : errc::not_tinysync, text};
  }
}

}  // namespace tinysync::net
