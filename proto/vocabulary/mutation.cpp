#include "proto/vocabulary/mutation.hpp"

#include <array>

namespace tinysync {

std::string_view name_of(const change& c) {
  constexpr std::array<std::string_view, 9> names = {
      "create_folder", "create_file", "create_symlink", "update_content", "set_mode",
      "move_rename",   "delete",      "delete_subtree", "restore"};
  return names[c.index()];
}

std::string_view name_of(reason r) {
  switch (r) {
    case reason::none: return "none";
#define X(name) \
  case reason::name: return #name;
      TINYSYNC_REASONS(X)
#undef X
  }
  return "unknown";
}

bool depends_on_request_alone(reason r) {
  return r == reason::name_invalid || r == reason::too_large;
}

std::string_view name_of(verdict v) {
  switch (v) {
    case verdict::applied: return "applied";
    case verdict::agreed: return "agreed";
    case verdict::duplicate: return "duplicate";
    case verdict::conflict: return "conflict";
    case verdict::rejected: return "rejected";
    case verdict::skipped: return "skipped";
  }
  return "unknown";
}

}  // namespace tinysync
