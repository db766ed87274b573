#pragma once
// Two devices and a server that are nothing but the pure planner, the pure judge and maps: thousands
// of stories a second. Observation is perfect, everything planned is carried out at once, and what
// could not be carried out, or was decided twice, is a finding.

#include <random>
#include <set>
#include <string>
#include <vector>

#include "tools/sim/hands.hpp"
#include "tests/support/memory_trees.hpp"
#include "tests/support/vault_table.hpp"

namespace tinysync::test {

/// A device: its three trees, of which the local one is the disk itself. Can be copied.
class model_device final : public sim::hands {
 public:
  explicit model_device(std::string name) : name_(std::move(name)) {}

  bool exists(const std::string& path) const override { return find(path).has_value(); }
  bool is_file(const std::string& path) const override;
  void write(const std::string& path, const std::string& bytes) override;
  void save(const std::string& path, const std::string& bytes) override { write(path, bytes); }
  void remove(const std::string& path) override;
  void move(const std::string& from, const std::string& to) override;
  void exchange(const std::string& a, const std::string& b) override;
  void mkdir(const std::string& path) override;
  void chmod(const std::string& path, std::uint32_t mode) override;

  const std::string& name() const { return name_; }
  /// Every path with what is there, and what its user let go of: equal keys, equal futures.
  std::string key() const;
  /// Contents by hash: written by this user, and let go of by them.
  std::set<content_hash> written, released;
  engine::memory_trees trees;

 private:
  std::optional<item_id> find(const std::string& path) const;
  place place_of(const std::string& path);
  void create(const std::string& path, item_kind kind, const content_hash& hash);
  void drop(const item_id& id);
  std::string path_of(const item_id& id) const;

  std::string name_;
};

/// How the two come together.
enum class meeting : std::uint8_t {
  one_after_the_other,  ///< the first is in sync before the second begins
  at_once,              ///< both plan before either's operations arrive
};

class model {
 public:
  /// `seed` chooses ids and the order in which items are planned; a model that goes on from another's
  /// end needs another seed, or ids come twice.
  model(model_device first, model_device second, server::vault_table server, std::uint64_t seed)
      : first_(std::move(first)), second_(std::move(second)), server_(std::move(server)),
        random_(seed) {}

  /// Plays it to its end. What is wrong then or was on the way, in a sentence; empty: nothing.
  std::string settle(meeting how);

  const model_device& first() const { return first_; }
  const model_device& second() const { return second_; }
  const server::vault_table& server() const { return server_; }

 private:
  struct answer {
    mutation what;
    server::decision decided;
  };
  void pull(model_device& d);
  engine::plan plan_and_carry_out(model_device& d);
  void apply(model_device& d, const engine::tree_op& op);
  void carry_out(model_device& d, const engine::disk_op& op);
  std::vector<answer> send(const std::vector<mutation>& all);
  void complete(model_device& d, const std::vector<answer>& answers);
  bool round(model_device& d);
  bool round_of_both();
  void judge_the_end(const model_device& d);
  void judge_contents();
  void wrong(const std::string& what) {
    if (finding_.empty()) finding_ = what;
  }

  model_device first_, second_;
  server::vault_table server_;
  std::mt19937_64 random_;
  std::string finding_;
};

}  // namespace tinysync::test
