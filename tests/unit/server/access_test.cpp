// Devices, invites, tokens, roles: union over groups, and no oracle.

#include "tests/unit/server/store_fixture.hpp"

namespace tinysync::server {
namespace {

struct access_rules : store_fixture {
  result<registered_device> redeem(const crypto::digest& code, int n) {
    return store->register_device(
        {code, id<device_id>(n), hash_of_secret("x"), "n" + std::to_string(n), "dev", now});
  }
  std::string_view may(const device_id& d, const vault_id& v, role least) {
    auto g = store->authorise(token_of(d), v, least, now);
    return g ? "fine" : name_of(g.error().code);
  }
};

TEST_F(access_rules, an_invite_is_used_once_unless_it_says_otherwise) {
  auto once = hash_of_invite("once"), thrice = hash_of_invite("thrice");
  ASSERT_TRUE(store->add_invite({once, "owners", role::writer, 1, now, now + day_ns}, false));
  ASSERT_TRUE(store->add_invite({thrice, "owners", role::writer, 3, now, now + day_ns}, false));
  EXPECT_TRUE(redeem(once, 1));
  EXPECT_EQ(redeem(once, 2).error().code, errc::invite_invalid);
  for (int n = 3; n < 6; ++n) EXPECT_TRUE(redeem(thrice, n));
  EXPECT_EQ(redeem(thrice, 6).error().code, errc::invite_invalid);
}

TEST_F(access_rules, an_invite_expires_and_an_unknown_one_looks_alike) {
  auto code = hash_of_invite("old");
  ASSERT_TRUE(store->add_invite({code, "owners", role::writer, 1, now, now + 10}, false));
  now += 10;
  EXPECT_EQ(redeem(code, 1).error().code, errc::invite_invalid);
  EXPECT_EQ(redeem(hash_of_invite("never"), 1).error().code, errc::invite_invalid);
}

TEST_F(access_rules, the_first_device_is_an_owner_later_ones_what_their_invite_says) {
  auto o = options();
  auto fresh = sqlite_metadata::open(std::move(o)).value();
  auto first = hash_of_invite("first"), second = hash_of_invite("second");
  ASSERT_TRUE(fresh->add_invite({first, "owners", role::writer, 1, now, now + day_ns}, true));
  ASSERT_TRUE(fresh->register_device({first, id<device_id>(1), {}, "a", "a", now}));
  ASSERT_TRUE(fresh->add_invite({second, "owners", role::writer, 1, now, now + day_ns}, true));
  ASSERT_TRUE(fresh->register_device({second, id<device_id>(2), {}, "b", "b", now}));
  auto v = fresh->create_vault(id<device_id>(1), "v", now)->id;
  EXPECT_EQ(fresh->vaults(id<device_id>(1))->at(0).role, "owner");
  EXPECT_EQ(fresh->vaults(id<device_id>(2))->at(0).role, "writer");
  (void)v;
}

TEST_F(access_rules, labels_are_unique_by_suffix) {
  auto code = hash_of_invite("many");
  ASSERT_TRUE(store->add_invite({code, "owners", role::writer, 9, now, now + day_ns}, false));
  EXPECT_EQ(redeem(code, 1)->label, "dev");
  EXPECT_EQ(redeem(code, 2)->label, "dev-2");
  EXPECT_EQ(redeem(code, 3)->label, "dev-3");
}

TEST_F(access_rules, a_token_takes_the_right_secret) {
  auto t = hash_of_token("t");
  auto open = [&](device_id d, std::string_view secret) {
    return store->open_session({d, hash_of_secret(secret), t, now, now + second_ns});
  };
  EXPECT_EQ(open(laptop, "wrong").error().code, errc::unauthenticated);
  EXPECT_EQ(open(id<device_id>(77), "s").error().code, errc::unauthenticated);
  EXPECT_EQ(store->authenticate(t, now).error().code, errc::unauthenticated);
  EXPECT_TRUE(open(laptop, "s" + laptop.hex()));
  EXPECT_EQ(*store->authenticate(t, now), laptop);
}

TEST_F(access_rules, a_token_expires) {
  auto t = token_of(laptop);
  now += 899 * second_ns;
  EXPECT_TRUE(store->authenticate(t, now));
  now += second_ns;
  EXPECT_EQ(store->authenticate(t, now).error().code, errc::unauthenticated);
  EXPECT_EQ(store->sweep(now)->tokens, 1u);
}

TEST_F(access_rules, roles_open_what_they_say) {
  auto reader = device("r", role::reader), writer = device("w", role::writer);
  EXPECT_EQ(may(reader, vault, role::reader), "fine");
  EXPECT_EQ(may(reader, vault, role::writer), "forbidden");
  EXPECT_EQ(may(writer, vault, role::writer), "fine");
  EXPECT_EQ(may(writer, vault, role::owner), "forbidden");
  EXPECT_EQ(may(laptop, vault, role::owner), "fine");
}

TEST_F(access_rules, a_vault_out_of_reach_looks_like_none) {
  auto stranger = device("s", role::owner, "strangers");
  EXPECT_EQ(may(stranger, vault, role::reader), "not_found");
  EXPECT_EQ(may(stranger, id<vault_id>(9), role::reader), "not_found");
  EXPECT_TRUE(store->vaults(stranger)->empty());
}

TEST_F(access_rules, a_reader_makes_no_vaults) {
  EXPECT_EQ(store->create_vault(device("r", role::reader), "v", now).error().code, errc::forbidden);
}

TEST_F(access_rules, revocation_bites_at_once) {
  auto phone = device("phone", role::writer);
  auto t = token_of(phone);
  ASSERT_TRUE(store->revoke(laptop, phone, now));
  EXPECT_EQ(store->authenticate(t, now).error().code, errc::unauthenticated);
  EXPECT_EQ(store
                ->open_session({phone, hash_of_secret("s" + phone.hex()), hash_of_token("n"), now,
                                now + second_ns})
                .error()
                .code,
            errc::unauthenticated);
  auto listed = store->devices(laptop).value();
  ASSERT_EQ(listed.size(), 2u);
  EXPECT_TRUE(listed[1].revoked);
}

TEST_F(access_rules, only_owners_of_a_common_group_revoke_others) {
  auto writer = device("w", role::writer), stranger = device("s", role::owner, "strangers");
  EXPECT_EQ(store->revoke(writer, laptop, now).error().code, errc::forbidden);
  EXPECT_EQ(store->revoke(stranger, laptop, now).error().code, errc::not_found);
  EXPECT_EQ(store->revoke(laptop, id<device_id>(9), now).error().code, errc::not_found);
  EXPECT_TRUE(store->revoke(writer, writer, now));
}

TEST_F(access_rules, devices_are_listed_within_common_groups) {
  device("phone", role::writer);
  auto stranger = device("s", role::owner, "strangers");
  EXPECT_EQ(store->devices(laptop)->size(), 2u);
  ASSERT_EQ(store->devices(stranger)->size(), 1u);
  EXPECT_TRUE(store->devices(stranger)->at(0).self);
}

TEST_F(access_rules, a_deleted_vault_is_gone_for_everybody) {
  ASSERT_TRUE(store->delete_vault(vault, now));
  EXPECT_TRUE(store->vaults(laptop)->empty());
  EXPECT_EQ(may(laptop, vault, role::reader), "not_found");
  EXPECT_EQ(store->commit(vault, {request({})}, now).error().code, errc::not_found);
  EXPECT_EQ(store->delete_vault(vault, now).error().code, errc::not_found);
}

TEST_F(access_rules, a_vault_is_renamed) {
  EXPECT_EQ(store->rename_vault(laptop, vault, "papers")->name, "papers");
  EXPECT_EQ(store->vaults(laptop)->at(0).name, "papers");
}

TEST_F(access_rules, secrets_have_one_form) {
  auto secret = device_secret(laptop, std::string(32, 'x'));
  EXPECT_EQ(secret.size(), 82u);
  EXPECT_EQ(device_of_secret(secret), laptop);
  EXPECT_FALSE(device_of_secret(secret.substr(1)));
  EXPECT_FALSE(device_of_secret("tsdev_" + std::string(76, 'z')));
}

TEST_F(access_rules, blobs_of_one_vault_say_nothing_in_another) {
  auto other = store->create_vault(laptop, "other", now)->id;
  ASSERT_TRUE(store->record_blobs(vault, {blob("secret")}, now));
  EXPECT_TRUE(store->missing(vault, {blob_hash_of("secret")})->empty());
  EXPECT_EQ(store->missing(other, {blob_hash_of("secret")})->size(), 1u);
  EXPECT_TRUE(store->locate(other, {blob_hash_of("secret")})->empty());
  vault = other;
  EXPECT_EQ(send(make(it(1), create_file{{root_item, "a"}, text("secret"), {}})).why,
            reason::blob_missing);
}

}  // namespace
}  // namespace tinysync::server
