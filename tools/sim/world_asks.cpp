// What a test or a scenario asks of a device's running agent.

#include "actors/faces/client.hpp"
#include "proto/actors/common.pb.h"
#include "proto/vocabulary/invite.hpp"
#include "tools/sim/world_ask.hpp"

namespace tinysync::sim {

namespace pb = faces::pb;

std::string world::invite_for_all() { return invite_code; }

void world::crash_actor(device& d, const std::string& name) {
  auto m = std::make_shared<actors::common::Crash>();
  sim_.directory().find_any(vault_actor(d, name)).tell(m);
}

std::string world::status_text(device& d) {
  return ask(vault_actor(d, "engine"), pb::AskStatus{})->ShortDebugString();
}

std::size_t world::held_back(device& d) {
  auto said = ask(vault_actor(d, "local_store"), pb::AskBrake{});
  return static_cast<std::size_t>(dynamic_cast<const pb::Brake&>(*said).held_size());
}

void world::decide_brake(device& d, bool approve) {
  pb::DecideBrake m;
  m.set_approve(approve);
  ask(vault_actor(d, "engine"), m);
}

std::map<std::string, std::string> world::listed_conflicts(device& d) {
  std::map<std::string, std::string> out;
  auto said = ask(vault_actor(d, "local_store"), pb::AskConflicts{});
  for (const auto& c : dynamic_cast<const pb::Conflicts&>(*said).conflicts()) out[c.id()] = c.path();
  return out;
}

std::string world::resolve(device& d, const std::string& id, const std::string& keep) try {
  pb::ResolveConflict m;
  m.set_id(id);
  m.set_keep(keep);
  ask(vault_actor(d, "applier"), m);
  return {};
} catch (const std::runtime_error& e) {
  return e.what();
}

bool world::rebuilt(device& d) {
  auto said = ask(vault_actor(d, "local_store"), pb::AskSummary{});
  return !dynamic_cast<const pb::Summary&>(*said).rebuilt().empty();
}

std::map<std::string, std::string> world::exempt_on(device& d) {
  std::map<std::string, std::string> out;
  auto said = ask(vault_actor(d, "local_store"), pb::AskSummary{});
  for (const auto& e : dynamic_cast<const pb::Summary&>(*said).exempt()) out[e.path()] = e.reason();
  return out;
}

std::vector<std::string> world::ignored_on(device& d) {
  auto said = ask(vault_actor(d, "local_store"), pb::AskIgnored{});
  const auto& paths = dynamic_cast<const pb::Ignored&>(*said).paths();
  return {paths.begin(), paths.end()};
}

std::string world::rule_for(device& d, const std::string& path) {
  pb::CheckIgnored m;
  m.set_path(path);
  auto said = ask(vault_actor(d, "scanner"), m);
  const auto& r = dynamic_cast<const pb::IgnoreChecked&>(*said);
  if (!r.has_rule()) return "none";
  return r.rule().source() + ":" + std::to_string(r.rule().line()) + ":" + r.rule().pattern() +
         (r.synced() ? ", synced" : "");
}

std::map<std::string, std::string> world::trash_of(device& d) {
  std::map<std::string, std::string> out;
  auto said = ask(vault_actor(d, "trash"), pb::AskTrash{});
  for (const auto& e : dynamic_cast<const pb::Trash&>(*said).entries()) out[e.entry()] = e.path();
  return out;
}

std::string world::restore_trash(device& d, const std::string& entry) {
  pb::RestoreTrashed m;
  m.set_entry(entry);
  return dynamic_cast<const pb::TrashRestored&>(*ask(vault_actor(d, "trash"), m)).path();
}

std::pair<std::uint64_t, std::uint64_t> world::empty_trash(device& d, std::chrono::seconds older_than,
                                                           bool unproven) {
  pb::EmptyTrash m;
  m.set_older_than_s(static_cast<std::uint64_t>(older_than.count()));
  m.set_unproven(unproven);
  auto said = ask(vault_actor(d, "trash"), m);
  const auto& done = dynamic_cast<const pb::TrashEmptied&>(*said);
  return {done.purged(), done.kept()};
}

std::string world::link_error(device& d) {
  auto said = ask(d.agent() + "/cloud_link", pb::AskLink{});
  return dynamic_cast<const pb::LinkState&>(*said).last_error_code();
}

std::string world::register_anew(device& d, const std::string& name) try {
  pb::Register m;
  m.set_invite(to_string(invite{"https://server", {}, invite_code}));
  m.set_name(name);
  ask(d.agent() + "/cloud_link", m);
  return {};
} catch (const std::runtime_error& e) {
  return e.what();
}

bool world::says_connected(device& d) {
  auto said = ask(d.agent() + "/cloud_link", pb::AskLink{});
  return dynamic_cast<const pb::LinkState&>(*said).connected();
}

}  // namespace tinysync::sim
