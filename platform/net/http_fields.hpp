#pragma once
// Inside platform/net only: header lists from and into Beast's fields.

#include <algorithm>
#include <boost/beast/http/fields.hpp>

#include "platform/net/http.hpp"

namespace tinysync::net {

inline header_list headers_of(const boost::beast::http::fields& fields) {
  header_list out;
  for (const auto& f : fields) {
    std::string name(f.name_string());
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    out.emplace_back(std::move(name), std::string(f.value()));
  }
  return out;
}

/// Bytes that would end a header line become spaces: no value can add a header of its own.
inline std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  return out;
}

inline void add_headers(boost::beast::http::fields& fields, const header_list& headers) {
  for (const auto& [name, value] : headers) fields.insert(one_line(name), one_line(value));
}

}  // namespace tinysync::net
