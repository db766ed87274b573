#pragma once
// The one page of errors. Every failure of the product has a row here, and everything a caller does
// about it follows from the row: what to do next (remedy), the HTTP status, the CLI's exit code.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tinysync {

/// What a caller does about an error; never who is to blame.
enum class remedy : std::uint8_t {
  retry,     ///< temporary: wait with back-off, then send the same again
  refetch,   ///< the caller's view is old: fetch, decide anew
  resync,    ///< local or shared history is wrong: panic-resync
  give_up,   ///< the same request will never succeed
  ask_user,  ///< only a person can help: credentials, disk space, a newer program
};

/// Exit codes of every program (docs/cli.md).
enum class exit_code : int {
  ok = 0, error = 1, usage = 2, not_synced = 3, attention = 4, temporary = 5, agent_down = 6,
  integrity = 7,
};

// name, remedy, HTTP status, exit code, sentence for people
#define TINYSYNC_ERRORS(X)                                                                         \
  X(internal, give_up, 500, error, "an internal error")                                            \
  X(invalid_argument, give_up, 400, usage, "the request is not valid")                             \
  X(malformed, give_up, 400, error, "the bytes received are not a valid message")                  \
  X(unauthenticated, ask_user, 401, attention, "the credentials are missing, expired or revoked")  \
  X(forbidden, ask_user, 403, attention, "this device may not do that")                            \
  X(not_found, give_up, 404, error, "there is no such thing here")                                 \
  X(method_not_allowed, give_up, 405, error, "this address does not take that method")             \
  X(already_exists, give_up, 409, error, "it exists already")                                      \
  X(root_in_use, give_up, 409, error, "a folder is attached once")                                 \
  X(history_diverged, resync, 409, integrity, "the server's history is not the one last seen")     \
  X(op_id_reused, give_up, 409, integrity, "an operation id came back with another body")          \
  X(snapshot_required, refetch, 410, temporary, "the log no longer reaches back that far")         \
  X(device_cloned, ask_user, 403, attention, "another agent uses the identity of this device")      \
  X(invite_invalid, ask_user, 410, error, "the invite is unknown, used or expired; ask for a new one")                \
  X(too_large, give_up, 413, error, "it is larger than the limit")                                 \
  X(range_unsatisfiable, refetch, 416, error, "the range lies outside the content")                \
  X(hash_mismatch, refetch, 422, integrity, "the bytes do not have the hash they were named by")   \
  X(update_required, ask_user, 426, attention, "this version is too old for that; update it")  \
  X(too_many_requests, retry, 429, temporary, "too many requests")                                 \
  X(not_built_yet, give_up, 501, error, "this part is not built yet")                              \
  X(unavailable, retry, 503, temporary, "the service is not available right now")                  \
  X(offline, retry, 503, temporary, "the server cannot be reached")                                \
  X(timeout, retry, 504, temporary, "no answer came in time")                                      \
  X(busy, retry, 503, temporary, "it is in use right now")                                         \
  X(cancelled, retry, 503, temporary, "it was stopped before it finished")                         \
  X(disk_full, retry, 507, attention, "the disk is full; make room and try again")                                          \
  X(io_failed, retry, 500, temporary, "the disk reported an error")                                \
  X(permission_denied, ask_user, 500, attention, "the operating system refused access")            \
  X(exists, refetch, 500, error, "the name is taken")                                              \
  X(not_empty, refetch, 500, error, "the folder is not empty")                                     \
  X(missing, refetch, 500, error, "the file or folder is gone")                                    \
  X(changed_meanwhile, refetch, 500, temporary, "the file changed while it was read")              \
  X(wrong_root, ask_user, 500, attention, "this is not the folder that was attached")              \
  X(outside_root, give_up, 500, error, "the path leads out of the synced folder")                  \
  X(unsupported, give_up, 500, error, "the operating or file system cannot do that")               \
  X(not_tinysync, ask_user, 502, error, "what answered is not a TinySync server; check host and port")                  \
  X(pin_mismatch, ask_user, 502, integrity, "the server's certificate is not the one pinned; is it another server?")      \
  X(integrity_violation, resync, 500, integrity, "a broken invariant between server and device")   \
  X(local_state_corrupt, resync, 500, integrity, "the local state is damaged")                     \
  X(agent_not_running, ask_user, 503, agent_down, "no agent is running for this home")             \
  X(unregistered, ask_user, 401, attention, "this agent is not registered: tinysync register INVITE --name NAME")          \
  X(crashed, retry, 500, temporary, "the part that was asked crashed and is being restarted")      \
  X(restarting, retry, 503, temporary, "the part that was asked is being restarted")               \
  X(overloaded, retry, 503, temporary, "the part that was asked has too much to do")               \
  X(poisoned, give_up, 500, error, "this message crashed its receiver before and is refused")      \
  X(unreachable, give_up, 500, error, "the part that was asked has ended")                         \
  X(unexpected_message, give_up, 500, error, "the receiver does not take that message")            \
  X(development_only, give_up, 403, error, "only programs built for development do that")          \
  X(escalated, give_up, 500, error, "a child failed more often than its budget allows")

enum class errc : std::uint16_t {
#define X(name, rem, http, exit, text) name,
  TINYSYNC_ERRORS(X)
#undef X
};

/// A failure: its row on the page above and, if known, what it was about, for people.
struct error {
  errc code = errc::internal;
  std::string text;                    ///< what failed, on what, why; may be empty
  std::optional<int> retry_after_s{};  ///< server's advice, seconds
};

/// Stable name, as used on the wire and in logs: "history_diverged".
std::string_view name_of(errc code);
std::optional<errc> errc_from_name(std::string_view name);
remedy remedy_of(errc code);
int http_status_of(errc code);
exit_code exit_code_of(errc code);
/// The row's sentence.
std::string_view sentence_of(errc code);
/// "<text>: <sentence>", or the sentence alone.
std::string to_string(const error& e);

}  // namespace tinysync
