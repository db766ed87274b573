// Joining a server, its vaults, its devices.

#include <filesystem>

#include "platform/crypto/encoding.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/position.hpp"
#include "tools/cli/session.hpp"

namespace tinysync::cli {
namespace {

json vault_json(const pb::VaultInfo& v) {
  json j;
  j["id"] = id_text(v.id());
  j["name"] = v.name();
  j["role"] = v.role();
  j["seq"] = v.seq();
  j["items"] = v.live_items();
  j["bytes"] = v.live_bytes();
  j["created"] = time_of(v.created_ns());
  j["root"] = v.attached_at().empty() ? json(nullptr) : json(v.attached_at());
  return j;
}

}  // namespace

int version(const common& c) {
  if (c.json) {
    json j;
    j["version"] = std::string(program_version);
    j["protocol"] = protocol_version;
    return print(j) ? 0 : 1;
  }
  return print("tinysync " + std::string(program_version)) ? 0 : 1;
}

int register_device(const common& c, const std::string& invite, const std::string& name) {
  return with_agent(c, [&](agent& a) {
    pb::Register m;
    m.set_invite(invite);
    m.set_name(name);
    auto r = a.ask<pb::Registered>("/agent/cloud_link", m);
    if (!r) return complain(r.error(), c.json);
    json j;
    j["device"] = id_text(r->device());
    j["label"] = r->label();
    j["server"] = r->url();
    if (c.json) return print(j) ? 0 : 1;
    return print("registered with " + r->url() + " as '" + r->label() + "'") ? 0 : 1;
  });
}

int vault_create(const common& c, const std::string& name) {
  return with_agent(c, [&](agent& a) {
    pb::CreateVault m;
    m.set_name(name);
    auto r = a.ask<pb::VaultInfo>(account_actor, m);
    if (!r) return complain(r.error(), c.json);
    if (c.json) return print(vault_json(*r)) ? 0 : 1;
    return print("created vault '" + r->name() + "' (" + id_text(r->id()) + ")") ? 0 : 1;
  });
}

int vault_ls(const common& c) {
  return with_agent(c, [&](agent& a) {
    auto r = a.ask<pb::Vaults>(account_actor, pb::ListVaults{});
    if (!r) return complain(r.error(), c.json);
    if (c.json) {
      json all = json::array();
      for (const auto& v : r->vaults()) all.push_back(vault_json(v));
      return print(json{{"vaults", all}}) ? 0 : 1;
    }
    if (r->vaults_size() == 0) return print(std::string("no vaults yet: tinysync vault create NAME")) ? 0 : 1;
    std::vector<std::vector<std::string>> rows = {{"NAME", "ROLE", "ITEMS", "SIZE", "ATTACHED AT", "ID"}};
    for (const auto& v : r->vaults())
      rows.push_back({v.name(), v.role(), std::to_string(v.live_items()), size_text(v.live_bytes()),
                      v.attached_at().empty() ? "-" : printable(v.attached_at()), id_text(v.id())});
    return print(table(rows)) ? 0 : 1;
  });
}

int vault_rm(const common& c, const std::string& vault) {
  // An empty name means "the only one" elsewhere; an unset variable must not remove it.
  if (vault.empty()) return complain({errc::invalid_argument, "say which vault to remove"}, c.json);
  return with_agent(c, [&](agent& a) {
    pb::RemoveVault m;
    m.set_vault(vault);
    auto r = a.ask<pb::Done>(account_actor, m);
    if (!r) return complain(r.error(), c.json);
    if (c.json) return print(json{{"removed", vault}}) ? 0 : 1;
    return print("removed vault '" + vault + "'; the server keeps it for its retention time") ? 0 : 1;
  });
}

int devices_ls(const common& c) {
  return with_agent(c, [&](agent& a) {
    auto r = a.ask<pb::Devices>(account_actor, pb::ListDevices{});
    if (!r) return complain(r.error(), c.json);
    json all = json::array();
    std::vector<std::vector<std::string>> rows = {{"NAME", "STATE", "LAST SEEN", "ID"}};
    for (const auto& d : r->devices()) {
      json j;
      j["id"] = id_text(d.id());
      j["name"] = d.name();
      j["label"] = d.label();
      j["created"] = time_of(d.created_ns());
      j["last_seen"] = time_of(d.last_seen_ns());
      j["revoked"] = d.revoked();
      j["self"] = d.self();
      all.push_back(j);
      auto seen = j["last_seen"].is_null() ? "never" : j["last_seen"].get<std::string>();
      rows.push_back({d.name() + (d.self() ? " (this one)" : ""), d.revoked() ? "revoked" : "active",
                      seen, id_text(d.id())});
    }
    if (c.json) return print(json{{"devices", all}}) ? 0 : 1;
    return print(table(rows)) ? 0 : 1;
  });
}

int devices_revoke(const common& c, const std::string& device) {
  return with_agent(c, [&](agent& a) {
    pb::RevokeDevice m;
    m.set_device(device);
    auto r = a.ask<pb::Done>(account_actor, m);
    if (!r) return complain(r.error(), c.json);
    if (c.json) return print(json{{"revoked", device}}) ? 0 : 1;
    return print("revoked " + device) ? 0 : 1;
  });
}

int send(const common& c, const std::string& actor, const std::string& type, const std::string& text,
         std::uint32_t timeout_s) {
  return with_agent(c, [&](agent& a) {
    auto r = a.send(actor, type, text, std::chrono::seconds(timeout_s));
    if (!r) return complain(r.error(), c.json);
    if (r->type.empty()) return print(std::string("{}")) ? 0 : 1;
    return print(r->json) ? 0 : 1;
  });
}

}  // namespace tinysync::cli
