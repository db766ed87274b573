#pragma once
// The invariants of RELIABILITY §2 that a simulated run can break, decided from outside.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/sim/oracle/history.hpp"
#include "tools/sim/oracle/ledger.hpp"

namespace tinysync::oracle {

/// A device at a moment of peace.
struct device_view {
  std::string name;
  oracle::tree disk;                  ///< what its user sees
  std::vector<std::string> left_over;  ///< in the agent's own folder
};

/// Everybody is online, nothing fails, nobody does anything, and all say that they are in sync.
struct peace {
  std::vector<device_view> devices;
  std::vector<log_entry> log;
  /// The bytes the server gives for a blob's hash (32 bytes); nothing: it has none.
  std::function<std::optional<std::string>(const std::string& hash)> blob;
  /// One user alone acted since the last peace, and its disk lost nothing: this is what they left.
  std::optional<oracle::tree> only_writer;
  /// A power cut may bring back what was renamed; and what an agent could not record, for its disk failed,
  /// is not known again once its user has moved it. Then content may be kept twice.
  bool may_double = false;
};

class judge {
 public:
  explicit judge(const oracle::ledger& l) : ledger_(l) {}

  /// An agent put this where its user sees it (I3, I4): whole, and written by somebody.
  void appeared(const std::string& device, const std::string& path, const std::string& content);
  /// Somebody asked the server for mutations with this body: an op always means the same (I26).
  void asked(const std::string& body);
  /// The server answered a request for mutations with this body, whether or not it arrived (I1, I26).
  void answered(const std::string& body);
  /// The server's log at the last peace, a line for each row.
  const std::vector<std::string>& log() const { return history_.told(); }
  /// Has the server ever accepted it? Then no power cut of a device may take it.
  bool accepted(const std::string& content) const;
  /// The operator put an older copy of the server's data in place.
  void server_was_put_back();
  /// What there is to say now; all that was found since is among it.
  findings at_peace(const peace& p);
  /// Some time after that, in which nobody did anything (I14).
  findings after_rest(const peace& before, const peace& now, std::uint64_t agents_changed);

 private:
  void compare(const peace& p, findings& out);
  void account(const peace& p, findings& out);
  void read_blobs(const peace& p, findings& out);

  const oracle::ledger& ledger_;
  history history_;
  findings seen_;
  std::map<std::uint64_t, std::string> accepted_;  // seq → op
  std::map<std::string, std::uint64_t> seq_of_op_;
  requests asked_;
  std::set<std::string> contents_;  // hashes of what the server accepted
};

}  // namespace tinysync::oracle
