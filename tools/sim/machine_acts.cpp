// What goes wrong around the users of a scenario: their machines, the server, the network.

#include "tools/sim/stage_state.hpp"

namespace tinysync::sim {
namespace {

using namespace std::chrono_literals;

std::uint64_t number(const step& s, std::size_t i) { return std::stoull(s.args.at(i)); }
std::chrono::milliseconds millis(const step& s, std::size_t i) { return std::chrono::milliseconds(number(s, i)); }

death how(const std::string& word) {
  if (word == "killed") return death::killed;
  if (word == "power-cut") return death::power_cut;
  throw std::runtime_error("nobody dies of " + word);
}

errc code(const std::string& word) {
  if (word == "io") return errc::io_failed;
  if (word == "full") return errc::disk_full;
  if (word == "denied") return errc::permission_denied;
  throw std::runtime_error("nothing fails with " + word);
}

fs::verb disk_verb(const std::string& word) {
  for (int v = 0; v <= static_cast<int>(fs::verb::probe); ++v)
    if (fs::name_of(static_cast<fs::verb>(v)) == word) return static_cast<fs::verb>(v);
  throw std::runtime_error("a disk cannot " + word);
}

/// `rename:parked`: the verb, and what is to be in a path.
std::pair<fs::verb, std::string> moment(const std::string& word) {
  auto colon = word.find(':');
  return {disk_verb(word.substr(0, colon)), colon == word.npos ? "" : word.substr(colon + 1)};
}

sqlite::file_verb database_verb(const std::string& word) {
  static const std::map<std::string, sqlite::file_verb> verbs = {
      {"write", sqlite::file_verb::write}, {"sync", sqlite::file_verb::sync}, {"read", sqlite::file_verb::read},
      {"open", sqlite::file_verb::open}, {"truncate", sqlite::file_verb::truncate}, {"move", sqlite::file_verb::move}};
  auto at = verbs.find(word);
  if (at == verbs.end()) throw std::runtime_error("a database cannot " + word);
  return at->second;
}

bool is_folder(const device& d, const std::string& path) {
  auto t = d.tree();
  auto at = t.find(path);
  return at != t.end() && at->second.kind == fs::kind::folder;
}

net::network_faults trouble() {
  net::network_faults f;
  f.delay_max = 80ms;
  f.lose_request = f.lose_answer = f.duplicate_request = f.cut_websocket = 0.1;
  return f;
}

}  // namespace

const std::map<std::string, stage::performer, std::less<>>& stage::machine_verbs() {
  static const std::map<std::string, performer, std::less<>> table = {
      // DISK-VERB[:PART] USER-VERB …: just before the agent's next such call, on a path with PART in it; @: that path
      {"meanwhile", &stage::meanwhile},
      {"sync", &stage::sync_disk},             // what was written is on the disk
      {"offline", &stage::go_offline},
      {"online", &stage::go_online},
      {"dies", &stage::die},                   // killed|power-cut
      {"dies-after", &stage::die_after},       // CHANGES killed|power-cut AWAY-MS
      {"dies-at", &stage::die_at},             // DISK-VERB[:PART] CHANGES …: as dies-after, counted from such a call
      {"starts", &stage::start},
      {"crash-actor", &stage::crash_actor},    // NAME
      {"disk-fails", &stage::fail_disk},       // DISK-VERB io|full|denied TIMES
      {"database-fails", &stage::fail_database},  // VERB io|full TIMES
      {"disk-full", &stage::fill_disk},        // yes|no
      {"database-full", &stage::fill_database},  // yes|no
      {"unreadable", &stage::make_unreadable},  // FOLDER
      {"readable", &stage::make_readable},     // FOLDER
      {"root-gone", &stage::vanish_root},
      {"root-replaced", &stage::replace_root},  // by an empty folder, as if nothing was mounted there
      {"root-back", &stage::return_root},
      {"deaf", &stage::deafen},                // yes|no: no events; then the agent hears that some were lost
      {"no-watches", &stage::refuse_watches},  // yes|no
  };
  return table;
}

// -- a device ------------------------------------------------------------------------------------

bool stage::meanwhile(device& d, const step& s) {
  step then{0ms, s.who, s.args.at(1), {s.args.begin() + 2, s.args.end()}};
  auto verb = user_verbs().find(then.verb);
  if (verb == user_verbs().end()) throw std::runtime_error("no user can " + then.verb);
  auto [before, part] = moment(s.args[0]);
  d.disk().before_next_with(before, part, [this, &d, then, p = verb->second](const std::string& path) {
    auto now = then;
    for (auto& a : now.args)
      if (a == "@") a = path;
    if (!user_acts(d, now, p)) return;
    ++fired_["meanwhile took place"];
    if (now.args != then.args) ++fired_["at the same path"];
  });
  return true;
}

bool stage::sync_disk(device& d, const step&) {
  d.disk().sync();
  return true;
}

bool stage::go_offline(device& d, const step&) {
  if (!d.online()) return false;
  d.go_offline();
  return true;
}

bool stage::go_online(device& d, const step&) {
  if (d.online()) return false;
  d.go_online();
  return true;
}

void stage::lost_power(device& d) {
  faithful_ = false;
  power_failed_ = true;
  states_[d.name()]->held.clear();
}

bool stage::die(device& d, const step& s) {
  if (!d.running()) return false;
  auto cause = how(s.args.at(0));
  d.stop(cause);
  ++fired_[s.args[0]];
  if (cause == death::power_cut) lost_power(d);
  return true;
}

bool stage::die_after(device& d, const step& s) {
  if (!d.running()) return false;
  auto cause = how(s.args.at(1));
  d.die_after(number(s, 0), cause, millis(s, 2), [this, &d, cause, word = s.args[1]] {
    ++fired_[word + " at a change"];
    if (cause == death::power_cut) lost_power(d);
  });
  return true;
}

bool stage::die_at(device& d, const step& s) {
  if (!d.running()) return false;
  const step then{0ms, s.who, "dies-after", {s.args.begin() + 1, s.args.end()}};
  static_cast<void>(how(then.args.at(1)));
  auto [before, part] = moment(s.args.at(0));
  d.disk().before_next_with(before, part, [this, &d, then](const std::string&) {
    if (die_after(d, then)) ++fired_["dies at a call"];
  });
  return true;
}

bool stage::start(device& d, const step&) {
  if (d.running()) return false;
  d.start({});
  return true;
}

bool stage::crash_actor(device& d, const step& s) {
  if (!d.running()) return false;
  world_->crash_actor(d, s.args.at(0));
  return true;
}

bool stage::fail_disk(device& d, const step& s) {
  d.disk().fail_next(disk_verb(s.args.at(0)), code(s.args.at(1)), static_cast<int>(number(s, 2)));
  return true;
}

bool stage::fail_database(device& d, const step& s) {
  d.databases().fail_next(database_verb(s.args.at(0)), code(s.args.at(1)), static_cast<int>(number(s, 2)));
  return true;
}

bool stage::fill_disk(device& d, const step& s) {
  d.disk().set_capacity(s.args.at(0) == "yes" ? 0 : 1ull << 40);
  return true;
}

bool stage::fill_database(device& d, const step& s) {
  const bool full = s.args.at(0) == "yes";
  states_[d.name()]->index_was_full |= full;
  d.databases().set_capacity(full ? 0 : ~0ull);
  return true;
}

bool stage::make_unreadable(device& d, const step& s) {
  auto& of = *states_[d.name()];
  if (of.root_gone || !is_folder(d, s.args.at(0)) || !of.unreadable.insert(s.args[0]).second) return false;
  d.disk().make_unreadable(s.args[0], true);
  return true;
}

bool stage::make_readable(device& d, const step& s) {
  if (states_[d.name()]->unreadable.erase(s.args.at(0)) == 0) return false;
  d.disk().make_all_readable();
  return true;
}

bool stage::vanish_root(device& d, const step&) {
  if (std::exchange(states_[d.name()]->root_gone, true)) return false;
  d.disk().vanish_root(true);
  return true;
}

bool stage::replace_root(device& d, const step&) {
  if (std::exchange(states_[d.name()]->root_gone, true)) return false;
  d.disk().sync();  // what was unmounted was written and closed
  states_[d.name()]->held.clear();
  d.disk().replace_root();
  return true;
}

bool stage::return_root(device& d, const step&) {
  if (!std::exchange(states_[d.name()]->root_gone, false)) return false;
  d.disk().vanish_root(false);
  d.disk().bring_root_back();
  return true;
}

bool stage::deafen(device& d, const step& s) {
  const bool deaf = s.args.at(0) == "yes";
  if (std::exchange(states_[d.name()]->deaf, deaf) == deaf) return false;
  d.deafen(deaf);
  return true;
}

bool stage::refuse_watches(device& d, const step& s) {
  d.refuse_watches(s.args.at(0) == "yes" ? errc::too_many_requests : errc::internal);
  return true;
}

void stage::heal(device& d) {
  auto& of = *states_[d.name()];
  auto& disk = d.disk();
  d.live_on();
  disk.forget_surprises();
  for (int v = 0; v <= static_cast<int>(fs::verb::probe); ++v) disk.fail_next(static_cast<fs::verb>(v), {}, 0);
  disk.set_capacity(1ull << 40);
  disk.vanish_root(false);
  disk.bring_root_back();
  disk.make_all_readable();
  for (const auto& path : of.held) disk.release_writer(path);
  if (of.deaf) d.deafen(false);
  d.refuse_watches(errc::internal);
  for (auto v : {sqlite::file_verb::open, sqlite::file_verb::read, sqlite::file_verb::write, sqlite::file_verb::truncate,
                 sqlite::file_verb::sync, sqlite::file_verb::remove, sqlite::file_verb::move})
    d.databases().fail_next(v, {}, 0);
  d.databases().set_capacity(~0ull);
  of = state{.index_was_full = of.index_was_full, .meant = of.meant};
  if (!d.running()) d.start({});
  if (!d.online()) d.go_online();
}

// -- everybody, the server, the network ----------------------------------------------------------

bool stage::everybody(const step& s) {
  if (s.verb == "wait") return true;
  if (s.verb == "stumble") return stumbles_ = true;  // on the way to peace every call of a disk fails once
  if (s.verb == "suspend") {
    world_->suspend(std::chrono::seconds(number(s, 0)));
  } else if (s.verb == "clock") {
    world_->jump_wall_clock(std::chrono::seconds(std::stoll(s.args.at(0))));
  } else {
    throw std::runtime_error("not all can " + s.verb);
  }
  return true;
}

bool stage::server_acts(const step& s) {
  auto& m = world_->server_machine();
  if (s.verb == "dies") {
    if (!world_->server_running()) return false;
    world_->stop_server(how(s.args.at(0)));
    ++fired_["server " + s.args[0]];
  } else if (s.verb == "dies-after") {
    if (!world_->server_running()) return false;
    world_->server_dies_after(number(s, 0), how(s.args.at(1)), millis(s, 2),
                              [this, word = s.args[1]] { ++fired_["server " + word + " at a change"]; });
  } else if (s.verb == "starts") {
    if (world_->server_running()) return false;
    world_->start_server();
  } else if (s.verb == "backs-up") {
    if (!world_->server_running()) return false;
    backup_ = world_->back_up_server();
  } else if (s.verb == "restored") {
    if (!world_->server_running() || backup_.empty()) return false;
    server_restored();
  } else if (s.verb == "disk-fails") {
    m.disk()->fail_next(disk_verb(s.args.at(0)), code(s.args.at(1)), static_cast<int>(number(s, 2)));
  } else if (s.verb == "database-fails") {
    m.files().fail_next(database_verb(s.args.at(0)), code(s.args.at(1)), static_cast<int>(number(s, 2)));
  } else if (s.verb == "full") {
    m.files().set_capacity(s.args.at(0) == "yes" ? 0 : ~0ull);
    m.disk()->set_capacity(s.args.at(0) == "yes" ? 0 : 1ull << 40);
  } else {
    throw std::runtime_error("the server cannot " + s.verb);
  }
  return true;
}

/// An operator puts an older copy back: from now on only what devices have is what was accepted since.
void stage::server_restored() {
  world_->restore_server(backup_);
  judge_->server_was_put_back();
  std::set<std::string> here;
  for (auto* d : world_->devices())
    for (const auto& [path, e] : d->disk().tree()) here.insert(e.content);
  world_->ledger().only_these_are_left(here);
  faithful_ = false;
  restored_ = true;
}

bool stage::network_acts(const step& s) {
  if (s.verb == "misbehaves") world_->set_faults(trouble());
  else if (s.verb == "calm") world_->set_faults({});
  else throw std::runtime_error("the network cannot " + s.verb);
  return true;
}

}  // namespace tinysync::sim
