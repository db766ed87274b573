#pragma once
// Trees that a test fills in, and the plan that follows from them.

#include <gtest/gtest.h>

#include <random>

#include "tests/support/memory_trees.hpp"

namespace tinysync::engine {

struct planner_test : ::testing::Test {
  memory_trees t;
  std::mt19937_64 random{1};

  /// Known and equal everywhere.
  void agreed(const item& it) {
    t.remote_[it.id] = t.base_[it.id] = it;
    t.local_[it.id] = on_disk(it);
  }
  void edit_here(const item_id& id, std::string_view text) {
    t.local_[id].hash = content_hash_of(text);
    t.local_[id].seen.size = text.size();
  }
  void edit_there(const item_id& id, std::string_view text) {
    auto& r = t.remote_[id];
    r.what.hash = content_hash_of(text);
    r.what.ref = {r.what.hash.bytes};
    r.what.size = text.size();
    r.content_op = op(9);
    ++r.version;
  }
  void move_there(const item_id& id, place to) {
    t.remote_[id].at = std::move(to);
    t.remote_[id].place_op = op(9);
    ++t.remote_[id].version;
  }
  plan make() {
    std::vector<item_id> all;
    std::set<item_id> seen;
    for (const auto* m : {&t.remote_, &t.base_})
      for (const auto& [id, it] : *m) seen.insert(id);
    for (const auto& [id, l] : t.local_) seen.insert(id);
    all.assign(seen.begin(), seen.end());
    std::shuffle(all.begin(), all.end(), random);
    plan_options o;
    o.device_label = "laptop";
    o.random = [this](std::uint8_t* out, std::size_t n) {
      while (n-- > 0) *out++ = static_cast<std::uint8_t>(random());
    };
    return make_plan(t, all, o);
  }
  static std::string text(const plan& p) {
    std::string out;
    for (const auto& d : p.disk) {
      out += std::string(name_of(d.what)) + "(" + d.from_path;
      if (!d.to_path.empty() && d.what != verb::replace) out += (d.from_path.empty() ? "" : "→") + d.to_path;
      out += "; " + std::string(name_of(d.why)) + ") ";
    }
    for (const auto& m : p.mutations) out += std::string(name_of(m.change)) + " ";
    for (const auto& o : p.trees)
      out += o.kind == tree_op::what::set_base ? "agree " : o.kind == tree_op::what::rekey ? "rekey " : "forget ";
    return out;
  }
};

inline const item_id a = nth(1), b = nth(2), c = nth(3), d = nth(4);
inline const place pa{root_item, "a"}, pb{root_item, "b"}, px{root_item, "x"};

}  // namespace tinysync::engine
