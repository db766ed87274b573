#pragma once
// One row of a vault's log as a value (DESIGN §3 Log).

#include <string>
#include <vector>

#include "proto/vocabulary/item.hpp"
#include "proto/vocabulary/position.hpp"

namespace tinysync {

enum class log_kind : std::uint32_t {
  create = 1, update_content, set_mode, move_rename, delete_item, delete_subtree, restore, epoch,
};
std::string_view name_of(log_kind kind);
inline bool known(log_kind kind) { return kind >= log_kind::create && kind <= log_kind::epoch; }

struct log_row {
  seq_no seq;
  op_id op;
  device_id device;
  log_kind kind = log_kind::create;
  item_id item;
  std::string state;              ///< canonical post-state
  std::vector<std::string> also;  ///< what returned with a restored folder
  batch_id group;
  std::string correlation;
  std::int64_t server_time_ns = 0;
  digest_sum digest;              ///< of the vault after this row
  epoch_id epoch;                 ///< kind epoch
  item_id because_of;
};

struct log_entry {
  std::string row;  ///< encoded log_row
  chain_hash chain;
};

}  // namespace tinysync
