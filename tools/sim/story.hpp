#pragma once
// One seed's story: what its users do, which faults there are, and how it ends.

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tools/sim/world.hpp"

namespace tinysync::sim {

enum class act : std::uint8_t {
  write_new, overwrite, save_over, remove_file, remove_folder, move_file, move_folder, exchange,
  make_folder, chmod_file, link, become_folder, go_offline, go_online, pass_time, disk_error, busy_network,
};
inline constexpr std::size_t acts = static_cast<std::size_t>(act::busy_network) + 1;
std::string_view name_of(act a);

struct story_counts {
  std::array<std::uint64_t, acts> done{};
  void add(const story_counts& o) {
    for (std::size_t i = 0; i < acts; ++i) done[i] += o.done[i];
  }
  std::string text() const;
  bool every_kind_happened() const;
};

class story {
 public:
  explicit story(std::uint64_t seed);
  /// Plays it to its end; what is wrong then, as sentences.
  std::vector<std::string> play();
  /// What happened, a line each.
  std::string text() const;
  const story_counts& counts() const { return counts_; }
  std::uint64_t trace_hash() { return w_->simulation().trace_hash(); }

 private:
  std::uint64_t below(std::uint64_t n) { return w_->random() % n; }
  device& any_device();
  std::string any_path(device& d, fs::kind kind);
  std::string new_path(device& d);
  std::string token(const device& d);
  void step();
  bool perform(act a, device& d);
  bool change_file(act a, device& d);
  bool change_folder(act a, device& d);
  void say(const device& d, const std::string& what);

  std::uint64_t seed_;
  std::unique_ptr<world> w_;
  std::vector<std::string> lines_;
  story_counts counts_;
  std::uint64_t tokens_ = 0;
};

}  // namespace tinysync::sim
