#pragma once
// The world as the agent reaches it: real in tinysyncd, faked in scenarios and the simulation.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/supervision.hpp"
#include "client/engine/brake.hpp"
#include "client/engine/pace.hpp"
#include "platform/clock/clock.hpp"
#include "platform/crypto/randomness.hpp"
#include "platform/fs/disk.hpp"
#include "platform/net/transport.hpp"
#include "platform/places/root_folder.hpp"
#include "platform/sqlite/files.hpp"
#include "platform/watch/watcher.hpp"
#include "proto/vocabulary/ids.hpp"
#include "proto/vocabulary/invite.hpp"

namespace tinysync::client {

struct vault_config;

/// Timings and limits of the agent, with their defaults. Durations are monotonic time.
struct agent_config {
  bool polling = true;                        ///< off only in tests: wakes must do it alone
  std::chrono::milliseconds poll_every{60'000};
  std::chrono::milliseconds gather{20};       ///< changes of one folder arrive together
  std::chrono::milliseconds gather_deletes{150};  ///< deletes and overwrites gather longer
  std::chrono::milliseconds rescan_every{600'000};  ///< sees what no watch sees
  std::chrono::milliseconds reread_within{7 * 24 * 60 * 60 * 1000};  ///< every file, whatever its times say
  std::chrono::milliseconds poll_files_every{60'000};  ///< where no watch is to be had
  std::chrono::milliseconds suspect_again{2'100};
  std::chrono::milliseconds retry_first{500}, retry_most{60'000};
  std::size_t plan_items = 2'000;             ///< looked at in one plan
  std::size_t batch_disk_ops = 512;
  std::uint64_t batch_bytes = 64 * 1024 * 1024;  ///< of one upload or download exchange
  std::size_t inline_bytes = 32 * 1024;       ///< contents up to this ride in the mutation
  std::uint32_t most_index_pages = 0;         ///< in tests: the disk of the index is full then
  engine::brake_limits brake;
  engine::pace_limits pace;                   ///< of files that keep changing
  std::chrono::hours trash_for{30 * 24};      ///< then what the server holds is removed
  std::chrono::milliseconds trash_looked_at_every{6 * 60 * 60 * 1000};
  std::chrono::milliseconds displaced_looked_at_every{2'000};
  std::chrono::minutes displaced_for{10};     ///< where nothing tells whether somebody writes to it
};

/// Small owner-only files of the agent: credentials and settings.
struct file_cabinet {
  std::function<result<std::string>(const std::string& name)> read;  ///< missing if there is none
  std::function<result<void>(const std::string& name, const std::string& bytes)> write;
  std::function<result<void>(const std::string& name)> remove;
};

struct agent_doors {
  agent_config config;
  clock::clock* clock = nullptr;
  crypto::randomness* random = nullptr;
  file_cabinet files;
  /// Opens a root; every actor that touches it gets a handle of its own.
  std::function<result<std::shared_ptr<fs::disk>>(const std::string& root)> open_root;
  std::function<result<std::unique_ptr<watch::watcher>>(const std::string& root,
                                                        watch::event_callback)> watch_root;
  std::function<result<std::shared_ptr<net::transport>>(const std::string& url,
                                                        const public_key_pin& pin)> connect;
  /// Calls back when the machine comes back from a suspend, for as long as the handle lives. Empty: nobody
  /// tells.
  std::function<std::shared_ptr<void>(std::function<void()> resumed)> watch_resume;
  std::string index_folder;         ///< where the indexes are
  sqlite::files* databases = &sqlite::real_files();
  std::vector<std::string> own_folders;  ///< of settings, credentials, indexes: no root overlaps them
  /// places::make_folder and places::unmake_folder.
  std::function<result<places::made_folder>(const std::string& wanted, const places::folder_check& allowed)>
      make_root;
  std::function<void(const places::made_folder&)> unmake_root;
  /// Opens the local socket; every frame gets one reply. The handle closes it. Empty: no socket.
  using frame_handler =
      std::function<void(std::string frame, std::function<void(std::string)> reply)>;
  std::function<result<std::shared_ptr<void>>(frame_handler)> serve_ipc;
  /// The actors of one vault (client/tree.cpp).
  std::function<actors::supervisor_spec(const vault_config&)> vault_tree;

  random_source bytes() const {
    auto* source = random;
    return [source](std::uint8_t* out, std::size_t n) { source->fill({out, n}); };
  }
};

/// One vault on this device.
struct vault_config {
  vault_id vault;
  std::string name, root, index;
  std::string device_label;
  device_id device;
};

}  // namespace tinysync::client
