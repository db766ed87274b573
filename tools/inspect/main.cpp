// tinysync-inspect: the live actor trees of an agent or of a server.

#include <CLI/CLI.hpp>
#include <functional>

#include "proto/actors/common.pb.h"
#include "proto/vocabulary/ids.hpp"
#include "proto/vocabulary/names.hpp"
#include "tools/cli/session.hpp"

namespace {

using namespace tinysync;
using actors::common::TreeNode;

struct arguments {
  cli::common common;
  std::string server, path;
};

/// The socket and the inspector's place differ; the messages do not.
struct target {
  std::string socket, inspector;
};

result<target> find(const arguments& a) {
  if (!a.server.empty()) return target{a.server + "/inspect.sock", "/server/inspector"};
  auto home = places::home_for(a.common.home.empty() ? std::nullopt : std::optional(a.common.home));
  if (!home) return failure(home.error());
  return target{home->socket_path, "/agent/inspector"};
}

cli::json to_json(const TreeNode& n) {
  cli::json j;
  j["name"] = n.name();
  j["path"] = n.path();
  j["kind"] = n.kind();
  j["state"] = n.state();
  j["mailbox"] = n.mailbox();
  j["oldest_ms"] = n.oldest_ms();
  j["handled"] = n.handled();
  j["rate"] = n.rate();
  j["restarts"] = n.restarts();
  j["refused"] = n.refused();
  j["last_error"] = n.last_error();
  j["work"] = n.work();
  j["children"] = cli::json::array();
  for (const auto& child : n.children()) j["children"].push_back(to_json(child));
  return j;
}

/// What runs for one vault is named by its id; people want to know what it is, too.
std::string label_of(const TreeNode& n) {
  return id_from_text<vault_id>(n.name()) ? n.name() + " " + n.kind() : n.name();
}

void rows_of(const TreeNode& n, const std::string& indent, std::vector<std::vector<std::string>>& rows) {
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.1f/s", n.rate());
  rows.push_back({indent + label_of(n), n.state(), std::to_string(n.mailbox()), std::to_string(n.handled()),
                  rate, std::to_string(n.restarts()), printable(n.work()), printable(n.last_error())});
  for (const auto& child : n.children()) rows_of(child, indent + "  ", rows);
}

const TreeNode* below(const TreeNode& n, const std::string& path) {
  if (n.path() == path) return &n;
  for (const auto& child : n.children())
    if (auto* found = below(child, path)) return found;
  return nullptr;
}

result<TreeNode> fetch(const arguments& a) {
  auto where = find(a);
  if (!where) return failure(where.error());
  auto agent = cli::agent::connect(where->socket);
  if (!agent && agent.error().code == errc::agent_not_running && !a.server.empty())
    return failure(errc::offline, "no server runs on the data folder " + a.server);
  if (!agent) return failure(agent.error());
  return agent->ask<TreeNode>(where->inspector, actors::common::AskTree{});
}

int tree(const arguments& a) {
  auto n = fetch(a);
  if (!n) return cli::complain(n.error(), a.common.json);
  if (a.common.json) return cli::print(to_json(*n)) ? 0 : 1;
  std::vector<std::vector<std::string>> rows = {
      {"ACTOR", "STATE", "MAILBOX", "HANDLED", "RATE", "RESTARTS", "WORK", "LAST ERROR"}};
  rows_of(*n, "", rows);
  return cli::print(cli::table(rows)) ? 0 : 1;
}

int actor(const arguments& a) {
  auto n = fetch(a);
  if (!n) return cli::complain(n.error(), a.common.json);
  auto* found = below(*n, a.path);
  if (!found) return cli::complain({errc::not_found, "actor " + a.path}, a.common.json);
  auto j = to_json(*found);
  j.erase("children");
  j["accepts"] = cli::json::array();
  for (const auto& type : found->accepts()) j["accepts"].push_back(type);
  if (a.common.json) return cli::print(j) ? 0 : 1;
  for (const auto& [key, value] : j.items())
    if (key != "accepts") cli::print(key + ": " + (value.is_string() ? value.get<std::string>() : value.dump()));
  for (const auto& type : found->accepts()) cli::print("accepts: " + type);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Shows the live actors of a TinySync agent or server."};
  arguments a;
  std::function<int()> run;
  app.add_option("--home", a.common.home, "an agent's home")->envname("TINYSYNC_HOME");
  app.add_option("--server", a.server, "a server's data folder instead");
  app.add_flag("--json", a.common.json, "one JSON object");
  app.require_subcommand(1);
  auto* t = app.add_subcommand("tree", "the supervision tree")->fallthrough();
  t->callback([&] { run = [&] { return tree(a); }; });
  auto* one = app.add_subcommand("actor", "one actor and what it accepts")->fallthrough();
  one->add_option("PATH", a.path, "as `tree` prints it")->required();
  one->callback([&] { run = [&] { return actor(a); }; });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(exit_code::usage);
  }
  return run();
}
