#pragma once
// A watcher bound to a fake disk: same events, at once, and it loses them on request.

#include "platform/fs/fake_disk.hpp"
#include "platform/watch/watcher.hpp"

namespace tinysync::watch {

class fake_watcher final : public watcher {
 public:
  /// The disk must outlive it.
  fake_watcher(fs::fake_disk& disk, event_callback seen);
  ~fake_watcher() override;
  result<bool> add(std::string_view folder) override;
  void remove(std::string_view folder) override;
  std::size_t watched() const override;

  /// While deaf nothing is reported; when it ends, one overflow is if anything was missed, as from
  /// a full kernel queue.
  void set_deaf(bool deaf);
  /// add() fails so from now on; errc::internal: works again.
  void refuse_watches(errc code);
  /// Events gather and are delivered by deliver(), in one batch; false: at once again.
  void hold_events(bool hold);
  void deliver();

  struct state;

 private:
  std::shared_ptr<state> s_;
};

}  // namespace tinysync::watch
