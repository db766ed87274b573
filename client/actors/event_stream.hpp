#pragma once
// event_stream: the last few thousand events, for people and the desktop.

#include <deque>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"

namespace tinysync::client {

class event_stream {
 public:
  event_stream(actors::context&, agent_doors doors) : doors_(std::move(doors)) {}

  void handle(const pb::Event& m) {
    auto e = m;
    e.set_id(++last_);
    if (e.time_ns() == 0) e.set_time_ns(doors_.clock->wall_now_ns());
    events_.push_back(std::move(e));
    if (events_.size() > most_kept) events_.pop_front();
  }

  pb::Events handle(const pb::AskEvents& m) {
    pb::Events out;
    auto limit = m.limit() == 0 ? most_asked : std::min<std::size_t>(m.limit(), most_asked);
    for (const auto& e : events_) {
      if (e.id() <= m.after()) continue;
      if (static_cast<std::size_t>(out.events_size()) >= limit) break;
      *out.add_events() = e;
    }
    return out;
  }

 private:
  static constexpr std::size_t most_kept = 4096, most_asked = 500;
  agent_doors doors_;
  std::deque<pb::Event> events_;
  std::uint64_t last_ = 0;
};

}  // namespace tinysync::client
