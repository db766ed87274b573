#pragma once
// The bodies of wire/v1 as values. Decoding validates: what comes out is true by construction.

#include <string>
#include <string_view>
#include <vector>

#include "proto/vocabulary/log_row.hpp"
#include "proto/vocabulary/mutation.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::codec {

// -- items and rows ---------------------------------------------------------------------------

/// Canonical bytes of an item: known fields in order, then the fields this version does not know.
std::string encode(const item& it);
result<item> decode_item(std::string_view canonical);

std::string encode(const log_row& row);
result<log_row> decode_log_row(std::string_view row);

std::string encode(const position& p);
result<position> decode_position(std::string_view bytes);

// -- mutations --------------------------------------------------------------------------------

struct mutation_request {
  std::uint32_t protocol = protocol_version;
  std::string client_version{program_version};
  position cursor, highest;
  std::vector<mutation> mutations;
  std::vector<op_id> retired;
};
std::string encode(const mutation_request& r);
/// Limits: 1..1000 mutations (or none with `retired`), valid names and ids, inline <= 64 KiB each.
/// A name that is not valid is kept for the server's per-mutation answer `name_invalid`.
result<mutation_request> decode_mutation_request(std::string_view body);

/// One mutation alone, as the outbox keeps it; without its inline content.
std::string encode(const mutation& m);
result<mutation> decode_mutation(std::string_view bytes);

struct retired_answer {
  op_id op;
  std::optional<outcome> applied;  ///< set: it was applied after all
};
struct mutation_answer {
  position head;
  std::vector<outcome> outcomes;
  std::vector<retired_answer> retired;
};
std::string encode(const mutation_answer& a);
result<mutation_answer> decode_mutation_answer(std::string_view body);

std::string encode(const outcome& o);
result<outcome> decode_outcome(std::string_view bytes);

// -- log, digest, snapshot --------------------------------------------------------------------

struct log_page {
  std::vector<log_entry> entries;
  position at, head;
  std::vector<std::string> required_features;
};
std::string encode(const log_page& p);
result<log_page> decode_log_page(std::string_view body);

struct digest_answer {
  position at;
  std::vector<digest_sum> sums;  ///< 256
};
std::string encode(const digest_answer& d);
result<digest_answer> decode_digest_answer(std::string_view body);

struct snapshot_answer {
  position at;
  digest_sum digest;
  blob_hash ref;
  std::uint64_t size = 0, items = 0;
  std::vector<std::string> required_features;
};
std::string encode(const snapshot_answer& s);
result<snapshot_answer> decode_snapshot_answer(std::string_view body);

/// One length-delimited record of a snapshot stream.
std::string encode_snapshot_record(std::string_view canonical);
/// Takes one record off the front of `stream`; empty result value: more bytes are needed.
result<std::optional<std::string>> take_snapshot_record(std::string_view& stream);

/// Asks about the item or, if it has none, about what was deleted at `at`; no hash: a folder.
struct known_query { item_id item; content_hash hash; place at; };
struct known_answer {
  bool known = false;
  item_id item;
  bool deleted = false;  ///< that item, by now
  friend bool operator==(const known_answer&, const known_answer&) = default;
};
std::string encode(const std::vector<known_query>& q);
result<std::vector<known_query>> decode_known_queries(std::string_view body);
std::string encode(const std::vector<known_answer>& known);
result<std::vector<known_answer>> decode_known(std::string_view body);

// -- blobs ------------------------------------------------------------------------------------

std::string encode(const std::vector<blob_hash>& hashes);
result<std::vector<blob_hash>> decode_hashes(std::string_view body);

struct blob_frame {
  blob_hash hash;
  std::string content;
  bool missing = false;
};
/// Appends one frame (4-byte big-endian length, then the message) to `out`.
void append_frame(std::string& out, const blob_hash& hash, std::string_view content, bool missing);
result<std::vector<blob_frame>> decode_frames(std::string_view body);

struct blob_upload_answer { std::vector<blob_hash> stored, refused; };
std::string encode(const blob_upload_answer& a);
result<blob_upload_answer> decode_blob_upload_answer(std::string_view body);

struct blob_progress { std::uint64_t received = 0; bool complete = false; };
std::string encode(const blob_progress& p);
result<blob_progress> decode_blob_progress(std::string_view body);

// -- access -----------------------------------------------------------------------------------

struct error_body {
  error what;
  std::string correlation;
};
std::string encode(const error_body& e);
result<error_body> decode_error(std::string_view body);

struct register_device { std::string invite_code, name; std::uint32_t protocol = protocol_version; std::string client_version{program_version}; };
struct registered { device_id device; std::string secret, label; };
struct device_info { device_id id; std::string name, label; std::int64_t created_ns = 0, last_seen_ns = 0; bool revoked = false, self = false; };
struct access_token { std::string token; std::uint32_t expires_in_s = 0; device_id device; };
struct vault_info { vault_id id; std::string name, role; position head; std::vector<std::string> required_features; std::int64_t created_ns = 0; std::uint64_t live_items = 0, live_bytes = 0; };

std::string encode(const register_device& r);
result<register_device> decode_register_device(std::string_view body);
std::string encode(const registered& r);
result<registered> decode_registered(std::string_view body);
std::string encode(const std::vector<device_info>& d);
result<std::vector<device_info>> decode_devices(std::string_view body);
/// Of the last life of a device that it knows, and of the one it begins; see wire.v1.TokenRequest.
struct life_claim { std::uint64_t life = 0; std::string mark, next_mark; };
struct token_request { std::string secret; life_claim claim; };
std::string encode(const token_request& r);
result<token_request> decode_token_request(std::string_view body);
std::string encode(const access_token& t);
result<access_token> decode_access_token(std::string_view body);
std::string encode_vault_name(std::string_view name);
result<std::string> decode_vault_name(std::string_view body);
std::string encode(const vault_info& v);
result<vault_info> decode_vault(std::string_view body);
std::string encode(const std::vector<vault_info>& v);
result<std::vector<vault_info>> decode_vaults(std::string_view body);

struct wake { vault_id vault; position at; };
std::string encode(const wake& w);
result<wake> decode_wake(std::string_view body);

/// The same body as JSON, for routes that take and give both. `type`: message name in wire.v1.
result<std::string> to_json(std::string_view type, std::string_view body);
result<std::string> from_json(std::string_view type, std::string_view json);

}  // namespace tinysync::codec
