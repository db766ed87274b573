#pragma once
// Every call of the API (DESIGN §4): who answers it, and who may ask.

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "proto/vocabulary/result.hpp"

namespace tinysync::http {

/// Who may call a route; the role is that of the vault in its path.
enum class who : std::uint8_t { anyone, device, reader, writer, owner };
std::string_view name_of(who w);

/// The handler of a route, by name; server/actors/http_front has one for each.
enum class endpoint : std::uint8_t {
  register_device, list_devices, revoke_device, issue_token,
  create_vault, list_vaults, rename_vault, delete_vault,
  read_snapshot, read_log, read_digest, submit_mutations, ask_known,
  ask_missing, upload_blobs, download_blobs, put_blob, get_blob, blob_progress,
  open_wake, healthy, ready, metrics,
  not_built,
};

struct route {
  std::string_view method;
  std::string_view pattern;  ///< "{v}" takes one segment; "{v}:word" one that ends so
  who may;
  endpoint handler;
  std::string_view takes;    ///< message of wire.v1, or what else the body is
  std::string_view gives;
};

/// In the order of the page.
std::span<const route> routes();

struct matched {
  const route* to = nullptr;
  std::map<std::string, std::string, std::less<>> parameters;
};

/// not_found for an unknown path, method_not_allowed for a known one (`allowed`, if given, gets the
/// methods it takes).
result<matched> match(std::string_view method, std::string_view path, std::string* allowed = nullptr);

/// The page as a table, for docs/api.md.
std::string table_of_routes();

}  // namespace tinysync::http
