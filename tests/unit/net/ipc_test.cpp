#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "platform/net/ipc.hpp"
#include "platform/net/signals.hpp"
#include "tests/unit/net/loopback.hpp"
#include "tests/unit/platform/temporary_folder.hpp"

namespace tinysync::net {
namespace {

struct ipc : testing::Test {
  temporary_folder dir;
  std::string path = dir / "agent.sock";
  io_threads io{2};

  // Answers every frame with itself and an exclamation mark.
  std::unique_ptr<ipc_listener> echo() {
    return ipc_listener::start(io, path,
                               [](std::shared_ptr<ipc_connection> c) {
                                 c->listen(
                                     [weak = std::weak_ptr(c)](std::string frame) {
                                       if (auto c = weak.lock())
                                         c->send(frame.size() < 100 ? frame + '!' : frame);
                                     },
                                     [c](const error&) {});
                               })
        .value();
  }
};

TEST_F(ipc, frames_go_there_and_back) {
  auto listener = echo();
  auto c = ipc_client::connect(path, 1s).value();
  for (const auto& frame :
       {std::string("hello"), std::string(), std::string(ipc_frame_limit, 'x')}) {
    EXPECT_TRUE(c.send(frame));
    EXPECT_EQ(c.receive(10s).value(), frame.size() < 100 ? frame + '!' : frame);
  }
}

TEST_F(ipc, the_socket_is_its_owners_alone_and_the_peer_is_known) {
  awaited<ipc_peer> peer;
  auto listener = ipc_listener::start(io, path, [peer](std::shared_ptr<ipc_connection> c) mutable {
                    peer.set(c->peer());
                  }).value();
  struct stat st;
  ASSERT_EQ(::stat(path.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0600u);
  auto c = ipc_client::connect(path, 1s).value();
  auto who = peer.get();
  EXPECT_EQ(who.uid, ::geteuid());
  EXPECT_EQ(who.pid, ::getpid());
}

TEST_F(ipc, without_an_agent_it_says_so) {
  EXPECT_EQ(ipc_client::connect(path, 1s).error().code, errc::agent_not_running);
  { auto listener = echo(); }
  EXPECT_EQ(ipc_client::connect(path, 1s).error().code, errc::agent_not_running);
  EXPECT_EQ(ipc_client::connect(std::string(200, 'x'), 1s).error().code, errc::invalid_argument);
}

TEST_F(ipc, a_second_listener_is_refused_and_a_dead_ones_socket_replaced) {
  auto first = echo();
  auto nobody = [](std::shared_ptr<ipc_connection>) {};
  EXPECT_EQ(ipc_listener::start(io, path, nobody).error().code, errc::busy);
  first.reset();
  std::ofstream(path) << "not a socket";
  EXPECT_EQ(ipc_listener::start(io, path, nobody).error().code, errc::exists);
}

TEST_F(ipc, a_silent_agent_is_a_timeout_and_a_closed_one_offline) {
  awaited<std::shared_ptr<ipc_connection>> accepted;
  auto listener =
      ipc_listener::start(io, path, [accepted](std::shared_ptr<ipc_connection> c) mutable {
        c->listen([](std::string) {}, [c](const error&) {});
        accepted.set(c);
      }).value();
  auto c = ipc_client::connect(path, 1s).value();
  EXPECT_EQ(c.receive(20ms).error().code, errc::timeout);
  auto theirs = accepted.get();
  theirs->send("last words");
  theirs->close();
  EXPECT_EQ(c.receive(10s).value(), "last words");
  EXPECT_EQ(c.receive(10s).error().code, errc::offline);
}

TEST_F(ipc, a_frame_over_the_limit_ends_the_connection) {
  awaited<errc> closed;
  auto listener =
      ipc_listener::start(io, path, [closed](std::shared_ptr<ipc_connection> c) mutable {
        c->listen([](std::string) {}, [c, closed](const error& e) mutable { closed.set(e.code); });
      }).value();
  auto c = ipc_client::connect(path, 1s).value();
  EXPECT_EQ(c.send(std::string(ipc_frame_limit + 1, 'x')).error().code, errc::too_large);
  temporary_folder other;
  {
    auto raw = ipc_client::connect(path, 1s).value();
    EXPECT_TRUE(raw.send("fine"));
  }
  EXPECT_EQ(closed.get(), errc::cancelled);
}

TEST_F(ipc, a_client_that_does_not_read_is_cut_off) {
  awaited<errc> closed;
  auto listener =
      ipc_listener::start(io, path, [closed](std::shared_ptr<ipc_connection> c) mutable {
        c->listen([](std::string) {}, [c, closed](const error& e) mutable { closed.set(e.code); });
        for (int i = 0; i < 40; ++i) c->send(std::string(1u << 20, 'x'));
      }).value();
  auto c = ipc_client::connect(path, 1s).value();
  EXPECT_EQ(closed.get(), errc::overloaded);
}

TEST_F(ipc, the_end_of_the_loop_ends_every_connection) {
  awaited<errc> closed;
  auto listener =
      ipc_listener::start(io, path, [closed](std::shared_ptr<ipc_connection> c) mutable {
        c->listen([](std::string) {}, [c, closed](const error& e) mutable { closed.set(e.code); });
        c->send("x");
      }).value();
  auto c = ipc_client::connect(path, 1s).value();
  EXPECT_TRUE(c.receive(10s));
  io.stop();
  EXPECT_EQ(closed.get(), errc::cancelled);
}

TEST(io_threads, timers_come_once_and_not_after_they_were_cancelled) {
  io_threads io(2);
  std::atomic<int> fired{0};
  awaited<bool> done;
  auto never = io.after(1h, [&] { ++fired; });
  auto cancelled = io.after(30ms, [&] { fired += 100; });
  cancelled.cancel();
  io.after(1ms, [&] { ++fired; });
  io.after(60ms, [done]() mutable { done.set(true); });
  EXPECT_TRUE(done.get());
  io.stop();
  EXPECT_EQ(fired, 1);
  io.post([&] { ++fired; });
  io.after(0ms, [&] { ++fired; });
  EXPECT_EQ(fired, 1);
}

TEST(signals, a_blocked_signal_is_waited_for) {
  std::thread([] {
    block_signals();
    EXPECT_FALSE(wait_for_signal(1ms));
    pthread_kill(pthread_self(), SIGTERM);
    EXPECT_EQ(wait_for_signal(), SIGTERM);
  }).join();
}

}  // namespace
}  // namespace tinysync::net
