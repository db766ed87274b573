// The live trees are those of the design, and every message of proto/actors has somebody who takes
// it.

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <set>

#include "actors/faces/client.hpp"
#include "actors/faces/server.hpp"
#include "actors/ipc_bridge.hpp"
#include "tests/support/world.hpp"

namespace tinysync::test {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using names = std::set<std::string>;

const names server_tree = {
    "metadata_store", "blob_store", "access",     "change_feed", "wake_hub", "vaults",
    "vaults/V",  // mutation_coordinator of V
    "janitor",        "inspector",  "http_front",
};

const names agent_tree = {
    "credentials",
    "settings",
    "cloud_link",
    "wake_listener",
    "vaults",
    "vaults/V",
    "vaults/V/local_store",
    "vaults/V/watcher",
    "vaults/V/scanner",
    "vaults/V/engine",
    "vaults/V/log_replayer",
    "vaults/V/applier",
    "vaults/V/pending_ops",
    "vaults/V/uploader",
    "vaults/V/downloader",
    "vaults/V/hydration_servicer",
    "event_stream",
    "inspector",
    "ipc_server",
    // Beside those of the design: what the account holds, which folders are attached, the local trash.
    "vaults/V/trash",
    "account",
    "attachments",
};

/// All paths below a root, relative to it, with V for a vault's id.
void collect(const actors::actor_view& v, const std::string& at, names& out) {
  for (const auto& child : v.children) {
    auto path = at + (id_from_text<vault_id>(child.name) ? "V" : child.name);
    out.insert(path);
    collect(child, path + "/", out);
  }
}

names tree_of(world& w, const std::string& root) {
  names out;
  collect(w.simulation().inspect("/" + root), "", out);
  return out;
}

TEST(trees, are_those_of_the_design) {
  world w{"laptop"};
  w["laptop"].write("a", "1");
  w.settle();
  EXPECT_EQ(tree_of(w, "server"), server_tree);
  EXPECT_EQ(tree_of(w, "agent-laptop"), agent_tree);
  for (const auto& v : w.simulation().inspect("/server/vaults").children)
    EXPECT_EQ(v.kind, "mutation_coordinator");
}

/// (path, full name of a message it takes) of every live actor.
std::vector<std::pair<std::string, std::string>> accepted(world& w) {
  std::vector<std::pair<std::string, std::string>> out;
  std::function<void(const actors::actor_view&)> walk = [&](const actors::actor_view& v) {
    for (const auto& type : w.simulation().directory().accepts(v.path))
      out.emplace_back(v.path, type);
    for (const auto& child : v.children) walk(child);
  };
  walk(w.simulation().inspect("/"));
  return out;
}

template <class... Faces>
std::vector<actors::detail::signature_entry> signatures() {
  std::vector<actors::detail::signature_entry> out;
  for (auto face : {actors::detail::signature_of(actors::detail::entries<Faces>{})...})
    out.insert(out.end(), face.begin(), face.end());
  return out;
}

std::vector<actors::detail::signature_entry> all_signatures() {
  namespace c = faces;
  namespace s = server_faces;
  return signatures<c::credentials, c::settings, c::cloud_link, c::wake_listener, c::account,
                    c::attachments, c::event_stream, c::inspector, c::ipc_server, c::local_store,
                    c::watcher, c::scanner, c::engine, c::log_replayer, c::applier, c::pending_ops,
                    c::uploader, c::downloader, c::trash, c::hydration_servicer, s::metadata_store,
                    s::blob_store, s::access, s::change_feed, s::wake_hub, s::mutation_coordinator,
                    s::janitor, s::inspector, s::http_front>();
}

/// A message and whatever it is made of.
void add_with_parts(const Descriptor* d, names& out) {
  if (!d || !out.insert(d->full_name()).second) return;
  for (int i = 0; i < d->field_count(); ++i) add_with_parts(d->field(i)->message_type(), out);
}

TEST(trees, every_actor_takes_a_crash) {
  world w{"laptop"};
  w["laptop"].write("a", "1");
  w.settle();
  for (const auto& root : {"server", "agent-laptop"}) {
    auto live = tree_of(w, root);
    std::size_t n = 0;
    for (const auto& [path, type] : accepted(w))
      n += path.starts_with("/" + std::string(root)) && type == "tinysync.actors.common.Crash";
    EXPECT_EQ(n, live.size() + 1) << root;  // and the root
  }
}

TEST(trees, every_message_is_taken_by_somebody_or_part_of_such) {
  world w{"laptop"};
  w["laptop"].write("a", "1");
  w.settle();
  names taken, known;
  for (const auto& [path, type] : accepted(w)) taken.insert(type);
  auto signatures = all_signatures();
  signatures.push_back(actors::detail::crash_entry());
  for (const auto& s : signatures) {
    EXPECT_TRUE(taken.contains(s.message->full_name()))
        << "no live actor takes " << s.message->full_name();
    add_with_parts(s.message, known);
    add_with_parts(s.answer, known);
  }
  for (const auto& type : taken)
    EXPECT_TRUE(known.contains(type)) << type << " is in no face listed here";
  for (const char* file : {"client", "server", "common"}) {
    auto* page = DescriptorPool::generated_pool()->FindFileByName(std::string("proto/actors/") +
                                                                  file + ".proto");
    ASSERT_TRUE(page) << file;
    for (int i = 0; i < page->message_type_count(); ++i)
      EXPECT_TRUE(known.contains(page->message_type(i)->full_name()))
          << page->message_type(i)->full_name() << " is taken by nobody";
  }
}

/// The code of the problem that came back, "taken" if none, "no answer" if nothing did.
std::string send(world& w, const std::string& path, const std::string& type) {
  std::string answer;
  actors::answer_ipc(w.simulation().directory(),
                     R"({"id":7,"actor":")" + path + R"(","type":")" + type +
                         R"(","json":"{}","timeout_ms":1000})",
                     [&answer](std::string frame) { answer = std::move(frame); });
  for (int i = 0; i < 20 && answer.empty(); ++i) w.run_for(std::chrono::milliseconds(100));
  if (answer.empty()) return "no answer";
  if (answer.find("\"problem\"") == std::string::npos) return "taken";
  return answer;
}

TEST(trees, every_message_reaches_its_actor_by_its_short_name) {
  auto fresh = [] {
    auto w = std::make_unique<world>(std::initializer_list<std::string>{"laptop"});
    (*w)["laptop"].write("a", "1");
    w->settle();
    return w;
  };
  auto todo = accepted(*fresh());
  EXPECT_GT(todo.size(), 80u);
  for (const auto& [path, full] : todo) {
    auto type = full.substr(full.rfind('.') + 1);
    EXPECT_FALSE(actors::message_type(type).empty()) << type;
    auto w = fresh();
    auto answer = send(*w, path, type);
    EXPECT_NE(answer, "no answer") << path << " " << type;
    for (const char* wrong : {"unexpected_message", "\"crashed\"", "\"poisoned\"", "message type '",
                              "there is no actor"})
      EXPECT_EQ(answer.find(wrong), std::string::npos) << path << " " << type << ": " << answer;
  }
}

}  // namespace
}  // namespace tinysync::test
