// Devices, invites, tokens, roles.

#include "proto/vocabulary/names.hpp"
#include "server/store/sqlite_vault.hpp"

namespace tinysync::server {
namespace {

role role_at(const sqlite::rows& r, int column) {
  auto n = r.i64(column);
  return n >= 1 && n <= 3 ? static_cast<role>(n) : role::none;
}

}  // namespace

result<void> sqlite_metadata::add_invite(const new_invite& i, bool owner_if_first) {
  return attempt([&] {
    sqlite::transaction t(db_);
    bool first = owner_if_first && !db_.query("owner_exists").next();
    db_.run("invite_add", raw(i.code_hash), i.group, first ? role::owner : i.role, i.uses,
            i.created_ns, i.expires_ns);
    t.commit();
  });
}

result<registered_device> sqlite_metadata::register_device(const registration& r) {
  return attempt([&] {
    sqlite::transaction t(db_);
    std::string group;
    auto rank = role::none;
    {
      auto used = db_.query("invite_use", raw(r.code_hash), r.now_ns);
      if (!used.next()) refuse(errc::invite_invalid);
      group = used.text(0);
      rank = role_at(used, 1);
    }
    std::optional<access_group_id> grp;
    {
      auto known = db_.query("group_by_name", group);
      if (known.next()) grp = id_at<access_group_id>(known, 0);
    }
    if (!grp) {
      grp = mint<access_group_id>(options_.random);
      db_.run("group_add", raw(*grp), group, r.now_ns);
    }
    auto label = r.label;
    for (int n = 2; db_.query("device_label_taken", label).next(); ++n) {
      auto suffix = "-" + std::to_string(n);
      label = device_label(r.label.substr(0, 32 - suffix.size()));
      label += suffix;
    }
    db_.run("device_add", raw(r.device), r.name, label, raw(r.secret_hash), r.now_ns, r.now_ns);
    db_.run("group_join", raw(*grp), raw(r.device), rank);
    t.commit();
    return registered_device{r.device, label};
  });
}

result<device_id> sqlite_metadata::open_session(const session_request& s) {
  return attempt([&] {
    sqlite::transaction t(db_);
    device_life last;
    {
      // An unknown device is compared too, so that it takes as long.
      auto r = db_.query("device_secret", raw(s.device));
      bool known = r.next();
      std::string kept = known ? r.text(0) : std::string(32, '\0');
      bool same = crypto::equal_constant_time(kept, crypto::bytes_of(s.secret_hash));
      if (!known || !same) refuse(errc::unauthenticated);
      last = {as_u64(r.i64(1)), r.text(2)};
    }
    auto life = next_life(last, s.claim);
    if (!life) refuse(life.error().code);
    db_.run("device_life", as_i64(life->count), raw(life->mark), raw(s.device));
    db_.run("token_add", raw(s.token_hash), raw(s.device), s.expires_ns);
    db_.run("device_seen", s.now_ns, raw(s.device));
    t.commit();
    return s.device;
  });
}

result<device_id> sqlite_metadata::authenticate(const crypto::digest& token, std::int64_t now_ns) {
  return attempt([&] {
    auto r = db_.query("token_get", raw(token), now_ns);
    if (!r.next() || !crypto::equal_constant_time(r.bytes(0), crypto::bytes_of(token)))
      refuse(errc::unauthenticated);
    return id_at<device_id>(r, 1);
  });
}

result<grant> sqlite_metadata::authorise(const crypto::digest& token, const vault_id& vault,
                                         role least, std::int64_t now_ns) {
  auto device = authenticate(token, now_ns);
  if (!device) return failure(device.error());
  return attempt([&] {
    auto v = vault_of(vault);
    auto rank = role_of(*device, v.no);
    if (rank == role::none) refuse(errc::not_found);
    if (rank < least)
      refuse(errc::forbidden, "this takes a " + std::string(name_of(least)) + ", the device is a " +
                                  std::string(name_of(rank)));
    return grant{*device, rank};
  });
}

role sqlite_metadata::role_of(const device_id& device, std::int64_t vault_no) {
  auto r = db_.query("device_role", raw(device), vault_no);
  return r.next() ? role_at(r, 0) : role::none;
}

std::vector<device_id> sqlite_metadata::audience_of(std::int64_t vault_no) {
  std::vector<device_id> out;
  auto r = db_.query("vault_audience", vault_no);
  while (r.next()) out.push_back(id_at<device_id>(r, 0));
  return out;
}

result<std::vector<codec::device_info>> sqlite_metadata::devices(const device_id& asking) {
  return attempt([&] {
    std::vector<codec::device_info> out;
    auto r = db_.query("device_peers", raw(asking));
    while (r.next()) {
      codec::device_info d;
      d.id = id_at<device_id>(r, 0);
      d.name = r.text(1);
      d.label = r.text(2);
      d.created_ns = r.i64(3);
      d.last_seen_ns = r.i64(4);
      d.revoked = !r.is_null(5);
      d.self = d.id == asking;
      out.push_back(std::move(d));
    }
    return out;
  });
}

result<void> sqlite_metadata::revoke(const device_id& asking, const device_id& who,
                                     std::int64_t now_ns) {
  return attempt([&] {
    sqlite::transaction t(db_);
    {
      auto r = db_.query("device_may_revoke", raw(asking), raw(who));
      auto rank = r.next() ? role_at(r, 0) : role::none;
      if (rank == role::none) refuse(errc::not_found);
      if (asking != who && rank < role::owner)
        refuse(errc::forbidden, "only an owner of the group revokes other devices");
    }
    db_.run("device_revoke", now_ns, raw(who));
    db_.run("token_drop", raw(who));
    t.commit();
  });
}

}  // namespace tinysync::server
