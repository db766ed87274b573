#pragma once
// A world on which a scenario is played, step by step, before the oracle's eyes.

#include <map>
#include <memory>
#include <set>
#include <string>

#include "tools/sim/oracle/judge.hpp"
#include "tools/sim/probe.hpp"
#include "tools/sim/scenario.hpp"

namespace tinysync::sim {

/// How often something took effect, by its verb.
using counts = std::map<std::string, std::uint64_t>;

class stage {
 public:
  explicit stage(const scenario& cast);
  ~stage();

  sim::world& world() { return *world_; }
  /// Waits the step's pause and does it. False: it is not possible as things are, and nothing happened.
  bool perform(const step& s);
  /// Everything is put in order, and when all say that they are in sync the oracle looks.
  oracle::findings make_peace();
  /// Then time passes; whatever moves now is a finding.
  oracle::findings rest();
  /// How often what took effect; faults that were only prepared do not count.
  counts fired();
  /// What there is at the end, for people: the server's log, and every device's files.
  std::vector<std::string> account();
  std::uint64_t trace_hash() { return world_->simulation().trace_hash(); }

 private:
  struct state;  // of one device, as far as steps changed it
  using performer = bool (stage::*)(device&, const step&);
  static const std::map<std::string, performer, std::less<>>& user_verbs();
  static const std::map<std::string, performer, std::less<>>& machine_verbs();

  bool act(const step& s);
  bool user_acts(device& d, const step& s, performer p);
  bool everybody(const step& s);
  bool server_acts(const step& s);
  bool network_acts(const step& s);
  void watch_disk(device& d);
  void calm_down();
  void heal(device& d);
  void lost_power(device& d);
  void server_restored();
  oracle::peace look();

  bool write(device& d, const step& s);
  bool save(device& d, const step& s);
  bool append(device& d, const step& s);
  bool remove(device& d, const step& s);
  bool move(device& d, const step& s);
  bool exchange(device& d, const step& s);
  bool make_folder(device& d, const step& s);
  bool change_mode(device& d, const step& s);
  bool make_link(device& d, const step& s);
  bool hold(device& d, const step& s);
  bool write_held(device& d, const step& s);
  bool release(device& d, const step& s);

  bool meanwhile(device& d, const step& s);
  bool sync_disk(device& d, const step& s);
  bool go_offline(device& d, const step& s);
  bool go_online(device& d, const step& s);
  bool die(device& d, const step& s);
  bool die_after(device& d, const step& s);
  bool die_at(device& d, const step& s);
  bool start(device& d, const step& s);
  bool crash_actor(device& d, const step& s);
  bool fail_disk(device& d, const step& s);
  bool fail_database(device& d, const step& s);
  bool fill_disk(device& d, const step& s);
  bool fill_database(device& d, const step& s);
  bool make_unreadable(device& d, const step& s);
  bool make_readable(device& d, const step& s);
  bool vanish_root(device& d, const step& s);
  bool replace_root(device& d, const step& s);
  bool return_root(device& d, const step& s);
  bool deafen(device& d, const step& s);
  bool refuse_watches(device& d, const step& s);

  std::unique_ptr<sim::world> world_;
  std::unique_ptr<probe> probe_;
  std::unique_ptr<oracle::judge> judge_;
  std::map<std::string, std::unique_ptr<state>> states_;
  counts fired_;
  std::set<std::string> writers_;      // since the last peace
  bool faithful_ = true;               // no power cut took anything from them since then
  bool power_failed_ = false, stumbles_ = false, restored_ = false;
  std::string backup_;                 // of the server, the last one
  std::optional<oracle::peace> peace_;
  std::uint64_t agents_changed_ = 0;   // entries that users see
};

}  // namespace tinysync::sim
