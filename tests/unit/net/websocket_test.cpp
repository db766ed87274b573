#include "tests/unit/net/loopback.hpp"

namespace tinysync::net {
namespace {

struct websockets : loopback {
  awaited<std::shared_ptr<websocket>> accepted;

  void serve_sockets(websocket_limits limits = {}) {
    https_server_options options;
    options.websockets = limits;
    serve(
        [this](http_request r, responder answer) {
          if (!r.websocket_upgrade) return answer({.status = 400});
          if (r.path != "/wake") return answer({.status = r.path == "/401" ? 401 : 404});
          http_response yes;
          yes.on_websocket = [a = accepted](std::shared_ptr<websocket> w) mutable { a.set(w); };
          answer(std::move(yes));
        },
        options);
  }
};

// What one end heard; outlives the test's own variables as long as the socket does.
class heard {
 public:
  void listen(websocket& w) {
    w.listen(
        [s = s_](std::string message) {
          std::lock_guard lock(s->m);
          s->messages.push_back(std::move(message));
        },
        [s = s_](const error& e) {
          std::lock_guard lock(s->m);
          EXPECT_FALSE(s->closed) << "told twice";
          s->closed = e;
        });
  }
  std::vector<std::string> messages() const {
    std::lock_guard lock(s_->m);
    return s_->messages;
  }
  std::size_t count() const { return messages().size(); }
  std::optional<errc> end() const {
    std::lock_guard lock(s_->m);
    return s_->closed ? std::optional(s_->closed->code) : std::nullopt;
  }

 private:
  struct state {
    std::mutex m;
    std::vector<std::string> messages;
    std::optional<error> closed;
  };
  std::shared_ptr<state> s_ = std::make_shared<state>();
};

TEST_F(websockets, a_thousand_pushes_arrive_in_order) {
  serve_sockets();
  auto c = client();
  heard mine, theirs;
  auto w = open(*c, "/wake").value();
  mine.listen(*w);
  auto s = accepted.get();
  theirs.listen(*s);
  for (int i = 0; i < 1000; ++i) s->send(std::to_string(i));
  EXPECT_TRUE(eventually([&] { return mine.count() == 1000; }));
  const auto messages = mine.messages();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(messages[i], std::to_string(i));
  w->send(std::string("up\0ward", 7));
  EXPECT_TRUE(eventually([&] { return theirs.count() == 1; }));
  EXPECT_EQ(theirs.messages()[0], std::string("up\0ward", 7));
  w->close();
  EXPECT_TRUE(eventually([&] { return mine.end() && theirs.end(); }));
  EXPECT_EQ(mine.end(), errc::cancelled);
  EXPECT_EQ(theirs.end(), errc::cancelled);
  EXPECT_TRUE(eventually([&] { return server->connections() == 0; }));
}

TEST_F(websockets, what_was_sent_before_a_close_still_arrives) {
  serve_sockets();
  auto c = client();
  auto w = open(*c, "/wake").value();
  heard mine, theirs;
  theirs.listen(*accepted.get());
  for (int i = 0; i < 100; ++i) w->send("x");
  w->close();
  mine.listen(*w);
  EXPECT_TRUE(eventually([&] { return theirs.end().has_value() && mine.end().has_value(); }));
  EXPECT_EQ(theirs.count(), 100u);
}

TEST_F(websockets, a_refused_upgrade_is_the_row_of_its_status) {
  serve_sockets();
  auto c = client();
  EXPECT_EQ(open(*c, "/401").error().code, errc::unauthenticated);
  EXPECT_EQ(open(*c, "/other").error().code, errc::not_found);
  auto other = crypto::authority::create("other", 1'770'000'000).value();
  auto wrong = client({.pin = other.fingerprint()});
  EXPECT_EQ(open(*wrong, "/wake").error().code, errc::pin_mismatch);
}

TEST_F(websockets, a_peer_that_does_not_read_is_cut_off) {
  serve_sockets({.queued_messages = 64, .queued_bytes = 1u << 20});
  auto c = client();
  auto w = open(*c, "/wake").value();  // never listens
  auto s = accepted.get();
  heard theirs;
  theirs.listen(*s);
  EXPECT_TRUE(eventually([&] {
    s->send(std::string(64u << 10, 'x'));
    return theirs.end().has_value();
  }));
  EXPECT_EQ(theirs.end(), errc::overloaded);
  EXPECT_TRUE(eventually([&] { return server->connections() == 0; }));
}

TEST_F(websockets, a_message_over_the_limit_ends_the_connection) {
  serve_sockets({.message_bytes = 1000});
  auto c = client();
  auto w = open(*c, "/wake").value();
  heard mine, theirs;
  mine.listen(*w);
  theirs.listen(*accepted.get());
  w->send(std::string(1000, 'x'));
  EXPECT_TRUE(eventually([&] { return theirs.count() == 1; }));
  w->send(std::string(1001, 'x'));
  EXPECT_TRUE(eventually([&] { return theirs.end() && mine.end(); }));
  EXPECT_EQ(theirs.end(), errc::too_large);
}

TEST_F(websockets, a_graceful_stop_closes_them_in_order) {
  serve_sockets();
  auto c = client();
  auto w = open(*c, "/wake").value();
  heard mine, theirs;
  mine.listen(*w);
  theirs.listen(*accepted.get());
  server->stop(10s);
  EXPECT_EQ(theirs.end(), errc::cancelled);
  EXPECT_TRUE(eventually([&] { return mine.end().has_value(); }));
  EXPECT_EQ(mine.end(), errc::cancelled);
}

TEST_F(websockets, they_outlive_the_transport_that_opened_them_and_end_with_the_loop) {
  serve_sockets();
  auto c = client();
  auto w = open(*c, "/wake").value();
  heard mine;
  mine.listen(*w);
  c.reset();
  accepted.get()->send("still here");
  EXPECT_TRUE(eventually([&] { return mine.count() == 1; }));
  io.stop();
  EXPECT_TRUE(mine.end().has_value());
}

TEST_F(websockets, silence_is_kept_alive_by_pings) {
  serve_sockets({.ping_after_idle_s = 1});
  auto c = client();
  auto w = open(*c, "/wake").value();
  heard mine, theirs;
  mine.listen(*w);
  auto s = accepted.get();
  theirs.listen(*s);
  awaited<bool> later;
  io.after(2500ms, [later]() mutable { later.set(true); });
  later.get();
  EXPECT_FALSE(theirs.end());
  s->send("awake");
  EXPECT_TRUE(eventually([&] { return mine.count() == 1; }));
}

}  // namespace
}  // namespace tinysync::net
