#include "proto/vocabulary/invite.hpp"

#include <algorithm>
#include <cctype>

namespace tinysync {
namespace {

constexpr std::string_view scheme = "https://";
constexpr std::string_view mark = "/invite#";
constexpr std::size_t longest = 512;

bool code_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

}  // namespace

std::string to_string(const invite& i) {
  return i.url + std::string(mark) + i.pin.hex() + "." + i.code;
}

result<invite> parse_invite(std::string_view text) {
  auto bad = [](std::string why) {
    return failure(errc::invalid_argument, "this is not a TinySync invite (" + std::move(why) + ")");
  };
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  if (text.size() > longest) return bad("it is too long");
  if (!text.starts_with(scheme)) return bad("it must begin with https://");
  auto at = text.find(mark);
  if (at == std::string_view::npos) return bad("the part '/invite#' is missing; was it cut off?");
  invite out;
  out.url = std::string(text.substr(0, at));
  auto rest = text.substr(at + mark.size());
  auto dot = rest.find('.');
  auto raw = from_hex(rest.substr(0, dot));
  auto pin = raw ? public_key_pin::from(*raw) : std::nullopt;
  if (!pin || dot == std::string_view::npos) return bad("the server's key is not 64 hex digits");
  out.pin = *pin;
  out.code = std::string(rest.substr(dot + 1));
  if (out.code.size() < 16 || !std::all_of(out.code.begin(), out.code.end(), code_character))
    return bad("the code at its end is incomplete");
  return out;
}

}  // namespace tinysync
