#include "client/folder/rules.hpp"

#include "client/folder/layout.hpp"

namespace tinysync::folder {

bool rules_on_disk::read(fs::disk& disk, const std::string& of_device) {
  auto stat = disk.stat(engine::synced_rules_file);
  bool absent = !stat && stat.error().code == errc::missing;
  auto now = stat ? seen_of(*stat) : engine::seen{};
  bool same_file = known_ && failed_.empty() && (stat || absent) && engine::same_stat(now, seen_);
  if (same_file && of_device == of_device_) return false;
  auto text = absent ? result<std::string>(std::string{})
                     : read_all(disk, engine::synced_rules_file, engine::most_rules_bytes);
  failed_ = text ? "" : to_string(text.error());
  auto synced = text ? *text : synced_;
  bool changed = known_ && (synced != synced_ || of_device != of_device_);
  seen_ = now;
  if (!known_ || changed) {
    rules_ = engine::ignore_rules::built_in();
    rules_.add(engine::synced_rules_file, synced);
    rules_.add("settings/ignore", of_device);
  }
  known_ = true;
  synced_ = std::move(synced);
  of_device_ = of_device;
  return changed;
}

}  // namespace tinysync::folder
