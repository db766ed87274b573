#pragma once
// A vault in maps, for tests of the server's core and of what is planned against it.

#include <map>

#include "server/core/judge.hpp"

namespace tinysync::server {

class vault_table final : public vault_view {
 public:
  terms on;  ///< of the next judgement
  std::map<item_id, item> items;
  std::map<std::pair<item_id, std::uint64_t>, item> before;
  std::map<blob_hash, std::uint64_t> blobs;

  std::optional<item> find(const item_id& id) override {
    auto i = items.find(id);
    return i == items.end() ? std::nullopt : std::optional(i->second);
  }
  std::optional<item_id> live_at(const place& at) override {
    for (const auto& [id, i] : items)
      if (!i.deleted && i.at == at) return id;
    return std::nullopt;
  }
  std::vector<item_id> live_children(const item_id& folder) override {
    std::vector<item_id> out;
    for (const auto& [id, i] : items)
      if (!i.deleted && i.at.parent == folder) out.push_back(id);
    return out;
  }
  std::vector<item> removed_by(const op_id& op) override {
    std::vector<item> out;
    for (const auto& [id, i] : items)
      if (i.deleted && i.deleted_op == op) out.push_back(i);
    return out;
  }
  std::optional<item> displaced(const item_id& id, seq_no at) override {
    auto i = before.find({id, at.value});
    return i == before.end() ? std::nullopt : std::optional(i->second);
  }
  std::optional<std::uint64_t> blob_size(const blob_hash& ref) override {
    auto i = blobs.find(ref);
    return i == blobs.end() ? std::nullopt : std::optional(i->second);
  }

  /// Judges a unit and applies it.
  judgement run(const std::vector<mutation>& all) {
    std::vector<proposal> unit;
    for (const auto& m : all) unit.push_back({&m, {}});
    auto j = judge(*this, unit, on);
    for (const auto& row : j.rows) {
      put(row.state);
      for (const auto& i : row.also) put(i);
      for (const auto& i : row.removed) put(i);
      ++on.next.value;
    }
    return j;
  }

 private:
  void put(const item& i) {
    if (auto was = find(i.id)) before[{i.id, on.next.value}] = *was;
    items[i.id] = i;
  }
};

}  // namespace tinysync::server
