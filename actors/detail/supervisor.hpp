#pragma once
// The actor that starts, watches, restarts and stops its children as its spec and restart_policy
// say.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/detail/incarnation.hpp"
#include "actors/detail/runtime.hpp"
#include "actors/restart_policy.hpp"
#include "actors/supervision.hpp"

namespace tinysync::actors::detail {

/// What a supervisor leaves to its next life, if it crashes. Lives follow one another: no lock.
struct inheritance {
  std::vector<node_spec> added;                         ///< at run time, and not removed since
  std::vector<std::shared_ptr<incarnation>> orphans{};  ///< told to end; may still be at it
  std::map<std::string, std::shared_ptr<inheritance>> below{};  ///< of children that supervise
};

/// How a supervisor of this spec is made as a child.
factory supervisor_factory(std::shared_ptr<const supervisor_spec> spec,
                           std::shared_ptr<inheritance> inherited);
/// What messages a supervisor takes.
std::shared_ptr<const face_table> supervisor_table();

class supervisor final : public behaviour {
 public:
  using done = std::function<void(result<void>)>;

  supervisor(actors::context& self, std::shared_ptr<const supervisor_spec> spec,
             std::shared_ptr<inheritance> inherited);
  /// Orphans are killed; the next life waits until they have ended.
  ~supervisor() override;

  void* object() override { return this; }
  void started(actors::context&) override;
  bool stopping(actors::context&) override;

  void add(const node_spec& node, const done& on_done);
  void remove(const std::string& name, const done& on_done);

 private:
  struct kid {
    kid(std::uint64_t key, node_spec n) : id(key), node(std::move(n)) {}
    std::uint64_t id;
    node_spec node;
    std::shared_ptr<cell> self{};
    std::shared_ptr<incarnation> live{};
    std::uint32_t generation = 0;
    std::uint32_t failures = 0;
    time_point since{};
    std::optional<error> last{};
    std::map<std::string, std::uint32_t> crashes{};  // by message
    std::optional<time_point> due{};                 // to be started then
    bool resync = false;                             // at its next start
    bool starting = false;
    bool stopping = false;
    std::uint64_t kill_timer = 0;
    std::vector<done> removal{};
  };

  void begin();
  void orphan_ended();
  kid& adopt(const node_spec& node);
  birth birth_of(const kid& k);
  void start(kid& k);
  void start_due();
  void on_started(std::uint64_t kid_id, std::uint32_t generation);
  void on_down(std::uint64_t kid_id, std::uint32_t generation, std::optional<error> why,
               std::string poison);
  void ended(kid& k, bool was_told);
  void failed(kid& k);
  void restart_group(const restart_plan& plan, kid& failed, time_point due);
  void resync_now();
  void tell_to_stop(kid& k);
  void begin_shutdown(std::optional<error> why);
  void forget(kid& k);
  void advance();
  bool ordered() const { return !spec_->dynamic; }
  kid* find(std::uint64_t id);
  std::size_t index_of(const kid& k) const;

  incarnation& life_;
  std::shared_ptr<const supervisor_spec> spec_;
  std::shared_ptr<inheritance> inherited_;
  std::size_t orphans_left_ = 0;
  std::vector<std::unique_ptr<kid>> kids_;
  std::vector<kid*> stop_queue_;  // in start order; the last one stops first
  kid* being_stopped_ = nullptr;
  failure_window window_;
  std::optional<error> resync_why_;
  std::optional<error> why_;
  std::uint64_t last_kid_ = 0;
  std::uint64_t start_timer_ = 0;
  bool shutdown_ = false;
};

}  // namespace tinysync::actors::detail
