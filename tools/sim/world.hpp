#pragma once
// A server and agents in one thread, from one seed.

#include <filesystem>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/simulation.hpp"
#include "platform/net/fake_network.hpp"
#include "server/actors/server_doors.hpp"
#include "server/store/sqlite_metadata.hpp"
#include "tools/sim/device.hpp"
#include "tools/sim/oracle/ledger.hpp"

namespace tinysync::sim {

struct world_options {
  std::uint64_t seed = 1;
  net::network_faults faults{};
  fs::fake_disk_options disk{};
  client::agent_config agent{};
  bool attach = true;
  bool real_indexes = false;     ///< on real files, so that a test can get at them
  bool polling = true;           ///< agents ask now and then; off: wakes must do it alone
};

/// For stories in which much is changed on purpose.
inline world_options without_brake(world_options o = {}) {
  o.agent.brake.items = 1'000'000;
  return o;
}

class world {
 public:
  explicit world(std::initializer_list<std::string> devices, world_options options = {});
  world(const std::vector<std::string>& devices, world_options options);
  ~world();

  device& operator[](const std::string& name) { return *devices_.at(name); }
  std::vector<device*> devices();

  /// Until every device that runs and is online is in sync; fails the test if that takes an hour.
  void settle();
  /// As settle, without failing. What hinders, or nothing.
  std::optional<std::string> try_settle(actors::duration limit = std::chrono::hours(1),
                                        std::size_t most_steps = SIZE_MAX);
  void run_for(std::chrono::milliseconds t) { sim_.run_for(t); }
  std::int64_t wall_now_ns() { return clock_->wall_now_ns(); }
  void set_faults(const net::network_faults& f) { network_->set_faults(f); }
  /// Everybody's wall clock jumps; what runs by steady time does not notice.
  void jump_wall_clock(std::chrono::seconds by);
  /// The machines sleep for so long: no timer runs, and their connections to the server are dead.
  void suspend(std::chrono::seconds length);
  /// What agents started from now on are configured with.
  client::agent_config& agent_config() { return options_.agent; }
  /// Requests that the server has seen so far.
  std::uint64_t exchanges() const { return network_->exchanges(); }

  /// The vault's head by the server's own store.
  std::uint64_t head();
  /// What the device's index says of itself, for people.
  std::string status_of(device& d);
  /// The server's process dies and is started again on what it had.
  void restart_server(death how = death::killed);
  void stop_server(death how = death::killed);
  void start_server();
  bool server_running() const { return sim_.running("server"); }
  /// It dies by itself after so many more changes of its disk and database, and starts again a while later.
  void server_dies_after(std::uint64_t changes, death how, std::chrono::milliseconds away,
                         std::function<void()> died = {});
  /// A copy of the server's metadata at this moment; its name.
  std::string back_up_server();
  /// The server's process dies and is started on that copy; its blobs are what they are now.
  void restore_server(const std::string& copy);
  /// Does the device say that it reaches the server?
  bool says_connected(device& d);
  /// Why it does not; the name of a row of the page of errors.
  std::string link_error(device& d);
  /// By another invite; what is wrong, or nothing.
  std::string register_anew(device& d, const std::string& name);
  /// What `status` knows of the device's vault, for people.
  std::string status_text(device& d);
  /// How many operations wait for a person on this device, and the person's answer.
  std::size_t held_back(device& d);
  void decide_brake(device& d, bool approve);
  /// The conflicts the device lists: id of the copy → path of the copy.
  std::map<std::string, std::string> listed_conflicts(device& d);
  /// mine, theirs or both; what is wrong, or nothing.
  std::string resolve(device& d, const std::string& id, const std::string& keep);
  /// Was its index ever built anew?
  bool rebuilt(device& d);
  /// Path → why it stays on this device, as `status` says.
  std::map<std::string, std::string> exempt_on(device& d);
  /// Paths that a rule keeps from being synced, and the rule that ignores a path, for people.
  std::vector<std::string> ignored_on(device& d);
  std::string rule_for(device& d, const std::string& path);
  /// Entry → path of what lies in the device's local trash.
  std::map<std::string, std::string> trash_of(device& d);
  /// Where it is now.
  std::string restore_trash(device& d, const std::string& entry);
  /// How many were removed for ever, and how many kept.
  std::pair<std::uint64_t, std::uint64_t> empty_trash(device& d, std::chrono::seconds older_than, bool unproven);
  /// Invariants at quiescence; each finding is a sentence. Empty: all hold.
  std::vector<std::string> findings();

  actors::simulation& simulation() { return sim_; }
  net::fake_network& network() { return *network_; }
  machine& server_machine() { return *server_; }
  const std::string& vault() const { return vault_; }  ///< 16 bytes
  /// An actor of the device's vault dies as of a bug of its own.
  void crash_actor(device& d, const std::string& name);
  static std::string invite_for_all();
  oracle::ledger& ledger() { return ledger_; }
  /// Says of which contents no power cut may take the last one; empty: of none.
  std::function<bool(const std::string& content)> is_safe;
  std::uint64_t random() { return sim_.random(); }

 private:
  friend class device;
  void add_invite();
  result<std::shared_ptr<server::metadata>> open_database();
  void end_server(death how);
  std::filesystem::path scratch();
  void add(const std::string& name);
  std::string vault_actor(device& d, const std::string& name);
  template <class Message>
  std::shared_ptr<const google::protobuf::Message> ask(const std::string& path, const Message& m);

  struct opinion;
  std::shared_ptr<opinion> ask_settled(device& d, actors::duration limit);

  class virtual_clock;
  world_options options_;
  actors::simulation sim_;
  std::chrono::nanoseconds jumped_{0};  // by which everybody's wall clock is off
  std::unique_ptr<clock::clock> clock_;
  std::unique_ptr<net::fake_network> network_;
  std::unique_ptr<crypto::seeded_randomness> server_random_;
  std::unique_ptr<machine> server_;
  std::weak_ptr<server::sqlite_metadata> database_;  // of the server's process that runs
  std::shared_ptr<server::entrance> front_;
  std::map<std::string, std::unique_ptr<device>> devices_;
  oracle::ledger ledger_;
  std::string vault_;
  int backups_ = 0;
  std::filesystem::path scratch_;  // made when it is needed, gone with the world
};

}  // namespace tinysync::sim
