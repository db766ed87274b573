#include "proto/vocabulary/errors.hpp"

#include <array>

namespace tinysync {
namespace {

struct row {
  std::string_view name;
  remedy what;
  int http;
  exit_code exit;
  std::string_view text;
};

constexpr std::array rows = {
#define X(name, rem, http, exit, text) row{#name, remedy::rem, http, exit_code::exit, text},
    TINYSYNC_ERRORS(X)
#undef X
};

const row& row_of(errc code) {
  auto i = static_cast<std::size_t>(code);
  return rows[i < rows.size() ? i : 0];
}

}  // namespace

std::string_view name_of(errc code) { return row_of(code).name; }
remedy remedy_of(errc code) { return row_of(code).what; }
int http_status_of(errc code) { return row_of(code).http; }
exit_code exit_code_of(errc code) { return row_of(code).exit; }
std::string_view sentence_of(errc code) { return row_of(code).text; }

std::optional<errc> errc_from_name(std::string_view name) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].name == name) return static_cast<errc>(i);
  return std::nullopt;
}

std::string to_string(const error& e) {
  auto sentence = std::string(sentence_of(e.code));
  return e.text.empty() ? sentence : e.text + ": " + sentence;
}

}  // namespace tinysync
