// What a person decides: conflict copies, mass changes.

#include "proto/vocabulary/names.hpp"
#include "tools/cli/session.hpp"

namespace tinysync::cli {
namespace {

std::string text_of(const json& time) { return time.is_null() ? "" : time.get<std::string>(); }

struct found_conflict {
  pb::VaultStatus vault;
  pb::ConflictCopy copy;
};

result<std::vector<found_conflict>> all_conflicts(agent& a) {
  auto vaults = vaults_named(a, "");
  if (!vaults) return failure(vaults.error());
  std::vector<found_conflict> out;
  for (const auto& v : *vaults) {
    auto r = a.ask<pb::Conflicts>(actor_of(v, "local_store"), pb::AskConflicts{});
    if (!r) return failure(r.error());
    for (const auto& copy : r->conflicts()) out.push_back({v, copy});
  }
  return out;
}

result<found_conflict> conflict_named(agent& a, const std::string& id) {
  auto all = all_conflicts(a);
  if (!all) return failure(all.error());
  for (auto& f : *all)
    if (f.copy.id() == id) return std::move(f);
  return failure(errc::not_found, "conflict '" + id + "' (see: tinysync conflicts ls)");
}

json conflict_json(const found_conflict& f) {
  auto side = [](bool there, const pb::FolderEntry& e) {
    return there ? json{{"size", e.size()}, {"mtime", time_of(e.mtime_ns())}} : json(nullptr);
  };
  json j;
  j["id"] = f.copy.id();
  j["vault"] = f.vault.name();
  put_bytes(j, "path", f.copy.path());
  put_bytes(j, "original", f.copy.original());
  j["why"] = f.copy.why();
  j["found"] = time_of(f.copy.found_ns());
  j["mine"] = side(f.copy.has_mine(), f.copy.mine());
  j["theirs"] = side(f.copy.has_theirs(), f.copy.theirs());
  return j;
}

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
    auto found = all_conflicts(a);
    if (!found) return complain(found.error(), c.json);
    json all = json::array();
    std::vector<std::vector<std::string>> rows = {{"ID", "CONFLICT COPY", "OF", "WHY", "FOUND"}};
    for (const auto& f : *found) {
      all.push_back(conflict_json(f));
      rows.push_back({f.copy.id(), printable(f.copy.path()), printable(f.copy.original()), f.copy.why(),
                      text_of(time_of(f.copy.found_ns()))});
    }
    if (c.json) return print(json{{"conflicts", all}}) ? 0 : 1;
    if (all.empty()) return print(std::string("no conflicts")) ? 0 : 1;
    return print(table(rows)) ? 0 : 1;
  });
}

int conflicts_show(const common& c, const std::string& id) {
  return with_agent(c, [&](agent& a) {
    auto found = conflict_named(a, id);
    if (!found) return complain(found.error(), c.json);
    if (c.json) return print(conflict_json(*found)) ? 0 : 1;
    const auto& copy = found->copy;
    auto line = [&](const char* what, const std::string& path, const pb::FolderEntry& e) {
      return std::string(what) + printable(join_path(found->vault.root(), path)) + "  " +
             size_text(e.size()) + "  " + text_of(time_of(e.mtime_ns()));
    };
    print("conflict " + copy.id() + " in vault '" + found->vault.name() + "' (" + copy.why() + "), found " +
          text_of(time_of(copy.found_ns())));
    print(line("  mine    ", copy.path(), copy.mine()));
    print(copy.has_theirs() ? line("  theirs  ", copy.original(), copy.theirs())
                            : std::string("  theirs  gone by now"));
    return print("keep one or both: tinysync conflicts resolve " + copy.id() + " --keep mine|theirs|both") ? 0 : 1;
  });
}

int conflicts_resolve(const common& c, const std::string& id, const std::string& keep) {
  return with_agent(c, [&](agent& a) {
    auto found = conflict_named(a, id);
    if (!found) return complain(found.error(), c.json);
    pb::ResolveConflict m;
    m.set_id(id);
    m.set_keep(keep);
    auto r = a.ask<pb::ConflictResolved>(actor_of(found->vault, "applier"), m);
    if (!r) return complain(r.error(), c.json);
    json j;
    put_bytes(j, "path", r->path());
    j["keep"] = keep;
    if (!r->trashed().empty()) put_bytes(j, "trashed", r->trashed());
    if (c.json) return print(j) ? 0 : 1;
    auto line = "kept " + keep + ": " + printable(r->path());
    if (!r->trashed().empty()) line += "; what it replaced is in the trash (tinysync trash ls)";
    return print(line) ? 0 : 1;
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
