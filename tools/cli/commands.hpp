#pragma once
// The verbs of docs/cli.md. Each gives the exit code.

#include <cstdint>
#include <optional>
#include <string>

namespace tinysync::cli {

struct common {
  std::string home;  ///< empty: by environment and XDG
  bool json = false;
};

int version(const common& c);
int register_device(const common& c, const std::string& invite, const std::string& name);
int vault_create(const common& c, const std::string& name);
int vault_ls(const common& c);
int vault_rm(const common& c, const std::string& vault);
int attach(const common& c, const std::string& vault, const std::string& folder, bool on_demand);
int detach(const common& c, const std::string& vault_or_folder);
int status(const common& c, bool prove);
int wait(const common& c, const std::string& vault, std::uint32_t timeout_s);
int sync_once(const common& c, std::uint32_t timeout_s);

struct log_query {
  std::string path, vault;
  std::uint64_t after = 0;
  std::optional<std::uint32_t> limit;
};
int log(const common& c, const log_query& q);
int conflicts_ls(const common& c);
int conflicts_show(const common& c, const std::string& id);
int conflicts_resolve(const common& c, const std::string& id, const std::string& keep);
int brake_show(const common& c, const std::string& vault);
int brake_approve(const common& c, const std::string& vault);
int brake_reject(const common& c, const std::string& vault);
int trash_ls(const common& c, const std::string& vault);
int trash_restore(const common& c, const std::string& vault, const std::string& entry);
int trash_empty(const common& c, const std::string& vault, const std::string& older_than, bool unproven);
int ignore_check(const common& c, const std::string& path);
int ignore_ls(const common& c, const std::string& vault);
int devices_ls(const common& c);
int devices_revoke(const common& c, const std::string& device);
int pause(const common& c, const std::string& length);
int resume(const common& c);
int panic_resync(const common& c, const std::string& vault);
int doctor(const common& c);
int send(const common& c, const std::string& actor, const std::string& type, const std::string& json,
         std::uint32_t timeout_s);

}  // namespace tinysync::cli
