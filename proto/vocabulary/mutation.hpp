#pragma once
// What a device asks the server to change, and what the server answers (DESIGN §4 Mutations).

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "proto/vocabulary/item.hpp"
#include "proto/vocabulary/position.hpp"

namespace tinysync {

struct create_folder { place at; };
struct create_file { place at; content what; mode_bits mode; };
struct create_symlink { place at; content what; };
struct update_content { op_id content_op; content what; };
struct set_mode { op_id mode_op; mode_bits mask, value; };
struct move_rename { op_id place_op; place to; };
struct delete_item { op_id content_op, place_op, mode_op; };
struct delete_subtree { op_id place_op; seq_no seen; };
struct restore_item { op_id deleting_op; place at; op_id content_op; seq_no from; };

using change = std::variant<create_folder, create_file, create_symlink, update_content, set_mode,
                            move_rename, delete_item, delete_subtree, restore_item>;

struct mutation {
  op_id op;
  item_id item;
  std::vector<op_id> after;
  batch_id group;
  item_id because_of;  ///< zero: deleted for its own sake
  std::string correlation;
  std::string like;    ///< former canonical bytes of a re-create
  std::optional<std::string> inline_content;
  tinysync::change change;
};

std::string_view name_of(const change& c);  ///< "create_file", …

/// Why a mutation was not applied. The names travel in logs and notices; order is the wire's.
#define TINYSYNC_REASONS(X)                                                                \
  X(content_changed) X(place_changed) X(changed_since) X(parent_missing) X(parent_deleted) \
  X(name_taken) X(cycle) X(item_deleted) X(item_exists) X(not_empty) X(mode_changed)       \
  X(blob_missing) X(name_invalid) X(too_large) X(quota) X(not_authorised) X(brake)         \
  X(retired) X(internal) X(item_missing)

enum class reason : std::uint8_t {
  none = 0,
#define X(name) name,
  TINYSYNC_REASONS(X)
#undef X
};
std::string_view name_of(reason r);

/// Refusals that depend on nothing but the request are remembered under its op id.
bool depends_on_request_alone(reason r);

enum class verdict : std::uint8_t { applied = 1, agreed, duplicate, conflict, rejected, skipped };
std::string_view name_of(verdict v);

struct outcome {
  op_id op;
  verdict kind = verdict::rejected;
  position at;            ///< applied, agreed, duplicate
  std::string canonical;  ///< the server's item; empty if it has none
  reason why = reason::none;
  op_id skipped_for;
  bool succeeded() const { return kind <= verdict::duplicate; }
};

}  // namespace tinysync
