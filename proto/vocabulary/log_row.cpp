#include "proto/vocabulary/log_row.hpp"

namespace tinysync {

std::string_view name_of(log_kind kind) {
  switch (kind) {
    case log_kind::create: return "create";
    case log_kind::update_content: return "update_content";
    case log_kind::set_mode: return "set_mode";
    case log_kind::move_rename: return "move_rename";
    case log_kind::delete_item: return "delete";
    case log_kind::delete_subtree: return "delete_subtree";
    case log_kind::restore: return "restore";
    case log_kind::epoch: return "epoch";
  }
  return "unknown";
}

}  // namespace tinysync
