// Vaults as devices see them, and what expires.

#include "server/store/sqlite_vault.hpp"

namespace tinysync::server {
namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;
constexpr std::int64_t snapshot_grace_ns = 7 * day_ns;

}  // namespace

result<codec::vault_info> sqlite_metadata::create_vault(const device_id& by,
                                                        const std::string& name,
                                                        std::int64_t now_ns) {
  return attempt([&] {
    sqlite::transaction t(db_);
    {
      auto r = db_.query("device_best_role", raw(by));
      if (!r.next() || r.i64(0) < static_cast<std::int64_t>(role::writer))
        refuse(errc::forbidden, "a reader makes no vaults");
    }
    auto id = mint<vault_id>(options_.random);
    db_.run("vault_add", raw(id), name, now_ns, raw(mint<epoch_id>(options_.random)),
            raw(chain_hash{}), raw(vault_digest{}.bytes()));
    db_.run("group_give_vault", db_.last_insert_id(), raw(by));
    auto info = info_of(by, id);
    t.commit();
    return info;
  });
}

result<std::vector<codec::vault_info>> sqlite_metadata::vaults(const device_id& asking) {
  return attempt([&] {
    std::vector<codec::vault_info> out;
    if (!db_.query("device_active", raw(asking)).next()) refuse(errc::unauthenticated);
    auto r = db_.query("vault_list", raw(asking));
    while (r.next()) {
      codec::vault_info v;
      v.id = id_at<vault_id>(r, 0);
      v.name = r.text(1);
      v.role = name_of(static_cast<role>(r.i64(2)));
      v.head =
          sealed(v.id, {id_at<epoch_id>(r, 3), {as_u64(r.i64(4))}, id_at<chain_hash>(r, 5), {}});
      if (auto features = r.text(6); !features.empty()) v.required_features.push_back(features);
      v.created_ns = r.i64(7);
      v.live_items = as_u64(r.i64(8));
      v.live_bytes = as_u64(r.i64(9));
      out.push_back(std::move(v));
    }
    return out;
  });
}

codec::vault_info sqlite_metadata::info_of(const device_id& asking, const vault_id& vault) {
  auto all = vaults(asking);
  if (!all) throw sqlite::failure(all.error());
  for (auto& v : *all)
    if (v.id == vault) return std::move(v);
  refuse(errc::not_found);
}

result<codec::vault_info> sqlite_metadata::rename_vault(const device_id& by, const vault_id& vault,
                                                        const std::string& name) {
  return attempt([&] {
    sqlite::transaction t(db_);
    if (db_.run("vault_rename", name, raw(vault)) == 0) refuse(errc::not_found);
    auto info = info_of(by, vault);
    t.commit();
    return info;
  });
}

result<void> sqlite_metadata::delete_vault(const vault_id& vault, std::int64_t now_ns) {
  return attempt([&] {
    if (db_.run("vault_delete", now_ns, raw(vault)) == 0) refuse(errc::not_found);
  });
}

result<vault_head> sqlite_metadata::head(const vault_id& vault) {
  return attempt([&] {
    auto v = vault_of(vault);
    return vault_head{vault, head_of(vault, v), audience_of(v.no)};
  });
}

result<void> sqlite_metadata::retain_after(const vault_id& vault, seq_no seq) {
  return attempt([&] { db_.run("vault_retain", as_i64(seq.value), raw(vault)); });
}

result<swept> sqlite_metadata::sweep(std::int64_t now_ns) {
  return attempt([&] {
    swept out;
    sqlite::transaction t(db_);
    out.tokens = as_u64(db_.run("token_sweep", now_ns));
    out.invites = as_u64(db_.run("invite_sweep", now_ns));
    std::vector<std::pair<std::int64_t, blob_hash>> gone;
    {
      auto r = db_.query("snapshot_sweep", now_ns - snapshot_grace_ns);
      while (r.next()) gone.emplace_back(r.i64(0), id_at<blob_hash>(r, 1));
    }
    for (const auto& [vault, ref] : gone) db_.run("vault_blob_drop", vault, raw(ref));
    out.snapshots = gone.size();
    t.commit();
    return out;
  });
}

}  // namespace tinysync::server
