#include "client/engine/pace.hpp"

#include <algorithm>

namespace tinysync::engine {

double pace::level_at(const recent& r, std::int64_t now_ns) const {
  auto passed = static_cast<double>(now_ns - r.last_ns) / static_cast<double>(limits_.leak_ns);
  return passed < 0 ? 0 : std::max(0.0, r.level - passed);  // the clock was set back: begin anew
}

std::optional<std::int64_t> pace::hold_until(const item_id& id, std::int64_t ctime_ns,
                                             std::int64_t now_ns) const {
  auto r = recent_.find(id);
  if (r == recent_.end() || level_at(r->second, now_ns) <= limits_.burst - 1) return std::nullopt;
  auto until = std::min(ctime_ns + limits_.quiet_ns, r->second.last_ns + limits_.longest_ns);
  return until > now_ns ? std::optional(until) : std::nullopt;
}

void pace::taken(const item_id& id, std::int64_t now_ns) {
  auto& r = recent_[id];
  r.level = level_at(r, now_ns) + 1;
  r.last_ns = now_ns;
  r.held = false;
  if (now_ns >= tidied_ns_ && now_ns - tidied_ns_ < limits_.leak_ns) return;
  tidied_ns_ = now_ns;
  std::erase_if(recent_, [&](const auto& one) {
    return !one.second.held && level_at(one.second, now_ns) == 0;
  });
}

void pace::held(const item_id& id, std::int64_t now_ns) {
  auto [r, fresh] = recent_.try_emplace(id);
  if (fresh) r->second.last_ns = now_ns;
  r->second.held = true;
}

void pace::looked_at(const item_id& id) {
  if (auto r = recent_.find(id); r != recent_.end()) r->second.held = false;
}

void pace::gone(const item_id& id) { recent_.erase(id); }

std::vector<item_id> pace::holding() const {
  std::vector<item_id> out;
  for (const auto& [id, r] : recent_)
    if (r.held) out.push_back(id);
  return out;
}

}  // namespace tinysync::engine
