#pragma once
// A device of the simulated world: a user's hands on its disk, its agent, and its cable.

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/actors/agent_doors.hpp"
#include "platform/watch/fake_watcher.hpp"
#include "tools/sim/hands.hpp"
#include "tools/sim/machine.hpp"

namespace tinysync::sim {

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
  /// The program that holds the file appends to it, whatever it is called by now. False: it has no name left.
  bool append_held(const std::string& path, const std::string& bytes);

  void go_offline();
  void go_online();
  bool online() const { return online_; }
  /// From now on no event reaches the agent; when it ends, it hears that events were lost.
  void deafen(bool deaf);
  /// The kernel gives no more watches (errc::internal: it does again).
  void refuse_watches(errc why);
  /// The agent's process dies: nothing is drained, nothing more is handled.
  void stop(death how = death::killed);
  /// It dies by itself after so many more changes of its disk and index, and starts again a while later.
  void die_after(std::uint64_t changes, death how, std::chrono::milliseconds away,
                 std::function<void()> died = {});
  void live_on() { machine_.live_on(); }
  /// The agent's process starts, on its index if it had one, and gets so much time at once.
  void start(std::chrono::milliseconds first = std::chrono::milliseconds(100));
  void restart() {
    stop();
    start();
  }
  bool running() const;

  sim::tree tree() const;
  /// By the test's own word these, and what is below them, stay on this device: findings() leaves them out.
  std::vector<std::string> not_synced;
  sim::tree synced_tree() const;
  /// Its settings, credentials and attachments are a copy of the other's from now on.
  void take_home_of(const device& other) { files_ = other.files_; }
  /// The device's own ignore rules.
  void ignore(const std::string& rules) { files_["ignore"] = rules; }
  std::string read(const std::string& path) const { return disk().read(path); }
  bool exists(const std::string& path) const override { return disk().exists(path); }
  bool is_file(const std::string& path) const override;
  std::vector<seen_file> conflicts_of(const std::string& path) const;
  fs::fake_disk& disk() const { return *machine_.disk(); }
  sqlite::fake_files& databases() { return machine_.files(); }
  const std::string& name() const { return name_; }
  std::string agent() const { return "/agent-" + name_; }
  const std::filesystem::path& index_folder() const { return index_folder_; }
  /// Of the one vault it is attached to (real_indexes).
  std::filesystem::path index_file() const;
  std::size_t former_indexes() const;
  /// Left over in the agent's own folder.
  std::vector<std::string> staged() const;

 private:
  friend class world;
  class watch_of_agent;
  void release(const std::string& path);
  std::string content_at(const std::string& path) const;
  client::agent_doors doors();
  void end_process(death how);
  /// What users wrote and a power cut may take or tear now.
  void excuse_unsynced();

  world& w_;
  std::string name_;
  machine machine_;
  crypto::seeded_randomness random_;
  std::map<std::string, std::string> files_;  // the agent's cabinet
  std::filesystem::path index_folder_;
  bool online_ = true;
  bool deaf_ = false;
  errc refuses_watches_ = errc::internal;
  watch::fake_watcher* watcher_ = nullptr;  // of the agent that runs
  watch::event_callback hears_;  // the agent that watches now
  std::function<void()> resumed_;  // likewise
};

}  // namespace tinysync::sim
