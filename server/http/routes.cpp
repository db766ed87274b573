#include "server/http/routes.hpp"

#include <array>
#include <vector>

namespace tinysync::http {
namespace {

using enum endpoint;
using enum who;

// clang-format off
constexpr std::array page = {
  // method  path                                     who may    handler           takes                 gives
  route{"POST",   "/v1/devices",                       anyone,  register_device,  "RegisterDevice",     "Registered"},
  route{"GET",    "/v1/devices",                       device,  list_devices,     "",                   "DeviceList"},
  route{"DELETE", "/v1/devices/{d}",                   device,  revoke_device,    "",                   "Empty"},
  route{"POST",   "/v1/token",                         anyone,  issue_token,      "TokenRequest",       "Token"},
  route{"POST",   "/v1/vaults",                        device,  create_vault,     "CreateVault",        "Vault"},
  route{"GET",    "/v1/vaults",                        device,  list_vaults,      "",                   "VaultList"},
  route{"PATCH",  "/v1/vaults/{v}",                    owner,   rename_vault,     "RenameVault",        "Vault"},
  route{"DELETE", "/v1/vaults/{v}",                    owner,   delete_vault,     "",                   "Empty"},
  route{"GET",    "/v1/vaults/{v}/snapshot",           reader,  read_snapshot,    "",                   "SnapshotAnswer"},
  route{"GET",    "/v1/vaults/{v}/log",                reader,  read_log,         "?after=&told=&limit=", "LogPage"},
  route{"GET",    "/v1/vaults/{v}/digest",             reader,  read_digest,      "",                   "DigestAnswer"},
  route{"POST",   "/v1/vaults/{v}/mutations",          reader,  submit_mutations, "MutationRequest",    "MutationAnswer"},
  route{"POST",   "/v1/vaults/{v}/items:known",        reader,  ask_known,        "KnownBatch",         "KnownAnswer"},
  route{"POST",   "/v1/vaults/{v}/blobs:missing",      reader,  ask_missing,      "BlobList",           "BlobsMissing"},
  route{"POST",   "/v1/vaults/{v}/blobs:upload",       writer,  upload_blobs,     "BlobFrame stream",   "BlobUploaded"},
  route{"POST",   "/v1/vaults/{v}/blobs:download",     reader,  download_blobs,   "BlobList",           "BlobFrame stream"},
  route{"HEAD",   "/v1/vaults/{v}/blobs/{h}",          reader,  get_blob,         "",                   ""},
  route{"GET",    "/v1/vaults/{v}/blobs/{h}",          reader,  get_blob,         "Range",              "bytes"},
  route{"PUT",    "/v1/vaults/{v}/blobs/{h}",          writer,  put_blob,         "bytes",              "BlobProgress"},
  route{"GET",    "/v1/vaults/{v}/blobs/{h}:progress", writer,  blob_progress,    "",                   "BlobProgress"},
  route{"GET",    "/v1/wake",                          device,  open_wake,        "WebSocket",          "Wake frames"},
  route{"PUT",    "/v1/groups/{g}",                    device,  not_built,        "",                   ""},
  route{"DELETE", "/v1/groups/{g}",                    device,  not_built,        "",                   ""},
  route{"PUT",    "/v1/groups/{g}/devices/{d}",        device,  not_built,        "",                   ""},
  route{"DELETE", "/v1/groups/{g}/devices/{d}",        device,  not_built,        "",                   ""},
  route{"PUT",    "/v1/groups/{g}/vaults/{v}",         device,  not_built,        "",                   ""},
  route{"DELETE", "/v1/groups/{g}/vaults/{v}",         device,  not_built,        "",                   ""},
  route{"POST",   "/v1/vaults/{v}/links",              writer,  not_built,        "",                   ""},
  route{"GET",    "/v1/vaults/{v}/links",              reader,  not_built,        "",                   ""},
  route{"DELETE", "/v1/vaults/{v}/links/{l}",          writer,  not_built,        "",                   ""},
  route{"GET",    "/l/{t}",                            anyone,  not_built,        "",                   ""},
  route{"GET",    "/v1/vaults/{v}/items/{i}/history",  reader,  not_built,        "",                   ""},
  route{"POST",   "/v1/vaults/{v}/items/{i}:restore",  writer,  not_built,        "",                   ""},
  route{"POST",   "/v1/vaults/{v}/brake:approve",      writer,  not_built,        "",                   ""},
  route{"GET",    "/v1/admin/{what}",                  device,  not_built,        "",                   ""},
  route{"POST",   "/v1/admin/{what}",                  device,  not_built,        "",                   ""},
  route{"GET",    "/healthz",                          anyone,  healthy,          "",                   "Health"},
  route{"GET",    "/readyz",                           anyone,  ready,            "",                   "Health"},
  route{"GET",    "/metrics",                          anyone,  metrics,          "",                   "Prometheus text"},
};
// clang-format on

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  if (path.empty() || path[0] != '/') return out;
  path.remove_prefix(1);
  for (;;) {
    auto slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    path.remove_prefix(slash + 1);
  }
}

bool fits(std::string_view pattern, std::string_view path, matched& into) {
  auto want = segments(pattern), have = segments(path);
  if (want.size() != have.size()) return false;
  for (std::size_t i = 0; i < want.size(); ++i) {
    if (want[i].empty() || want[i][0] != '{') {
      if (want[i] != have[i]) return false;
      continue;
    }
    auto close = want[i].find('}');
    auto suffix = want[i].substr(close + 1);
    if (!have[i].ends_with(suffix) || have[i].size() == suffix.size()) return false;
    auto value = have[i].substr(0, have[i].size() - suffix.size());
    if (value.find(':') != std::string_view::npos) return false;
    into.parameters[std::string(want[i].substr(1, close - 1))] = value;
  }
  return true;
}

}  // namespace

std::string_view name_of(who w) {
  constexpr std::array<std::string_view, 5> names = {"anyone", "device", "reader", "writer",
                                                     "owner"};
  return names[static_cast<std::size_t>(w)];
}

std::span<const route> routes() { return page; }

result<matched> match(std::string_view method, std::string_view path, std::string* allowed) {
  bool known = false;
  for (const auto& r : page) {
    matched m{&r, {}};
    if (!fits(r.pattern, path, m)) continue;
    if (r.method == method) return m;
    if (allowed) *allowed += (known ? ", " : "") + std::string(r.method);
    known = true;
  }
  if (known) return failure(errc::method_not_allowed, std::string(method));
  return failure(errc::not_found);
}

std::string table_of_routes() {
  std::string out = "| call | who may | takes | gives |\n| --- | --- | --- | --- |\n";
  for (const auto& r : page) {
    bool built = r.handler != endpoint::not_built;
    out += "| `" + std::string(r.method) + " " + std::string(r.pattern) + "` | " +
           std::string(name_of(r.may)) + " | " + (built ? std::string(r.takes) : "not built yet") +
           " | " + std::string(r.gives) + " |\n";
  }
  return out;
}

}  // namespace tinysync::http
