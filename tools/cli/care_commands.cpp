// What a person decides: conflict copies, mass changes.

#include "proto/vocabulary/names.hpp"
#include "tools/cli/session.hpp"

namespace tinysync::cli {
namespace {

std::string text_of(const json& time) { return time.is_null() ? "" : time.get<std::string>(); }

/// Goes to every vault asked for; prints what it says of it.
int decide(const common& c, const std::string& vault, bool approve) {
  return with_agent(c, [&](agent& a) {
    auto vaults = vaults_named(a, vault);
    if (!vaults) return complain(vaults.error(), c.json);
    std::uint64_t operations = 0;
    pb::DecideBrake m;
    m.set_approve(approve);
    for (const auto& v : *vaults) {
      auto r = a.ask<pb::BrakeDecided>(actor_of(v, "engine"), m);
      if (!r) return complain(r.error(), c.json);
      operations += r->operations();
    }
    if (c.json) return print(json{{"approved", approve}, {"operations", operations}}) ? 0 : 1;
    if (operations == 0) return print(std::string("nothing was held back")) ? 0 : 1;
    return print(std::to_string(operations) +
                 (approve ? " changes go to the server" : " changes are undone here")) ? 0 : 1;
  });
}

}  // namespace

int conflicts_ls(const common& c) {
  return with_agent(c, [&](agent& a) {
    auto vaults = vaults_named(a, "");
    if (!vaults) return complain(vaults.error(), c.json);
    json all = json::array();
    std::vector<std::vector<std::string>> rows = {{"CONFLICT COPY", "OF", "WHY", "FOUND"}};
    for (const auto& v : *vaults) {
      auto r = a.ask<pb::Conflicts>(actor_of(v, "local_store"), pb::AskConflicts{});
      if (!r) return complain(r.error(), c.json);
      for (const auto& one : r->conflicts()) {
        json j;
        j["id"] = one.id();
        j["vault"] = v.name();
        put_bytes(j, "path", one.path());
        put_bytes(j, "original", one.original());
        j["why"] = one.why();
        j["found"] = time_of(one.found_ns());
        all.push_back(j);
        rows.push_back({printable(one.path()), printable(one.original()), one.why(),
                        text_of(j["found"])});
      }
    }
    if (c.json) return print(json{{"conflicts", all}}) ? 0 : 1;
    if (all.empty()) return print(std::string("no conflicts")) ? 0 : 1;
    return print(table(rows)) ? 0 : 1;
  });
}

int brake_show(const common& c, const std::string& vault) {
  return with_agent(c, [&](agent& a) {
    auto vaults = vaults_named(a, vault);
    if (!vaults) return complain(vaults.error(), c.json);
    json all = json::array();
    std::vector<std::vector<std::string>> rows = {{"VAULT", "WOULD", "PATH", "SINCE"}};
    std::uint64_t items = 0;
    for (const auto& v : *vaults) {
      auto r = a.ask<pb::Brake>(actor_of(v, "local_store"), pb::AskBrake{});
      if (!r) return complain(r.error(), c.json);
      for (const auto& one : r->held()) {
        json j;
        j["vault"] = v.name();
        put_bytes(j, "path", one.path());
        j["what"] = one.what();
        j["items"] = one.items();
        j["found"] = time_of(one.found_ns());
        items += one.items();
        rows.push_back({v.name(),
                        one.items() == 1 ? one.what() : one.what() + " " + std::to_string(one.items()),
                        printable(one.path()), text_of(j["found"])});
        all.push_back(std::move(j));
      }
    }
    int code = static_cast<int>(all.empty() ? exit_code::ok : exit_code::attention);
    if (c.json) return print(json{{"held", all}, {"items", items}}) ? code : 1;
    if (all.empty()) return print(std::string("nothing is held back")) ? code : 1;
    print(table(rows));
    print(std::to_string(items) + " items here would be deleted or overwritten on the server and on every "
          "other device.\nLet it happen: tinysync brake approve    Undo it here: tinysync brake reject");
    return code;
  });
}

int brake_approve(const common& c, const std::string& vault) { return decide(c, vault, true); }
int brake_reject(const common& c, const std::string& vault) { return decide(c, vault, false); }

}  // namespace tinysync::cli
