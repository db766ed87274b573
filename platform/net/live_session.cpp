#include "platform/net/live_session.hpp"

namespace tinysync::net {

std::uint64_t live_sessions::add(std::weak_ptr<live_session> s) {
  std::lock_guard lock(m_);
  all_.emplace(next_, std::move(s));
  return next_++;
}

void live_sessions::replace(std::uint64_t number, std::weak_ptr<live_session> s) {
  std::lock_guard lock(m_);
  all_[number] = std::move(s);
}

void live_sessions::remove(std::uint64_t number) {
  std::lock_guard lock(m_);
  all_.erase(number);
  if (all_.empty()) gone_.notify_all();
}

std::size_t live_sessions::size() const {
  std::lock_guard lock(m_);
  return all_.size();
}

std::map<std::uint64_t, std::weak_ptr<live_session>> live_sessions::copy() const {
  std::lock_guard lock(m_);
  return all_;
}

// Not under the lock: the last owner may be let go here, whose end asks for it.
void live_sessions::wind_down_all() {
  for (auto& [number, weak] : copy())
    if (auto s = weak.lock()) s->wind_down();
}

void live_sessions::cut_all() {
  for (auto& [number, weak] : copy())
    if (auto s = weak.lock()) s->cut();
}

bool live_sessions::wait_until_none(std::chrono::steady_clock::time_point limit) {
  std::unique_lock lock(m_);
  return gone_.wait_until(lock, limit, [this] { return all_.empty(); });
}

}  // namespace tinysync::net
