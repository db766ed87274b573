// What a rule keeps from being synced.

#include "proto/vocabulary/names.hpp"
#include "tools/cli/session.hpp"

namespace tinysync::cli {
namespace {

json rule_json(const pb::IgnoreRule& r) {
  json j;
  j["source"] = r.source();
  j["line"] = r.line();
  put_bytes(j, "pattern", r.pattern());
  return j;
}

std::string verdict(const pb::IgnoreChecked& r, const std::string& path) {
  if (!r.has_rule()) return printable(path) + " is not ignored";
  auto rule = "by " + printable(r.rule().pattern()) + " (" + r.rule().source() + ", line " +
              std::to_string(r.rule().line()) + ")";
  if (r.synced()) return printable(path) + " would be ignored " + rule + ", but it is in the vault and stays synced";
  return printable(path) + " is ignored " + rule;
}

}  // namespace

int ignore_check(const common& c, const std::string& path) {
  return with_agent(c, [&](agent& a) {
    auto where = place_named(a, path);
    if (!where) return complain(where.error(), c.json);
    pb::CheckIgnored m;
    m.set_path(where->path);
    auto r = a.ask<pb::IgnoreChecked>(actor_of(where->vault, "scanner"), m);
    if (!r) return complain(r.error(), c.json);
    if (!c.json) return print(verdict(*r, where->path)) ? 0 : 1;
    json j;
    put_bytes(j, "path", where->path);
    j["vault"] = where->vault.name();
    j["ignored"] = r->has_rule() && !r->synced();
    j["synced"] = r->synced();
    j["rule"] = r->has_rule() ? rule_json(r->rule()) : json(nullptr);
    return print(j) ? 0 : 1;
  });
}

int ignore_ls(const common& c, const std::string& vault) {
  return with_agent(c, [&](agent& a) {
    auto vaults = vaults_named(a, vault);
    if (!vaults) return complain(vaults.error(), c.json);
    json all = json::array();
    for (const auto& v : *vaults) {
      auto rules = a.ask<pb::IgnoreRules>(actor_of(v, "scanner"), pb::AskIgnoreRules{});
      if (!rules) return complain(rules.error(), c.json);
      auto ignored = a.ask<pb::Ignored>(actor_of(v, "local_store"), pb::AskIgnored{});
      if (!ignored) return complain(ignored.error(), c.json);
      json one{{"vault", v.name()}, {"rules", json::array()}, {"complaints", json::array()},
               {"ignored", json::array()}};
      std::vector<std::vector<std::string>> rows = {{"RULE", "FROM"}};
      for (const auto& r : rules->rules()) {
        one["rules"].push_back(rule_json(r));
        rows.push_back({printable(r.pattern()), r.source() + ", line " + std::to_string(r.line())});
      }
      for (const auto& text : rules->complaints()) one["complaints"].push_back(text);
      for (const auto& p : ignored->paths()) {
        json entry;
        put_bytes(entry, "path", p);
        one["ignored"].push_back(entry);
      }
      all.push_back(std::move(one));
      if (c.json) continue;
      print(v.name() + ": " + printable(v.root()) + "\n" + table(rows));
      for (const auto& text : rules->complaints()) print("  no rule: " + printable(text));
      for (const auto& p : ignored->paths()) print("  ignored: " + printable(p));
      if (v.ignored() > static_cast<std::uint64_t>(ignored->paths_size()))
        print("  … and " + std::to_string(v.ignored() - static_cast<std::uint64_t>(ignored->paths_size())) + " more");
    }
    return !c.json || print(json{{"vaults", all}}) ? 0 : 1;
  });
}

}  // namespace tinysync::cli
