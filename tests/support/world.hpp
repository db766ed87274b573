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
#include "client/actors/agent_doors.hpp"
#include "platform/fs/fake_disk.hpp"
#include "platform/net/fake_network.hpp"
#include "platform/watch/fake_watcher.hpp"
#include "server/actors/server_doors.hpp"
#include "server/store/sqlite_metadata.hpp"
#include "tests/support/hands.hpp"
#include "tests/support/ledger.hpp"

namespace tinysync::test {

class world;

/// One path → content of everything a user sees below a root.
using tree = std::map<std::string, fs::tree_entry>;

/// A file of a device, for `conflicts_of(…).at(0).read()`.
class seen_file {
 public:
  seen_file(const fs::fake_disk& disk, std::string path) : disk_(&disk), path_(std::move(path)) {}
  const std::string& path() const { return path_; }
  std::string read() const { return disk_->read(path_); }

 private:
  const fs::fake_disk* disk_;
  std::string path_;
};

/// A device: a user's hands on its disk, and its cable.
class device final : public hands {
 public:
  device(world& w, std::string name);

  // What a user does. Every content is entered into the ledger.
  void write(const std::string& path, const std::string& bytes) override;
  void save(const std::string& path, const std::string& bytes) override;
  void remove(const std::string& path) override;
  void move(const std::string& from, const std::string& to) override;
  void exchange(const std::string& a, const std::string& b) override;
  void mkdir(const std::string& path) override;
  void chmod(const std::string& path, std::uint32_t mode) override;
  void symlink(const std::string& target, const std::string& path);
  void append(const std::string& path, const std::string& bytes);

  void go_offline();
  void go_online();
  bool online() const { return online_; }
  /// From now on no event reaches the agent; when it ends, it hears that events were lost.
  void deafen(bool deaf);
  /// The kernel gives no more watches (errc::internal: it does again).
  void refuse_watches(errc why);
  /// The agent's process dies: nothing is drained, nothing more is handled.
  void stop();
  /// The agent's process starts, on its index if it had one, and gets so much time at once.
  void start(std::chrono::milliseconds first = std::chrono::milliseconds(100));
  void restart() {
    stop();
    start();
  }
  bool running() const;

  test::tree tree() const;
  /// By the test's own word these, and what is below them, stay on this device: findings() leaves them out.
  std::vector<std::string> not_synced;
  test::tree synced_tree() const;
  /// Its settings, credentials and attachments are a copy of the other's from now on.
  void take_home_of(const device& other) { files_ = other.files_; }
  /// The device's own ignore rules.
  void ignore(const std::string& rules) { files_["ignore"] = rules; }
  std::string read(const std::string& path) const { return disk().read(path); }
  bool exists(const std::string& path) const override { return disk().exists(path); }
  bool is_file(const std::string& path) const override;
  std::vector<seen_file> conflicts_of(const std::string& path) const;
  fs::fake_disk& disk() const { return *disk_; }
  const std::string& name() const { return name_; }
  std::string agent() const { return "/agent-" + name_; }
  const std::filesystem::path& index_folder() const { return index_folder_; }
  /// Of the one vault it is attached to (durable_indexes).
  std::filesystem::path index_file() const;
  std::size_t former_indexes() const;
  /// Left over in the agent's own folder.
  std::vector<std::string> staged() const;

 private:
  friend class world;
  void release(const std::string& path);
  std::string content_at(const std::string& path) const;

  world& w_;
  std::string name_;
  std::shared_ptr<fs::fake_disk> disk_;
  std::unique_ptr<crypto::seeded_randomness> random_;
  std::map<std::string, std::string> files_;  // the agent's cabinet
  std::filesystem::path index_folder_;  // durable_indexes
  bool online_ = true;
  bool deaf_ = false;
  errc refuses_watches_ = errc::internal;
  watch::fake_watcher* watcher_ = nullptr;  // of the agent that runs
  watch::event_callback hears_;  // the agent that watches now
  std::function<void()> resumed_;  // likewise
};

struct world_options {
  std::uint64_t seed = 1;
  net::network_faults faults{};
  fs::fake_disk_options disk{};
  client::agent_config agent{};
  bool attach = true;
  bool durable_indexes = false;  ///< on real files, so that an agent can be restarted
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
  std::optional<std::string> try_settle(actors::duration limit = std::chrono::hours(1));
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
  void restart_server();
  /// A copy of the server's metadata at this moment, in a file that goes with the world.
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
  test::ledger& ledger() { return ledger_; }
  std::uint64_t random() { return sim_.random(); }

 private:
  friend class device;
  void open_server(const server::sqlite_store_options& where);
  void start_server();
  void add_invite();
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
  std::shared_ptr<fs::fake_disk> blobs_;
  std::shared_ptr<server::sqlite_metadata> database_;
  std::shared_ptr<server::entrance> front_;
  std::map<std::string, std::unique_ptr<device>> devices_;
  test::ledger ledger_;
  std::string vault_;
  std::filesystem::path scratch_;  // made when it is needed, gone with the world
};

}  // namespace tinysync::test
