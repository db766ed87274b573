#pragma once
// engine: the lifecycle of the vault. It owns no tree and touches no disk: it decides when to scan,
// to plan and to act, and never lets a scan and a swap on the disk overlap.

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "actors/context.hpp"
#include "client/actors/agent_doors.hpp"
#include "client/actors/convert.hpp"
#include "client/engine/lifecycle.hpp"

namespace tinysync::client {

class vault_engine {
 public:
  vault_engine(actors::context& self, agent_doors doors, vault_config vault);
  void started(actors::context& self);

  void handle(const pb::FoldersTouched& m);
  void handle(const pb::RemoteChanged& m);
  void handle(const pb::OutboxChanged& m);
  void handle(const pb::LinkChanged& m);
  void handle(const pb::Block& m);
  void handle(const pb::IndexFailed& m);
  void handle(const pb::Tick& m);
  void handle(const pb::Pause& m);
  void handle(const pb::Resume& m);
  actors::later<pb::Settled> handle(const pb::Settle& m, actors::context& self);
  actors::later<pb::VaultStatus> handle(const pb::AskStatus& m, actors::context& self);
  result<pb::Done> handle(const pb::PanicResync& m);
  actors::later<pb::BrakeDecided> handle(const pb::DecideBrake& m, actors::context& self);

 private:
  static constexpr std::chrono::seconds store_answers_within{300};
  static constexpr actors::time_point never{};
  enum class start_step : std::uint8_t { recall, snapshot, recover, salvage, watch, running };

  void step();
  void start_step_on();
  void start_failed(const error& e);
  void begin_with_recovery(const error& why);
  void index_not_asked(const error& e);
  void recall();
  void await_snapshot();
  void recover();
  void salvage();
  void watch();
  void scan(std::set<std::string> folders, bool whole_tree);
  void scanned(const result<pb::Scanned>& r);
  void reconcile();
  void plan();
  void planned(const result<pb::Planned>& r);
  void stage();
  void execute();
  void executed(const result<pb::DiskFinished>& r);
  void settle_checks();
  void answer_settled(bool synced, bool attention, const std::string& waiting_for);
  void event(engine::lifecycle_event e, const std::string& why);
  void block(engine::block_reason why, const std::string& detail = {});
  void unblock(engine::block_reason why);
  void tick_in(std::chrono::milliseconds wait);
  void retry_later();
  void look_at_suspects();
  void wait_for_the_end_of_the_pause();
  void index_failed(const error& why);
  void index_works();
  bool held() const;
  pb::VaultStatus status_from(const pb::Summary& s) const;

  actors::context& self_;
  agent_doors doors_;
  vault_config vault_;
  actors::ref<faces::local_store> store_;
  actors::ref<faces::scanner> scanner_;
  actors::ref<faces::applier> applier_;
  actors::ref<faces::pending_ops> pending_;

  start_step start_ = start_step::recall;
  engine::lifecycle state_ = engine::lifecycle::bootstrapping;
  engine::block_reason blocked_ = engine::block_reason::none;
  std::string detail_;  // of the block, for people
  std::int64_t paused_until_ns_ = 0;  // wall time; 0: until somebody says so
  std::string index_trouble_;  // it cannot be written
  bool connected_ = false, bootstrapped_ = false, paused_ = false;
  std::string phase_;  // of a new index: snapshot, salvage, reconcile; empty: it is trusted
  bool had_index_ = false, last_index_ = false, resync_asked_ = false;

  std::set<std::string> folders_, trees_;  // to be scanned; trees: with everything below
  std::set<std::string> scans_;            // what the scan under way was asked for
  bool scans_trees_ = false;
  std::set<std::string> unread_;           // to be scanned after a while
  int unread_scans_ = 0;                   // in a row that left something unread
  bool everything_ = false, everything_later_ = false;
  bool plan_wanted_ = false, starting_ = false;
  bool scanning_ = false, planning_ = false, staging_ = false, staged_ = false, executing_ = false;
  std::vector<pb::DiskOp> batch_;
  pb::Polled polled_;  // what is not watched
  std::uint64_t waiting_ = 0, left_ = 0;
  std::chrono::milliseconds retry_{0};
  actors::time_point own_work_{};  // when it last changed the disk
  actors::time_point next_rescan_{}, next_suspects_{}, next_retry_{}, tick_at_{};
  bool checking_ = false;
  std::vector<actors::later<pb::Settled>> settling_;  // flushed and caught up: answer when idle
};

}  // namespace tinysync::client
