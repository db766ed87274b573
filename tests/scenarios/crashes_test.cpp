// Every actor of both programs dies, as of a bug, at moments all over a small sync: its supervisor puts
// things right, nobody has to ask twice, nothing is lost.

#include <gtest/gtest.h>

#include <functional>

#include "actors/faces/client.hpp"
#include "proto/actors/common.pb.h"
#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_when_quiet = 200;  // in the eleven minutes of findings(): one whole scan

/// Two devices that agree on a small tree, and then both change it.
struct small_sync {
  world w{std::vector<std::string>{"laptop", "phone"}, {.polling = false}};
  device& laptop = w["laptop"];
  device& phone = w["phone"];

  small_sync() {
    for (int i = 0; i < 8; ++i) laptop.write("d/f" + std::to_string(i), "v1 of " + std::to_string(i));
    phone.write("g/deep/inside", "deep inside");
    laptop.mkdir("e");
    w.settle();
  }
  void begin() {
    laptop.save("d/f1", "laptop's 1");
    laptop.move("d/f2", "e/f2");
    laptop.remove("d/f3");
    laptop.write("big", "large " + std::string(100'000, 'x'));
    phone.save("d/f1", "phone's 1");
    phone.write("d/f4", "phone's 4");
    phone.move("g", "h");
    phone.remove("d/f5");
    phone.write("new/deeper/f", "new");
    laptop.write("g/deep/late", "late");
  }
  /// To the actor at `path`, whose process is started again if that was its end.
  void crash(const std::string& path, const std::string& as = "") {
    auto m = std::make_shared<actors::common::Crash>();
    m->set_as(as);
    w.simulation().directory().find_any(path).tell(m);
  }
  void restart_what_ended() {
    for (auto* d : w.devices())
      if (!d->running()) d->start();
    if (!w.simulation().running("server")) w.restart_server();
  }
  /// How many messages that takes.
  std::size_t deliveries(const std::function<void()>& act, const std::string& to = "") {
    std::size_t n = 0;
    w.simulation().trace_to([&](const std::string& line) { n += line.find(to) != std::string::npos; });
    act();
    w.simulation().trace_to({});
    return n;
  }
  /// Everything settles, and what is done afterwards is seen at once: nobody has lost its ear.
  std::vector<std::string> end() {
    for (int i = 0; i < 60; ++i) {
      w.run_for(1s);
      restart_what_ended();
    }
    std::vector<std::string> out;
    if (laptop.tree() != phone.tree()) out.push_back("they do not become equal by themselves");
    if (auto wrong = w.try_settle()) return {*wrong};
    auto quiet = deliveries([&] {
      for (auto& finding : w.findings()) out.push_back(std::move(finding));
    });
    if (quiet > most_when_quiet) out.push_back(std::to_string(quiet) + " messages and nobody did anything");
    laptop.write("afterwards/1", "afterwards on the laptop");
    phone.write("afterwards/2", "afterwards on the phone");
    w.run_for(20s);
    if (!phone.exists("afterwards/1")) out.push_back("the phone does not hear of a change any more");
    if (!laptop.exists("afterwards/2")) out.push_back("the laptop does not hear of a change any more");
    return out;
  }
};

/// Every actor at and below `view`, supervisors included.
void collect(const actors::actor_view& view, std::vector<std::string>& out) {
  out.push_back(view.path);
  for (const auto& child : view.children) collect(child, out);
}

std::vector<std::string> actors_below(const std::string& root) {
  small_sync s;
  s.begin();
  std::vector<std::string> out;
  collect(s.w.simulation().inspect(root), out);
  return out;
}

/// How many steps the sync takes when nothing goes wrong.
std::size_t steps_of_a_sync() {
  small_sync s;
  s.begin();
  return s.deliveries([&] { s.w.settle(); });
}

/// Crashes each of these actors in a world of its own, at `moments` moments spread over the sync.
void crash_each(const std::vector<std::string>& paths, std::size_t moments, const std::string& as,
                int times) {
  auto steps = steps_of_a_sync();
  std::size_t worlds = 0;
  for (std::size_t a = 0; a < paths.size(); ++a)
    for (std::size_t i = 0; i < moments; ++i) {
      auto moment = (i * steps + a * 97 % steps) / moments;
      small_sync s;
      s.begin();
      s.w.simulation().advance(moment);
      for (int n = 0; n < times; ++n) {
        s.crash(paths[a], as);
        if (n + 1 < times) s.w.run_for(200ms);
        s.restart_what_ended();
      }
      ++worlds;
      EXPECT_EQ(s.end(), std::vector<std::string>{})
          << paths[a] << " died " << times << " times of '" << as << "' after " << moment << " of "
          << steps << " steps";
    }
  std::printf("%zu actors, %zu worlds of %zu steps\n", paths.size(), worlds, steps);
}

/// TINYSYNC_CRASH_MOMENTS=564 takes every step.
std::size_t moments() {
  const char* wanted = std::getenv("TINYSYNC_CRASH_MOMENTS");
  return wanted ? std::stoul(wanted) : 8;
}

TEST(a_crash, of_any_actor_of_an_agent_is_got_over) {
  auto all = actors_below("/agent-laptop");
  EXPECT_GE(all.size(), 21u);
  crash_each(all, moments(), "", 1);
}

TEST(a_crash, of_any_actor_of_the_server_is_got_over) {
  auto all = actors_below("/server");
  EXPECT_GE(all.size(), 10u);
  crash_each(all, moments(), "", 1);
}

/// More often than any budget allows: it escalates, up to the end of the process if need be.
TEST(a_crash, again_and_again_escalates_and_is_got_over) {
  crash_each(actors_below("/agent-laptop"), 2, "", 8);
  crash_each(actors_below("/server"), 2, "", 8);
}

/// Deaths that say the index cannot be trusted: the vault begins anew from a snapshot and a whole scan.
TEST(a_crash, of_a_broken_index_resyncs_the_vault) {
  small_sync s;
  auto vault = s.w.simulation().inspect("/agent-laptop/vaults").children.at(0).path;
  auto all = actors_below(vault);
  std::erase(all, vault);
  for (const char* cause : {"integrity_violation", "local_state_corrupt"}) {
    crash_each(all, 4, cause, 1);
    crash_each(all, 2, cause, 3);
  }
  s.crash(vault + "/engine", "integrity_violation");
  s.w.run_for(1s);
  for (const auto& child : s.w.simulation().inspect(vault).children) EXPECT_EQ(child.restarts, 1u) << child.path;
}

/// Whoever an actor asks when it starts may be dying just then.
TEST(a_crash, while_an_agent_starts_is_got_over) {
  auto all = actors_below("/agent-laptop");
  std::erase_if(all, [](const auto& path) { return path.find("/vaults/") != std::string::npos; });
  for (const auto& path : all)
    for (std::size_t moment = 1; moment < 60; moment += 3) {
      small_sync s;
      s.laptop.stop();
      s.begin();
      s.laptop.start(0ms);
      s.w.simulation().advance(moment);
      s.crash(path);
      EXPECT_EQ(s.end(), std::vector<std::string>{}) << path << " died " << moment << " steps after the start";
    }
}

/// What a person has paused stays so until that person says otherwise, whoever dies and restarts.
TEST(a_crash, of_a_paused_vault_leaves_it_paused) {
  for (bool whole_process : {false, true}) {
    small_sync s;
    auto engine = s.w.simulation().inspect("/agent-laptop/vaults").children.at(0).path + "/engine";
    auto tell = [&](auto m) {
      s.w.simulation().directory().find_any("/agent-laptop/attachments").tell(std::make_shared<decltype(m)>(m));
      s.w.run_for(1s);
    };
    tell(faces::pb::Pause{});
    if (whole_process) s.laptop.restart();
    else s.crash(engine);
    s.w.run_for(10s);
    s.begin();
    s.w.run_for(2min);
    EXPECT_EQ(s.phone.read("d/f1"), "phone's 1") << whole_process;
    EXPECT_EQ(s.laptop.read("d/f1"), "laptop's 1") << whole_process;
    EXPECT_FALSE(s.phone.exists("big")) << whole_process;
    EXPECT_FALSE(s.laptop.exists("new")) << whole_process;
    tell(faces::pb::Resume{});
    EXPECT_EQ(s.end(), std::vector<std::string>{}) << whole_process;
  }
}

TEST(a_crash, of_the_link_leaves_nobody_deaf_to_it) {
  small_sync s;
  s.crash("/agent-laptop/cloud_link");
  s.w.run_for(10s);
  auto vault = s.w.simulation().inspect("/agent-laptop/vaults").children.at(0).path;
  auto told = s.deliveries([&] {
    s.laptop.go_offline();
    s.w.run_for(5min);
    s.laptop.go_online();
    s.w.run_for(5min);
  }, vault + "/engine tinysync.actors.client.LinkChanged");
  EXPECT_GE(told, 2u);
}

/// A scan in several parts, whose actors die between them: nothing seen before counts for the next one.
TEST(a_crash, in_the_middle_of_a_long_scan_begins_it_anew) {
  small_sync first;
  auto vault = first.w.simulation().inspect("/agent-laptop/vaults").children.at(0).path;
  struct victim {
    const char* who;
    std::size_t from, to, step;  // of the start's steps; the scan's first parts are at 80 to 160
  };
  for (auto [who, from, to, step] : {victim{"/scanner", 80, 160, 4}, victim{"/local_store", 80, 160, 4},
                                     victim{"/engine", 30, 300, 30}, victim{"/watcher", 20, 200, 20}})
    for (auto moment = from; moment < to; moment += step) {
      small_sync s;
      s.laptop.stop();
      for (int i = 0; i < 140; ++i) {
        auto folder = "many/" + std::to_string(i);
        s.laptop.write(folder + "/f", "content of " + folder);
      }
      s.laptop.start(0ms);
      s.w.simulation().advance(moment);
      s.crash(vault + who);
      s.w.simulation().advance(moment);
      s.laptop.remove("many/1");
      s.laptop.write("many/2/later", "written later " + std::to_string(moment));
      EXPECT_EQ(s.end(), std::vector<std::string>{}) << who << " died after " << moment << " steps";
    }
}

/// The store's answer to a message that a scanner would send; by the error's name, or "taken".
template <class Message>
std::string told_store(small_sync& s, const Message& m) {
  auto store = s.w.simulation().inspect("/agent-laptop/vaults").children.at(0).path + "/local_store";
  std::string said = "no answer";
  s.w.simulation().directory().send_any(
      store, std::make_shared<Message>(m), 10s, [&](result<actors::message_ptr> r) {
        said = r ? "taken" : std::string(name_of(r.error().code));
      });
  s.w.run_for(1s);
  return said;
}

TEST(a_crash, of_the_index_ends_the_scan_that_it_had_begun) {
  small_sync s;
  faces::pb::Compare begun, goes_on;
  begun.set_scan(5);
  begun.set_first(true);
  goes_on.set_scan(5);
  faces::pb::ConcludeScan end;
  end.set_scan(5);
  s.w.run_for(10s);  // no scan of the agent's own comes between
  EXPECT_EQ(told_store(s, begun), "taken");
  EXPECT_EQ(told_store(s, goes_on), "taken");
  s.crash(s.w.simulation().inspect("/agent-laptop/vaults").children.at(0).path + "/local_store");
  s.w.run_for(1s);
  EXPECT_EQ(told_store(s, goes_on), "cancelled");
  EXPECT_EQ(told_store(s, end), "cancelled");
}

}  // namespace
}  // namespace tinysync::test
