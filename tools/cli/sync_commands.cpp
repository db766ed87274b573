// Folders: attaching, how they are, waiting for them, what happened to them.

#include <filesystem>

#include "platform/config/document.hpp"
#include "proto/vocabulary/names.hpp"
#include "tools/cli/progress.hpp"
#include "tools/cli/session.hpp"

namespace tinysync::cli {
namespace {

std::string absolute(const std::string& folder) {
  std::error_code ec;
  auto path = std::filesystem::absolute(folder, ec).lexically_normal();
  auto text = ec ? folder : path.string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

json vault_json(const pb::VaultStatus& v) {
  json j;
  j["name"] = v.name();
  j["id"] = id_text(v.vault());
  put_bytes(j, "root", v.root());
  j["state"] = v.state();
  j["reason"] = v.reason().empty() ? json(nullptr) : json(v.reason());
  j["detail"] = v.detail().empty() ? json(nullptr) : json(v.detail());
  j["position"] = {{"epoch", id_text(v.epoch())}, {"seq", v.seq()}};
  j["head"] = v.head_seq();
  j["pending"] = v.pending();
  j["transfers"] = v.transfers();
  j["conflicts"] = v.conflicts();
  j["brake"] = v.brake();
  j["items"] = v.items();
  auto list = [](const auto& entries) {
    auto out = json::array();
    for (const auto& e : entries) {
      json one;
      put_bytes(one, "path", e.path());
      one["reason"] = e.reason();
      out.push_back(one);
    }
    return out;
  };
  j["exempt"] = list(v.exempt());
  j["held_up"] = list(v.held_up());
  j["ignored"] = v.ignored();
  if (v.paused_until_ns() != 0) j["paused_until"] = time_of(v.paused_until_ns());
  if (v.polled().folders() > 0) j["polled"] = {{"folders", v.polled().folders()}, {"why", v.polled().why()}};
  j["last_proven"] = time_of(v.last_proven_ns());
  j["synced"] = v.synced();
  if (!v.rebuilt().empty()) j["index_rebuilt"] = {{"at", time_of(v.rebuilt_ns())}, {"how", v.rebuilt()}};
  return j;
}

json status_json(const pb::Status& s) {
  json j;
  j["device"] = {{"registered", s.device().registered()},
                 {"id", id_text(s.device().device())},
                 {"name", s.device().device_name()},
                 {"label", s.device().device_label()}};
  if (!s.device().damaged().empty()) j["device"]["damaged"] = s.device().damaged();
  j["server"] = {{"url", s.link().url()}, {"connected", s.link().connected()}};
  if (!s.link().connected()) j["server"]["why"] = s.link().last_error();
  j["vaults"] = json::array();
  for (const auto& v : s.vaults()) j["vaults"].push_back(vault_json(v));
  return j;
}

std::string vault_line(const pb::VaultStatus& v) {
  std::string line = v.synced() ? "in sync" : v.state();
  if (!v.reason().empty()) line += " (" + v.reason() + ")";
  if (v.pending() > 0) line += ", " + std::to_string(v.pending()) + " pending";
  if (v.conflicts() > 0) line += ", " + std::to_string(v.conflicts()) +
                                              (v.conflicts() == 1 ? " conflict" : " conflicts");
  if (v.braked() > 0) line += ", " + std::to_string(v.braked()) + " held back: tinysync brake show";
  if (v.ignored() > 0) line += ", " + std::to_string(v.ignored()) + " ignored";
  if (v.exempt_size() > 0) line += ", " + std::to_string(v.exempt_size()) + " not synced";
  return line;
}

/// Worth a person's attention for a day.
bool rebuilt_lately(const pb::VaultStatus& v) {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return !v.rebuilt().empty() && now - std::chrono::nanoseconds(v.rebuilt_ns()) < std::chrono::hours(24);
}

void print_status(const pb::Status& s) {
  if (!s.device().registered()) {
    print(s.device().damaged().empty() ? std::string("not registered: tinysync register INVITE --name NAME")
                                       : printable(s.device().damaged()));
    return;
  }
  print("device  " + s.device().device_name() + " at " + s.link().url() +
        (s.link().connected() ? "" : " — not connected: " + s.link().last_error()));
  std::vector<std::vector<std::string>> rows;
  for (const auto& v : s.vaults())
    rows.push_back({v.name(), printable(v.root()), vault_line(v),
                    std::to_string(v.items()) + (v.items() == 1 ? " item" : " items")});
  if (rows.empty()) print(std::string("no folder is attached: tinysync attach VAULT DIR"));
  else print(table(rows));
  for (const auto& v : s.vaults())
    if (!v.detail().empty()) print("  " + v.name() + ": " + printable(v.detail()));
  for (const auto& v : s.vaults())
    if (rebuilt_lately(v)) print("  " + v.name() + ": its index was built anew: " + printable(v.rebuilt()));
  for (const auto& v : s.vaults())
    if (v.paused_until_ns() != 0)
      print("  " + v.name() + ": paused until " + time_of(v.paused_until_ns()).get<std::string>());
  for (const auto& v : s.vaults())
    if (v.polled().folders() > 0)
      print("  " + v.name() + ": changes are seen within minutes, not at once: " + v.polled().why());
  for (const auto& v : s.vaults())
    for (const auto& e : v.held_up())
      print("  waits: " + printable(e.path()) + " (" + e.reason() + ")");
  for (const auto& v : s.vaults())
    for (const auto& e : v.exempt())
      print("  not synced: " + printable(e.path()) + " (" + e.reason() + ")");
}

int exit_for(const pb::Status& s) {
  if (needs_attention(s)) return static_cast<int>(exit_code::attention);
  return all_synced(s) ? 0 : static_cast<int>(exit_code::not_synced);
}

int settle(agent& a, const common& c, const std::string& vault, std::uint32_t timeout_s) {
  pb::Settle m;
  m.set_vault(vault);
  auto timeout = std::chrono::seconds(timeout_s == 0 ? 24 * 3600 - 60 : timeout_s);
  auto r = [&] {
    progress shown(c, vault);
    return a.ask<pb::Settled>(attachments_actor, m, timeout);
  }();
  if (!r && r.error().code != errc::timeout) return complain(r.error(), c.json);
  bool synced = r && r->synced();
  auto now = a.ask<pb::Status>(attachments_actor, pb::AskStatus{});
  bool attention = (r && r->attention()) || (!synced && now && needs_attention(*now));
  auto code = synced && !attention ? exit_code::ok
              : attention          ? exit_code::attention
                                   : exit_code::not_synced;
  if (c.json) {
    json j;
    j["synced"] = synced;
    j["attention"] = attention;
    if (r && !r->waiting_for().empty()) j["waiting_for"] = r->waiting_for();
    print(j);
  } else if (code != exit_code::ok) {
    std::fprintf(stderr, "tinysync: %s\n",
                 r && !r->waiting_for().empty() ? r->waiting_for().c_str()
                 : synced                       ? "in sync, but something needs attention: tinysync status"
                                                : "not in sync yet: tinysync status");
  }
  return static_cast<int>(code);
}

}  // namespace

int attach(const common& c, const std::string& vault, const std::string& folder, bool on_demand) {
  return with_agent(c, [&](agent& a) {
    pb::Attach m;
    m.set_vault(vault);
    m.set_root(absolute(folder));
    m.set_on_demand(on_demand);
    auto r = a.ask<pb::Attached>(attachments_actor, m);
    if (!r) return complain(r.error(), c.json);
    json j;
    j["vault"] = r->name();
    j["id"] = id_text(r->vault());
    put_bytes(j, "root", r->root());
    if (c.json) return print(j) ? 0 : 1;
    return print("attached vault '" + r->name() + "' to " + printable(r->root())) ? 0 : 1;
  });
}

int detach(const common& c, const std::string& vault_or_folder) {
  return with_agent(c, [&](agent& a) {
    pb::Detach m;
    bool path = vault_or_folder.find('/') != std::string::npos || vault_or_folder == ".";
    m.set_vault_or_root(path ? absolute(vault_or_folder) : vault_or_folder);
    auto r = a.ask<pb::Detached>(attachments_actor, m);
    if (!r) return complain(r.error(), c.json);
    json j;
    put_bytes(j, "root", r->root());
    j["rescued"] = json::array();
    for (const auto& p : r->rescued()) j["rescued"].push_back(printable(p));
    j["dropped"] = json::array();
    for (const auto& p : r->dropped()) j["dropped"].push_back(printable(p));
    if (c.json) return print(j) ? 0 : 1;
    print("detached " + printable(r->root()) + (r->root_gone() ? ", which is gone" : "; the files stay"));
    for (const auto& p : r->rescued()) print("  kept: " + printable(p));
    return 0;
  });
}

int status(const common& c, bool prove) {
  if (prove) return complain({errc::not_built_yet, "status --prove"}, c.json);
  return with_agent(c, [&](agent& a) {
    auto r = a.ask<pb::Status>(attachments_actor, pb::AskStatus{});
    if (!r) return complain(r.error(), c.json);
    if (c.json) print(status_json(*r));
    else print_status(*r);
    return exit_for(*r);
  });
}

int wait(const common& c, const std::string& vault, std::uint32_t timeout_s) {
  return with_agent(c, [&](agent& a) { return settle(a, c, vault, timeout_s); });
}

int sync_once(const common& c, std::uint32_t timeout_s) {
  return with_agent(c, [&](agent& a) {
    auto now = a.ask<pb::Status>(attachments_actor, pb::AskStatus{});
    if (!now) return complain(now.error(), c.json);
    pb::FoldersTouched everything;
    everything.set_overflow(true);
    for (const auto& v : now->vaults())
      if (auto ok = a.tell("/agent/vaults/" + id_text(v.vault()) + "/engine", everything); !ok)
        return complain(ok.error(), c.json);
    return settle(a, c, "", timeout_s);
  });
}

int log(const common& c, const log_query& q) {
  return with_agent(c, [&](agent& a) {
    json all = json::array();
    auto vault = q.vault, wanted_path = q.path;
    if (auto where = q.path.empty() ? failure(errc::not_found) : place_named(a, q.path)) {
      wanted_path = where->path;
      if (vault.empty()) vault = id_text(where->vault.vault());
    }
    while (wanted_path.ends_with('/')) wanted_path.pop_back();
    std::uint64_t after = q.after, next = 0;
    auto wanted = q.limit ? *q.limit : ~0u;
    do {
      pb::ReadLog m;
      m.set_vault(vault);
      m.set_after(after);
      m.set_limit(std::min<std::uint32_t>(500, wanted - static_cast<std::uint32_t>(all.size())));
      auto r = a.ask<pb::LogRead>(account_actor, m);
      if (!r) return complain(r.error(), c.json);
      next = after = r->next();
      for (const auto& one : r->changes()) {
        auto path = one.path().empty() ? one.name() : one.path();
        if (!wanted_path.empty() && path != wanted_path) continue;
        json j;
        j["seq"] = one.seq();
        j["op_id"] = id_text(one.op_id());
        j["device"] = id_text(one.device());
        j["kind"] = one.kind();
        j["item"] = id_text(one.item());
        put_bytes(j, "path", path);
        j["time"] = time_of(one.server_time_ns());
        if (!c.json) {
          print(std::to_string(one.seq()) + "  " + j["time"].get<std::string>() + "  " + one.kind() +
                "  " + printable(path));
        }
        all.push_back(std::move(j));
      }
    } while (next != 0 && all.size() < wanted);
    if (!c.json) return 0;
    return print(json{{"changes", all}, {"next", next == 0 ? json(nullptr) : json(next)}}) ? 0 : 1;
  });
}

int pause(const common& c, const std::string& length) {
  pb::Pause m;
  if (!length.empty()) {
    auto d = config::parse_duration(length);
    if (!d || d->count() <= 0)
      return complain({errc::invalid_argument, "--for takes \"30m\", \"8h\" or \"2d\", not '" + length + "'"}, c.json);
    m.set_until_ns((std::chrono::system_clock::now().time_since_epoch() + *d) / std::chrono::nanoseconds(1));
  }
  return with_agent(c, [&](agent& a) {
    auto ok = a.tell(attachments_actor, m);
    if (!ok) return complain(ok.error(), c.json);
    json until = time_of(m.until_ns());
    if (c.json) return print(json{{"paused", true}, {"until", until}}) ? 0 : 1;
    return print(until.is_null() ? std::string("paused: tinysync resume goes on")
                                 : "paused until " + until.get<std::string>() + ", or tinysync resume") ? 0 : 1;
  });
}

int resume(const common& c) {
  return with_agent(c, [&](agent& a) {
    auto ok = a.tell(attachments_actor, pb::Resume{});
    if (!ok) return complain(ok.error(), c.json);
    return print(c.json ? json{{"paused", false}}.dump() : std::string("resumed")) ? 0 : 1;
  });
}

int panic_resync(const common& c, const std::string& vault) {
  return with_agent(c, [&](agent& a) {
    auto now = a.ask<pb::Status>(attachments_actor, pb::AskStatus{});
    if (!now) return complain(now.error(), c.json);
    for (const auto& v : now->vaults()) {
      if (v.name() != vault && id_text(v.vault()) != vault) continue;
      pb::PanicResync m;
      m.set_reason("asked for on the command line");
      auto r = a.ask<pb::Done>("/agent/vaults/" + id_text(v.vault()) + "/engine", m);
      if (!r) return complain(r.error(), c.json);
      auto said = "the index of '" + v.name() + "' is being built anew; the old one is kept beside it (see: tinysync status)";
      return print(c.json ? json{{"vault", v.name()}, {"resync", true}}.dump() : said) ? 0 : 1;
    }
    return complain({errc::not_found, "no attached vault '" + vault + "'"}, c.json);
  });
}

int doctor(const common& c) {
  json checks = json::array();
  int worst = 0;
  auto check = [&](const std::string& what, const std::optional<error>& wrong, const std::string& good) {
    checks.push_back({{"check", what}, {"ok", !wrong}, {"text", wrong ? to_string(*wrong) : good}});
    if (wrong && worst == 0) worst = static_cast<int>(exit_code_of(wrong->code));
    if (!c.json) print((wrong ? "FAIL  " : "ok    ") + what + ": " + (wrong ? to_string(*wrong) : good));
  };
  auto a = open(c);
  check("agent", a ? std::nullopt : std::optional(a.error()), "answers");
  if (a) {
    auto s = a->ask<pb::Status>(attachments_actor, pb::AskStatus{});
    check("status", s ? std::nullopt : std::optional(s.error()), "answers");
    if (s) {
      check("registered",
            s->device().registered() ? std::nullopt
                                     : std::optional(error{errc::unregistered, s->device().damaged()}),
            s->link().url());
      // Asked, not believed: a connection may be there to a server that does nothing.
      auto answered = a->ask<pb::Vaults>(account_actor, pb::ListVaults{});
      check("server", answered ? std::nullopt : std::optional(answered.error()), "answers");
      for (const auto& v : s->vaults())
        check("vault " + v.name(),
              v.state() == "Blocked" ? std::optional(error{errc::unavailable, v.reason()}) : std::nullopt,
              vault_line(v));
    }
  }
  if (c.json) print(json{{"checks", checks}});
  return worst;
}

}  // namespace tinysync::cli
