#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "platform/net/fake_network.hpp"

namespace tinysync::net {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

struct fake_net : testing::Test {
  // Virtual time: what is due, in order of time and then of asking.
  std::multimap<milliseconds, std::function<void()>> due;
  milliseconds now{0};
  fake_network net{[this](milliseconds d, std::function<void()> f) { due.emplace(now + d, f); },
                   42};
  int handled = 0;

  void SetUp() override {
    net.serve("server", [this](http_request r, responder answer) {
      ++handled;
      http_response out;
      out.body = r.peer + ' ' + r.method + ' ' + r.path + ' ' + r.body;
      answer(std::move(out));
    });
  }
  void run(milliseconds until = 24h) {
    while (!due.empty() && due.begin()->first <= until) {
      auto first = due.extract(due.begin());
      now = first.key();
      first.mapped()();
    }
  }
  result<http_response> ask(transport& t, cloud_request r = {.target = "/"}) {
    std::optional<result<http_response>> answer;
    t.exchange(std::move(r), [&](result<http_response> a) {
      EXPECT_FALSE(answer);
      answer = std::move(a);
    });
    EXPECT_FALSE(answer) << "called back inside the call";
    run();
    return answer.value();
  }
};

TEST_F(fake_net, a_request_reaches_the_handler_and_its_answer_comes_back) {
  auto t = net.connect("laptop", "server");
  EXPECT_EQ(ask(*t, {.method = "PUT", .target = "/a", .body = "x"}).value().body,
            "laptop PUT /a x");
  EXPECT_EQ(ask(*t, {.target = "bad"}).error().code, errc::malformed);
}

TEST_F(fake_net, a_server_that_is_down_is_offline) {
  auto t = net.connect("laptop", "nobody");
  EXPECT_EQ(ask(*t).error().code, errc::offline);
  net.serve("server", {});
  auto u = net.connect("laptop", "server");
  EXPECT_EQ(ask(*u).error().code, errc::offline);
}

TEST_F(fake_net, a_lost_request_was_never_handled_and_a_lost_answer_was) {
  auto t = net.connect("laptop", "server");
  net.set_faults({.lose_request = 1});
  EXPECT_EQ(ask(*t).error().code, errc::offline);
  EXPECT_EQ(handled, 0);
  net.set_faults({.lose_answer = 1});
  EXPECT_EQ(ask(*t).error().code, errc::offline);
  EXPECT_EQ(handled, 1);
}

TEST_F(fake_net, a_doubled_request_is_handled_twice_and_answered_once) {
  auto t = net.connect("laptop", "server");
  net.set_faults({.delay_max = 50ms, .duplicate_request = 1});
  EXPECT_TRUE(ask(*t));
  EXPECT_EQ(handled, 2);
  EXPECT_EQ(net.exchanges(), 2u);
}

TEST_F(fake_net, delays_take_virtual_time_and_timeouts_come_in_it) {
  auto t = net.connect("laptop", "server");
  net.set_faults({.delay_min = 40ms, .delay_max = 40ms});
  std::optional<milliseconds> when;
  t->exchange({.target = "/"}, [&](auto) { when = now; });
  run();
  EXPECT_EQ(when, 80ms);
  EXPECT_EQ(ask(*t, {.target = "/", .timeout = 50ms}).error().code, errc::timeout);
  EXPECT_EQ(handled, 2);
}

TEST_F(fake_net, a_partition_concerns_one_client_and_ends) {
  auto a = net.connect("laptop", "server"), b = net.connect("phone", "server");
  net.partition("laptop", true);
  EXPECT_EQ(ask(*a).error().code, errc::offline);
  EXPECT_TRUE(ask(*b));
  net.partition("laptop", false);
  EXPECT_TRUE(ask(*a));
}

TEST_F(fake_net, a_dying_server_cuts_what_is_under_way) {
  auto t = net.connect("laptop", "server");
  responder kept;
  net.serve("server", [&](http_request, responder r) { kept = r; });
  std::optional<errc> code;
  t->exchange({.target = "/"}, [&](result<http_response> r) { code = r.error().code; });
  run(0ms);
  net.crash_server("server");
  kept.send({});
  run();
  EXPECT_EQ(code, errc::offline);
}

TEST_F(fake_net, what_is_under_way_is_cancelled_with_its_transport) {
  auto t = net.connect("laptop", "server");
  std::optional<errc> code;
  net.set_faults({.delay_min = 10ms, .delay_max = 10ms});
  t->exchange({.target = "/"}, [&](result<http_response> r) { code = r.error().code; });
  t.reset();
  run();
  EXPECT_EQ(code, errc::cancelled);
}

TEST_F(fake_net, one_seed_gives_one_history) {
  auto history = [] {
    std::string out;
    std::multimap<milliseconds, std::function<void()>> due;
    milliseconds now{0};
    fake_network net([&](milliseconds d, std::function<void()> f) { due.emplace(now + d, f); }, 7);
    net.serve("s", [](http_request, responder r) { r({}); });
    net.set_faults(
        {.delay_max = 100ms, .lose_request = .2, .lose_answer = .2, .duplicate_request = .2});
    auto t = net.connect("c", "s");
    for (int i = 0; i < 50; ++i)
      t->exchange({.target = "/"}, [&out, &now, i](result<http_response> r) {
        out += std::to_string(i) + (r ? "+" : "-") + std::to_string(now.count()) + ' ';
      });
    while (!due.empty()) {
      auto first = due.extract(due.begin());
      now = first.key();
      first.mapped()();
    }
    return out;
  };
  EXPECT_EQ(history(), history());
  EXPECT_NE(history().find('-'), std::string::npos);
}

struct fake_sockets : fake_net {
  std::shared_ptr<websocket> theirs, mine;
  std::vector<std::string> got_theirs, got_mine;
  std::optional<errc> end_theirs, end_mine;

  void open(transport& t) {
    net.serve("server", [this](http_request r, responder answer) {
      if (!r.websocket_upgrade || r.path == "/no") return answer({.status = 401});
      http_response yes;
      yes.on_websocket = [this](std::shared_ptr<websocket> w) {
        theirs = w;
        w->listen([this](std::string m) { got_theirs.push_back(m); },
                  [this](const error& e) { end_theirs = e.code; });
      };
      answer(std::move(yes));
    });
    t.open_websocket("/wake", {}, [this](result<std::shared_ptr<websocket>> r) {
      mine = r.value();
      mine->listen([this](std::string m) { got_mine.push_back(m); },
                   [this](const error& e) { end_mine = e.code; });
    });
    run();
    ASSERT_TRUE(mine && theirs);
  }
};

TEST_F(fake_sockets, messages_keep_their_order_whatever_the_delays) {
  auto t = net.connect("laptop", "server");
  open(*t);
  net.set_faults({.delay_max = 500ms});
  for (int i = 0; i < 100; ++i) theirs->send(std::to_string(i));
  mine->send("up");
  run();
  ASSERT_EQ(got_mine.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(got_mine[i], std::to_string(i));
  EXPECT_EQ(got_theirs, std::vector<std::string>{"up"});
  mine->send("bye");
  mine->close();
  run();
  EXPECT_EQ(got_theirs.back(), "bye");
  EXPECT_EQ(end_mine, errc::cancelled);
  EXPECT_EQ(end_theirs, errc::cancelled);
}

TEST_F(fake_sockets, a_partition_or_a_crash_breaks_them) {
  auto t = net.connect("laptop", "server");
  open(*t);
  net.partition("laptop", true);
  run();
  EXPECT_EQ(end_mine, errc::offline);
  EXPECT_EQ(end_theirs, errc::offline);
  net.partition("laptop", false);
  end_mine.reset();
  open(*t);
  net.crash_server("server");
  run();
  EXPECT_EQ(end_mine, errc::offline);
}

TEST_F(fake_sockets, a_cut_may_come_instead_of_a_message) {
  auto t = net.connect("laptop", "server");
  open(*t);
  net.set_faults({.cut_websocket = 1});
  theirs->send("lost");
  run();
  EXPECT_TRUE(got_mine.empty());
  EXPECT_EQ(end_mine, errc::offline);
}

TEST_F(fake_sockets, a_refused_upgrade_is_the_row_of_its_status) {
  auto t = net.connect("laptop", "server");
  open(*t);
  std::optional<errc> code;
  t->open_websocket("/no", {},
                    [&](result<std::shared_ptr<websocket>> r) { code = r.error().code; });
  run();
  EXPECT_EQ(code, errc::unauthenticated);
}

}  // namespace
}  // namespace tinysync::net
