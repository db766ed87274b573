#pragma once
// What a person who waits is shown on stderr: a bar on a terminal, now and then a line elsewhere.

#include <cstdint>
#include <semaphore>
#include <string>
#include <thread>

#include "tools/cli/session.hpp"

namespace tinysync::cli {

/// "[#####.....] 1234 of 5678 changes to go, 12 in transfer": `most` is the largest `left` so far.
std::string progress_line(std::uint64_t left, std::uint64_t most, std::uint64_t transfers);

/// Shows how far the vaults of this name (all, if it is empty) are, by a connection of its own, from a
/// second after it is made until it goes out of scope.
class progress {
 public:
  progress(const common& c, std::string vault);
  ~progress();

 private:
  void run();
  void show(const std::string& line);

  common common_;
  std::string vault_, last_;
  bool terminal_;
  std::binary_semaphore over_{0};
  std::thread thread_;
};

}  // namespace tinysync::cli
