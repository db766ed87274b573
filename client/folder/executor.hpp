#pragma once
// Carries out intents on the disk (DESIGN §5 Touching the disk). The executor decides nothing: what
// it finds other than expected it leaves alone and says so.

#include <set>
#include <vector>

#include "client/journal/journal.hpp"
#include "platform/fs/disk.hpp"

namespace tinysync::folder {

/// Staged content that was a user's: found after a crash.
struct rescued {
  std::string path;  ///< where it is now, or where it was before it went to the trash
  std::string why;
  std::uint64_t intent = 0;
  std::string trashed;  ///< the entry of the trash it is now
};

class executor {
 public:
  explicit executor(fs::disk& disk) : disk_(disk) {}

  /// One intent; its content, if it needs any, is staged, verified and durable. `now_ns` names
  /// what goes to the trash. Fails as unavailable, untouched, at or below a path at which an intent
  /// before it failed: that path does not lead where it was planned to.
  journal::intent_result carry_out(const journal::intent& i, std::int64_t now_ns);
  /// Instead of carrying it out, for a reason of the caller's; removes what was staged for it.
  journal::intent_result refuse(const journal::intent& i, errc why);
  /// Makes everything carried out so far durable: before the index may say that it is there.
  result<void> make_durable();
  /// After a crash: inspects every staged file. Downloaded content is removed, a displaced file
  /// goes to the trash if it is what the index expected there, anything else gets its conflict
  /// name beside the place it came from.
  result<std::vector<rescued>> recover(const std::vector<journal::intent>& intents,
                                       std::int64_t now_ns);

  /// After recover(): had it come to its end, only without the index being told? Then what is there now.
  /// A folder or file that is as it was to be, whoever made it so, is that; not a folder that `all` say was to leave.
  std::optional<journal::intent_result> achieved(const journal::intent& i, const std::vector<journal::intent>& all);

 private:
  static constexpr int most_names = 100;                    // tried, one after the other
  static constexpr std::string_view old_suffix = ".old";    // set aside where there is no exchange

  result<void> create(const journal::intent& i, journal::intent_result& r);
  result<void> make_folder(const journal::intent& i, journal::intent_result& r, const std::string& staged);
  result<void> replace(const journal::intent& i, journal::intent_result& r, std::int64_t now_ns);
  result<void> swap_without_exchange(const journal::intent& i, const std::string& staged);
  result<void> keep_or_trash(const journal::intent& i, journal::intent_result& r,
                             const std::string& displaced, std::int64_t now_ns);
  result<void> keep(const journal::intent& i, journal::intent_result& r,
                    const std::string& displaced, const content_hash& hash);
  result<void> change_mode(const journal::intent& i, journal::intent_result& r);
  result<void> rename(const journal::intent& i, journal::intent_result& r);
  result<void> remove(const journal::intent& i, journal::intent_result& r, std::int64_t now_ns);
  result<std::string> to_trash(const std::string& from, const std::string& name,
                               std::uint64_t intent, std::int64_t now_ns);
  result<void> recover_staged(const fs::entry& e, const std::vector<journal::intent>& intents,
                              std::int64_t now_ns, std::vector<rescued>& out);
  bool went_on(const journal::intent& parked, const std::vector<journal::intent>& intents);
  result<void> unpark(const journal::intent& i);
  result<engine::seen> expect(const journal::intent& i);
  result<content_hash> hash_at(const std::string& path);
  bool may_be_written(const std::string& displaced);
  void touched(const std::string& path);
  bool discard(const journal::intent& i);
  void not_as_planned(const engine::disk_op& op);
  bool builds_on_failed(const std::string& path) const;

  fs::disk& disk_;
  std::set<std::string> failed_;  // paths that are not as planned
  std::set<std::string> folders_;  // whose entries are not durable yet
};

/// The permission word that gives a file these bits and changes no other.
std::uint32_t permissions_for(std::uint32_t now, mode_bits wanted);
/// For a new file, whatever the umask: 0600/0700 private, else 0644/0755.
std::uint32_t fresh_permissions(mode_bits wanted);

}  // namespace tinysync::folder
