#pragma once
// Inside platform/net only: what a server must end before it is gone.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

namespace tinysync::net {

/// One accepted connection. Both verbs may be called from any thread and return at once.
class live_session {
 public:
  virtual ~live_session() = default;
  virtual void wind_down() = 0;  ///< finish what is under way, then close
  virtual void cut() = 0;        ///< close now
};

/// The connections of a server.
class live_sessions {
 public:
  std::uint64_t add(std::weak_ptr<live_session> s);
  /// Another object stands for the connection now (an upgrade).
  void replace(std::uint64_t number, std::weak_ptr<live_session> s);
  void remove(std::uint64_t number);
  std::size_t size() const;
  void wind_down_all();
  void cut_all();
  bool wait_until_none(std::chrono::steady_clock::time_point limit);

 private:
  std::map<std::uint64_t, std::weak_ptr<live_session>> copy() const;
  mutable std::mutex m_;
  std::condition_variable gone_;
  std::map<std::uint64_t, std::weak_ptr<live_session>> all_;
  std::uint64_t next_ = 1;
};

}  // namespace tinysync::net
