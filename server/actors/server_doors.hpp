#pragma once
// The world as the server reaches it: real in tinysync-server, faked in scenarios and the
// simulation.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/clock/clock.hpp"
#include "platform/crypto/randomness.hpp"
#include "platform/fs/disk.hpp"
#include "proto/vocabulary/ids.hpp"
#include "proto/vocabulary/result.hpp"
#include "server/actors/entrance.hpp"
#include "server/store/metadata.hpp"

namespace tinysync::server {

/// Timings and limits of the server, with their defaults. Durations are monotonic time.
struct server_config {
  std::chrono::seconds token_lifetime{15 * 60};
  std::chrono::seconds sweep_every{60 * 60};
  std::chrono::hours stale_upload{7 * 24};        ///< a partial upload nobody added to
  std::chrono::seconds coordinator_idle{60};      ///< then it ends
  std::chrono::milliseconds ask_timeout{30'000};  ///< of one actor by another
  std::size_t commit_requests = 64;               ///< gathered in one transaction
  std::size_t commit_mutations = 4'000;
  std::size_t most_download_bytes = 24 * 1024 * 1024;  ///< content of one :download
  std::size_t snapshot_slice = 2'000;                  ///< items read at once
  std::optional<std::uint64_t> vault_quota;  ///< bytes of live content; nothing: unlimited
};

struct server_doors {
  server_config config;
  clock::clock* clock = nullptr;
  crypto::randomness* random = nullptr;
  /// Opens the database. A simulation gives the same one again after a crash: a commit is durable.
  std::function<result<std::shared_ptr<metadata>>()> open_database;
  std::shared_ptr<fs::disk> blobs;                                 ///< rooted at the blobs' folder
  std::shared_ptr<entrance> front = std::make_shared<entrance>();  ///< where requests come in
  /// Serves the local socket until the handle goes; empty in simulations.
  using frame_handler = std::function<void(std::string, std::function<void(std::string)>)>;
  std::function<result<std::shared_ptr<void>>(frame_handler)> serve_ipc;

  random_source bytes() const {
    auto* source = random;
    return [source](std::uint8_t* out, std::size_t n) { source->fill({out, n}); };
  }
};

}  // namespace tinysync::server
