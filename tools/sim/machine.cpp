#include "tools/sim/machine.hpp"

namespace tinysync::sim {

machine::machine(clock::clock& clock, fs::fake_disk_options disk, std::uint64_t seed)
    : disk_(std::make_shared<fs::fake_disk>(clock, disk)), survival_(seed) {
  disk_->powered_by([this](bool changes) { return powered(changes); });
  files_.powered_by([this](bool changes) { return powered(changes); });
}

bool machine::powered(bool changes_something) {
  if (running_ && changes_something && dies_after_ != no_death && dies_after_-- == 0) {
    stop();
    std::exchange(died_, nullptr)();
  }
  return running_;
}

void machine::stop_after(std::uint64_t changes, std::function<void()> died) {
  dies_after_ = changes;
  died_ = std::move(died);
}

void machine::start(death after) {
  if (after == death::power_cut) {
    // Sometimes nothing of it survives, sometimes nearly all.
    const auto percent = 25 * survival_.below(4);
    auto survives = [&] { return survival_.below(100) < percent; };
    disk_->crash(survives);
    files_.crash(survives);
  }
  running_ = true;
}

}  // namespace tinysync::sim
