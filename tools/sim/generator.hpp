#pragma once
// Scenarios at random: what users do, and what goes wrong meanwhile.

#include <optional>

#include "platform/crypto/randomness.hpp"
#include "tools/sim/stage.hpp"

namespace tinysync::sim {

/// Chooses each step by what is there when it is to happen. Its stream of numbers is its own: the steps,
/// written down, give the same run without it.
class generator {
 public:
  explicit generator(std::uint64_t seed);
  /// Who takes part, without steps.
  const scenario& cast() const { return cast_; }
  /// Nothing: it is over.
  std::optional<step> next(world& w);

 private:
  std::uint64_t below(std::uint64_t n) { return random_.below(n); }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class... Ts>
  std::string one_of(const Ts&... words) {
    const std::string all[] = {words...};
    return all[below(sizeof...(words))];
  }
  void begin_phase();
  step user_step(device& d);
  step fault(world& w);
  step device_fault(device& d);
  step surprise(device& d);
  step server_fault();
  step made(const device& d, std::string verb, std::vector<std::string> args = {});
  std::string any_path(const device& d, std::optional<fs::kind> kind);
  std::string new_path(const device& d);
  std::vector<std::string> content(const device& d, std::string path);

  crypto::seeded_randomness random_;
  scenario cast_;
  std::uint64_t phases_, left_ = 0, tokens_ = 0;
  std::string only_writer_;  // of this phase; empty: all write
  std::string hot_;          // the path that somebody is busy with
  bool backed_up_ = false;   // is there a copy of the server's data?
  bool troubled_ = false;    // is anything to go wrong in this phase?
};

}  // namespace tinysync::sim
