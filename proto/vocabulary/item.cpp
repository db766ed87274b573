#include "proto/vocabulary/item.hpp"

#include <algorithm>

namespace tinysync {

std::string_view name_of(item_kind kind) {
  switch (kind) {
    case item_kind::folder: return "folder";
    case item_kind::file: return "file";
    case item_kind::symlink: return "symlink";
  }
  return "unknown";
}

bool same_content(const content& a, const content& b) { return a.hash == b.hash; }

bool same_state(const item& a, const item& b) {
  return a.at == b.at && a.kind == b.kind && same_content(a.what, b.what) && a.mode == b.mode &&
         a.deleted == b.deleted;
}

seq_no newest_seq(const item& it) {
  return std::max({it.content_seq, it.place_seq, it.mode_seq, it.deleted_seq});
}

}  // namespace tinysync
