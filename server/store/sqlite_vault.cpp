#include "server/store/sqlite_vault.hpp"

namespace tinysync::server {

std::optional<item> sqlite_metadata::sqlite_vault::find(const item_id& id) {
  auto r = db_.query("item_get", no_, raw(id));
  if (!r.next()) return std::nullopt;
  return item_of(r.bytes(0));
}

std::string sqlite_metadata::sqlite_vault::canonical(const item_id& id) {
  auto r = db_.query("item_get", no_, raw(id));
  return r.next() ? r.text(0) : std::string{};
}

std::optional<item_id> sqlite_metadata::sqlite_vault::live_at(const place& at) {
  auto r = db_.query("item_at", no_, raw(at.parent), raw(at.name));
  if (!r.next()) return std::nullopt;
  return id_at<item_id>(r, 0);
}

std::vector<item_id> sqlite_metadata::sqlite_vault::live_children(const item_id& folder) {
  std::vector<item_id> out;
  auto r = db_.query("item_children", no_, raw(folder));
  while (r.next()) out.push_back(id_at<item_id>(r, 0));
  return out;
}

std::vector<item> sqlite_metadata::sqlite_vault::removed_by(const op_id& op) {
  std::vector<item> out;
  auto r = db_.query("item_removed_by", no_, raw(op));
  while (r.next()) out.push_back(item_of(r.bytes(0)));
  return out;
}

std::optional<item> sqlite_metadata::sqlite_vault::displaced(const item_id& id, seq_no at) {
  auto r = db_.query("before_get", no_, raw(id), as_i64(at.value));
  if (!r.next()) return std::nullopt;
  return item_of(r.bytes(0));
}

std::optional<std::uint64_t> sqlite_metadata::sqlite_vault::blob_size(const blob_hash& ref) {
  auto r = db_.query("vault_blob_get", no_, raw(ref));
  if (!r.next()) return std::nullopt;
  return as_u64(r.i64(0));
}

}  // namespace tinysync::server
