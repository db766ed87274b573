// WebSockets of the simulated network: two ends, messages in order, delays and cuts as told.
#include <deque>
#include <optional>

#include "platform/net/fake_world.hpp"

namespace tinysync::net {

class fake_websocket final : public websocket, public std::enable_shared_from_this<fake_websocket> {
 public:
  fake_websocket(std::shared_ptr<fake_network::world> w, std::uint64_t pair, int end)
      : w_(std::move(w)), pair_(pair), end_(end) {}

  void listen(std::function<void(std::string)> on_message,
              std::function<void(const error&)> on_close) override {
    on_message_ = std::move(on_message);
    on_close_ = std::move(on_close);
    listening_ = true;
    w_->after({}, [me = shared_from_this()] { me->flush(); });
  }

  void send(std::string message) override {
    auto at = w_->sockets.find(pair_);
    if (over_ || closing_ || at == w_->sockets.end()) return;
    const auto client = at->second.client;
    if (w_->happens(w_->faults_of(client).cut_websocket)) {
      ++w_->counts.cut_websockets;
      return w_->break_websockets(
          [&](const fake_socket_pair& p) { return p.ends[end_].get() == this; });
    }
    // Whatever the delays are, each arrival takes the oldest: nothing overtakes.
    auto peer = at->second.ends[1 - end_];
    peer->on_the_way_.push_back(std::move(message));
    w_->after(w_->delay(client), [peer] { peer->arrived(); });
  }

  void close() override {
    auto at = w_->sockets.find(pair_);
    if (over_ || closing_ || at == w_->sockets.end()) return;
    closing_ = true;
    auto peer = at->second.ends[1 - end_];
    w_->after(w_->delay(at->second.client), [w = w_, me = shared_from_this(), peer] {
      while (!peer->on_the_way_.empty()) peer->arrived();
      w->sockets.erase(me->pair_);
      peer->end({errc::cancelled, "closed"});
      me->end({errc::cancelled, "closed"});
    });
  }

  void arrived() {
    if (on_the_way_.empty()) return;
    inbox_.push_back(std::move(on_the_way_.front()));
    on_the_way_.pop_front();
    flush();
  }

  void end(error why) {
    if (over_) return;
    over_ = std::move(why);
    flush();
  }

 private:
  void flush() {
    if (!listening_ || std::exchange(flushing_, true)) return;
    while (!inbox_.empty() && on_message_) {
      auto message = std::move(inbox_.front());
      inbox_.pop_front();
      on_message_(std::move(message));
    }
    flushing_ = false;
    if (!over_ || !on_close_) return;
    auto on_close = std::exchange(on_close_, nullptr);
    on_message_ = nullptr;
    on_close(*over_);
  }

  std::shared_ptr<fake_network::world> w_;
  const std::uint64_t pair_;
  const int end_;
  bool listening_ = false, closing_ = false, flushing_ = false;
  std::optional<error> over_;
  std::deque<std::string> on_the_way_, inbox_;
  std::function<void(std::string)> on_message_;
  std::function<void(const error&)> on_close_;
};

std::pair<std::shared_ptr<websocket>, std::shared_ptr<websocket>>
fake_network::world::connect_websocket(const std::string& client, const std::string& server) {
  const auto number = next_socket++;
  auto mine = std::make_shared<fake_websocket>(shared_from_this(), number, 0);
  auto theirs = std::make_shared<fake_websocket>(shared_from_this(), number, 1);
  sockets.emplace(number, fake_socket_pair{client, server, {mine, theirs}});
  return {mine, theirs};
}

void fake_network::world::break_websockets(
    const std::function<bool(const fake_socket_pair&)>& which) {
  std::vector<fake_socket_pair> broken;
  for (auto at = sockets.begin(); at != sockets.end();) {
    if (which(at->second)) {
      broken.push_back(std::move(at->second));
      at = sockets.erase(at);
    } else {
      ++at;
    }
  }
  for (auto& pair : broken)
    for (auto& e : pair.ends)
      after(delay(pair.client), [e] { e->end({errc::offline, "the connection broke"}); });
}

}  // namespace tinysync::net
