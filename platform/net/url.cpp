#include <charconv>

#include "platform/net/https_transport.hpp"

namespace tinysync::net {

result<url_parts> parse_https_url(std::string_view url) {
  constexpr std::string_view scheme = "https://";
  const auto wrong = [whole = std::string(url.substr(0, 200))] {
    return failure(errc::invalid_argument, "not like https://host[:port]: " + whole);
  };
  if (!url.starts_with(scheme)) return wrong();
  url.remove_prefix(scheme.size());
  if (url.ends_with('/')) url.remove_suffix(1);
  url_parts parts;
  if (url.starts_with('[')) {
    auto end = url.find(']');
    if (end == url.npos) return wrong();
    parts.host = std::string(url.substr(1, end - 1));
    url.remove_prefix(end + 1);
  } else {
    parts.host = std::string(url.substr(0, url.find(':')));
    url.remove_prefix(parts.host.size());
  }
  if (parts.host.empty() || parts.host.size() > 253 ||
      parts.host.find_first_of("/?#@[]% \t\r\n") != std::string::npos)
    return wrong();
  if (url.empty()) return parts;
  url.remove_prefix(1);
  auto [rest, e] = std::from_chars(url.data(), url.data() + url.size(), parts.port);
  if (e != std::errc() || rest != url.data() + url.size() || parts.port == 0) return wrong();
  return parts;
}

}  // namespace tinysync::net
