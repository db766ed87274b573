#include "tools/sim/stage.hpp"

#include "tools/sim/stage_state.hpp"

namespace tinysync::sim {
namespace {

using namespace std::chrono_literals;

oracle::tree view_of(const tree& t) {
  oracle::tree out;
  for (const auto& [path, e] : t) {
    auto kind = e.kind == fs::kind::folder ? oracle::kind::folder
                : e.kind == fs::kind::file ? oracle::kind::file
                                           : oracle::kind::link;
    out[path] = {kind, e.content, e.executable, e.private_bits};
  }
  return out;
}

world_options options_of(const scenario& cast) {
  world_options o;
  o.seed = cast.seed;
  o.disk.timestamp_granularity_ns = cast.coarse_times ? 4'000'000 : 1;
  o.disk.reuse_inodes = cast.reused_inodes;
  return o;
}

}  // namespace

stage::stage(const scenario& cast) : world_(std::make_unique<sim::world>(cast.devices, options_of(cast))) {
  judge_ = std::make_unique<oracle::judge>(world_->ledger());
  probe_ = std::make_unique<probe>(*world_);
  world_->simulation().limit_steps_at_once(20'000);  // a whole scenario takes less
  world_->network().overhear([this](const net::http_request& q, const net::http_response& r) {
    if (!q.path.ends_with("/mutations")) return;
    judge_->asked(q.body);
    if (r.status == 200) judge_->answered(r.content());
  });
  world_->is_safe = [this](const std::string& content) { return judge_->accepted(content); };
  for (auto* d : world_->devices()) {
    states_[d->name()] = std::make_unique<state>();
    watch_disk(*d);
  }
}

stage::~stage() = default;

/// What the agent puts before its user is looked at as it appears.
void stage::watch_disk(device& d) {
  d.disk().subscribe([this, &d](const fs::change& c) {
    if (c.by != fs::author::agent || fs::is_within(c.folder, ".tinysync")) return;
    auto path = c.folder.empty() ? c.name : c.folder + "/" + c.name;
    if (path == ".tinysync") return;
    ++agents_changed_;
    if (c.is_folder || c.kind == fs::change_kind::deleted || c.kind == fs::change_kind::moved_from) return;
    try {
      judge_->appeared(d.name(), path, d.disk().read(path));
    } catch (const std::out_of_range&) {  // a link
    }
  });
}

bool stage::perform(const step& s) {
  if (s.pause.count() > 0) world_->run_for(s.pause);
  if (!act(s)) return false;
  ++fired_[s.verb];
  return true;
}

bool stage::act(const step& s) {
  if (s.who == "all") return everybody(s);
  if (s.who == "server") return server_acts(s);
  if (s.who == "network") return network_acts(s);
  if (!states_.contains(s.who)) throw std::runtime_error("nobody is called " + s.who);
  auto& d = (*world_)[s.who];
  if (auto u = user_verbs().find(s.verb); u != user_verbs().end()) return user_acts(d, s, u->second);
  auto m = machine_verbs().find(s.verb);
  if (m == machine_verbs().end()) throw std::runtime_error("nobody can " + s.verb);
  return (this->*m->second)(d, s);
}

bool stage::user_acts(device& d, const step& s, performer p) {
  auto& of = *states_[d.name()];
  if (of.root_gone || !(this->*p)(d, s)) return false;
  writers_.insert(d.name());
  of.meant = view_of(d.tree());
  return true;
}

// -- peace ---------------------------------------------------------------------------------------

void stage::calm_down() {
  world_->set_faults({});
  auto& server = world_->server_machine();
  server.live_on();
  server.files().set_capacity(~0ull);
  server.disk()->set_capacity(1ull << 40);
  for (auto v : {sqlite::file_verb::write, sqlite::file_verb::sync, sqlite::file_verb::read}) server.files().fail_next(v, {}, 0);
  for (int v = 0; v <= static_cast<int>(fs::verb::probe); ++v) server.disk()->fail_next(static_cast<fs::verb>(v), {}, 0);
  if (!world_->server_running()) world_->start_server();
  for (auto* d : world_->devices()) heal(*d);
}

oracle::peace stage::look() {
  oracle::peace p;
  for (auto* d : world_->devices()) {
    p.devices.push_back({d->name(), view_of(d->tree()), d->staged()});
    // Deleted elsewhere, and kept for what it held that is not synced (DESIGN §5); in peace nothing else may stay.
    for (const auto& [path, why] : world_->exempt_on(*d))
      if (why == "local_only") p.devices.back().disk.erase(path);
  }
  p.log = probe_->log();
  p.blob = [this](const std::string& hash) { return probe_->blob(hash); };
  return p;
}

oracle::findings stage::make_peace() {
  world_->run_for(0ms);  // who is dying is dead before all are healed
  std::optional<oracle::tree> meant;
  if (writers_.size() == 1 && faithful_) meant = states_[*writers_.begin()]->meant;
  calm_down();
  if (std::exchange(stumbles_, false))
    for (auto* d : world_->devices())
      for (int v = 0; v <= static_cast<int>(fs::verb::identity); ++v)
        d->disk().fail_next(static_cast<fs::verb>(v), errc::io_failed);
  if (auto wrong = world_->try_settle(2h, 50'000)) return {{"stuck", *wrong}};
  peace_ = look();
  peace_->only_writer = meant;
  peace_->may_double = power_failed_ || restored_;
  for (auto* d : world_->devices()) peace_->may_double |= d->disk().failed() + d->databases().failed() > 0;
  auto out = judge_->at_peace(*peace_);
  for (auto* d : world_->devices())
    if (!restored_ && d->databases().failed() == 0 && !states_[d->name()]->index_was_full && world_->rebuilt(*d))
      out.push_back({"rebuilt", d->name() + " built its index anew, and nothing had happened to it"});
  writers_.clear();
  faithful_ = true;
  return out;
}

oracle::findings stage::rest() {
  agents_changed_ = 0;
  world_->run_for(11min);  // polls, and a whole scan, come by in that time
  return judge_->after_rest(*peace_, look(), agents_changed_);
}

std::vector<std::string> stage::account() {
  auto out = judge_->log();
  for (auto* d : world_->devices()) {
    out.push_back(d->name() + ": " + (d->running() ? world_->status_of(*d) : "not running"));
    for (const auto& [path, e] : d->disk().tree()) {
      static constexpr const char* kinds[] = {"file", "folder", "link", "special"};
      if (e.kind == fs::kind::folder && path.starts_with(".tinysync")) continue;
      out.push_back("  " + path + "  " + kinds[static_cast<int>(e.kind)] + (e.executable ? " executable" : "") +
                    (e.private_bits ? " private" : "") + "  " + e.content.substr(0, 40));
    }
  }
  return out;
}

counts stage::fired() {
  auto out = fired_;
  for (auto* d : world_->devices()) {
    out["disk error"] += d->disk().failed();
    out["database error"] += d->databases().failed();
  }
  out["server disk error"] += world_->server_machine().disk()->failed() + world_->server_machine().files().failed();
  auto n = world_->network().fault_counts();
  out["request lost"] += n.lost_requests;
  out["answer lost"] += n.lost_answers;
  out["request doubled"] += n.doubled_requests;
  out["websocket cut"] += n.cut_websockets;
  return out;
}

}  // namespace tinysync::sim
