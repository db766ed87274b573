// What others tell the engine of a vault: something is to be looked at, or planned anew.

#include <utility>

#include "client/actors/engine.hpp"
#include "client/actors/touched.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::client {

using namespace std::chrono_literals;
using engine::block_reason;
using engine::lifecycle;
using engine::lifecycle_event;

namespace {

block_reason reason_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(block_reason::root_missing); ++i)
    if (engine::name_of(static_cast<block_reason>(i)) == name) return static_cast<block_reason>(i);
  return block_reason::server_integrity;
}

}  // namespace

void vault_engine::handle(const pb::FoldersTouched& m) {
  if (planted(mistake::echo_by_time) && own_work_ + 2s > self_.now()) return;
  folders_.merge(moved_along(folders_, m.moved()));
  trees_.merge(moved_along(trees_, m.moved()));
  if (scanning_) {
    // It may have been neither here nor there when it was to be listed.
    for (const auto& one : m.moved())
      if (scans_trees_) trees_.insert(one.to());
    folders_.merge(moved_along(scans_, m.moved()));
  }
  for (const auto& f : m.folders()) folders_.insert(f);
  everything_ |= m.overflow();
  step();
}

/// The disk of the index is full, or fails: nothing is done that could not be recorded.
void vault_engine::handle(const pb::IndexFailed& m) {
  index_failed({errc_from_name(m.code()).value_or(errc::io_failed), m.reason()});
}

void vault_engine::index_failed(const error& why) {
  index_trouble_ = "the index cannot be written: " + (why.text.empty() ? to_string(why) : why.text);
  if (why.code == errc::disk_full) block(block_reason::disk_full, index_trouble_);
}

void vault_engine::index_works() {
  if (std::exchange(index_trouble_, {}).empty()) return;
  unblock(block_reason::disk_full);
}

void vault_engine::handle(const pb::RemoteChanged&) {
  index_works();
  if (start_ == start_step::snapshot) {  // the server answers again
    next_retry_ = never;
  } else if (!bootstrapped_) {
    bootstrapped_ = true;
    if (!held() && state_ == lifecycle::bootstrapping)
      event(lifecycle_event::snapshot_loaded, "snapshot loaded");
  }
  plan_wanted_ = true;
  step();
}

void vault_engine::handle(const pb::OutboxChanged&) {
  plan_wanted_ = true;
  step();
}

void vault_engine::handle(const pb::LinkChanged& m) {
  connected_ = m.connected();
  if (!connected_) return;
  if (blocked_ == block_reason::access_lost) unblock(blocked_);
  retry_ = 0ms;
  plan_wanted_ = true;
  self_.send(store_, pb::WakeWaiting{});
  step();
}

void vault_engine::handle(const pb::Block& m) { block(reason_named(m.reason())); }

/// Answers first: what follows is the supervisor's, as for any index that is not trusted.
result<pb::Done> vault_engine::handle(const pb::PanicResync& m) {
  log::warn("vault.resync_asked", "vault={} why={}", to_string(vault_.vault), m.reason());
  resync_asked_ = true;
  self_.delay(0ms, pb::Tick{});
  return pb::Done{};
}

}  // namespace tinysync::client
