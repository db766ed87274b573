// The local trash.

#include "platform/config/document.hpp"
#include "proto/vocabulary/names.hpp"
#include "tools/cli/session.hpp"

namespace tinysync::cli {

int trash_ls(const common& c, const std::string& vault) {
  return with_agent(c, [&](agent& a) {
    auto vaults = vaults_named(a, vault);
    if (!vaults) return complain(vaults.error(), c.json);
    json all = json::array();
    std::uint64_t bytes = 0;
    std::vector<std::vector<std::string>> rows = {{"ENTRY", "VAULT", "SIZE", "SINCE", "PATH"}};
    for (const auto& v : *vaults) {
      auto r = a.ask<pb::Trash>(actor_of(v, "trash"), pb::AskTrash{});
      if (!r) return complain(r.error(), c.json);
      for (const auto& e : r->entries()) {
        json j;
        j["entry"] = e.entry();
        j["vault"] = v.name();
        put_bytes(j, "path", e.path());
        j["size"] = e.size();
        j["trashed"] = time_of(e.trashed_ns());
        j["item"] = e.item().empty() ? json(nullptr) : json(id_text(e.item()));
        bytes += e.size();
        rows.push_back({e.entry(), v.name(), size_text(e.size()),
                        j["trashed"].is_null() ? "" : j["trashed"].get<std::string>(), printable(e.path())});
        all.push_back(std::move(j));
      }
    }
    if (c.json) return print(json{{"entries", all}, {"size", bytes}}) ? 0 : 1;
    if (all.empty()) return print(std::string("the trash is empty")) ? 0 : 1;
    return print(table(rows)) ? 0 : 1;
  });
}

int trash_restore(const common& c, const std::string& vault, const std::string& entry) {
  return with_agent(c, [&](agent& a) {
    auto vaults = vaults_named(a, vault);
    if (!vaults) return complain(vaults.error(), c.json);
    error last{errc::not_found, "nothing is attached"};
    pb::RestoreTrashed m;
    m.set_entry(entry);
    for (const auto& v : *vaults) {
      auto r = a.ask<pb::TrashRestored>(actor_of(v, "trash"), m);
      if (!r) {
        last = r.error();
        if (last.code == errc::not_found) continue;
        break;
      }
      auto path = join_path(v.root(), r->path());
      json j;
      put_bytes(j, "path", path);
      return print(c.json ? j.dump() : "restored to " + printable(path)) ? 0 : 1;
    }
    return complain(last, c.json);
  });
}

int trash_empty(const common& c, const std::string& vault, const std::string& older_than, bool unproven) {
  pb::EmptyTrash m;
  m.set_unproven(unproven);
  if (!older_than.empty()) {
    auto age = config::parse_duration(older_than);
    if (!age) return complain({errc::invalid_argument, "--older-than takes \"30d\" or \"12h\", not '" +
                                                           older_than + "'"}, c.json);
    m.set_older_than_s(static_cast<std::uint64_t>(age->count() / 1000));
  }
  return with_agent(c, [&](agent& a) {
    auto vaults = vaults_named(a, vault);
    if (!vaults) return complain(vaults.error(), c.json);
    pb::TrashEmptied all;
    for (const auto& v : *vaults) {
      auto r = a.ask<pb::TrashEmptied>(actor_of(v, "trash"), m, std::chrono::hours(12));
      if (!r) return complain(r.error(), c.json);
      all.set_purged(all.purged() + r->purged());
      all.set_bytes(all.bytes() + r->bytes());
      all.set_kept(all.kept() + r->kept());
    }
    if (c.json)
      return print(json{{"purged", all.purged()}, {"bytes", all.bytes()}, {"kept", all.kept()}}) ? 0 : 1;
    auto line = "removed " + std::to_string(all.purged()) + ", " + size_text(all.bytes());
    if (all.kept() > 0)
      line += "; kept " + std::to_string(all.kept()) +
              " that the server is not known to hold (tinysync trash empty --unproven removes them too)";
    return print(line) ? 0 : 1;
  });
}

}  // namespace tinysync::cli
