#pragma once
// The server's log as any client can read it, and the tree that follows from it.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "proto/codec/messages.hpp"
#include "tools/sim/oracle/finding.hpp"
#include "tools/sim/oracle/tree.hpp"

namespace tinysync::oracle {

/// What was ever asked of the server, by op.
using requests = std::map<std::string, mutation>;

class history {
 public:
  /// The whole log, from its first row. What was read before must begin it unless the server was put back
  /// meanwhile (RELIABILITY I7, I9, I12, I26). Each row must have had its precondition (I21).
  findings read(const std::vector<log_entry>& entries, const requests& asked);
  /// The operator put an older copy of the server's data in place: what follows may differ.
  void server_was_put_back() { rows_.clear(); }

  /// The server's tree by path, contents as hashes.
  tree now() const;
  /// Blobs that live items refer to, with the hash of the content.
  std::map<std::string, std::string> blobs() const;
  std::size_t length() const { return rows_.size(); }
  /// A line for each row, for people.
  const std::vector<std::string>& told() const { return told_; }
  /// The op that made the row.
  std::optional<std::string> op_at(std::uint64_t seq) const;

 private:
  struct known_item {
    std::string parent, name;
    oracle::kind kind = kind::file;
    std::string hash, ref, target;
    bool executable = false, only_mine = false;
    op_id content_op, place_op, mode_op;
  };
  void check_precondition(const log_row& row, const requests& asked, findings& out) const;
  void replay(const log_row& row, findings& out);
  void put(const std::string& canonical, findings& out);
  void remove_below(const std::string& id);
  void check_form(std::uint64_t seq, findings& out) const;
  std::optional<std::string> path_of(const std::string& id) const;

  std::vector<log_entry> rows_;
  std::vector<std::string> ops_, told_;
  std::map<std::string, known_item> live_;
};

}  // namespace tinysync::oracle
