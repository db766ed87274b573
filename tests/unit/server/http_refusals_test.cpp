// Every refusal of the API, by the status and code a client sees.

#include "tests/unit/server/http_stage.hpp"

namespace tinysync::server {
namespace {

struct refusals : http_stage {};

TEST_F(refusals, without_a_token_everything_but_the_open_routes_is_401) {
  for (const auto& r : http::routes()) {
    if (r.may == http::who::anyone || r.handler == http::endpoint::not_built) continue;
    std::string target(r.pattern);
    for (auto open = target.find('{'); open != target.npos; open = target.find('{'))
      target.replace(open, target.find('}') - open + 1, to_string(vault));
    EXPECT_EQ(told(call(std::string(r.method), target, {}, {}, "")), "401 unauthenticated")
        << target;
    auto wrong = call(std::string(r.method), target, codec::encode_vault_name("x"),
                      {{"content-range", ""}}, "not-a-token");
    EXPECT_GE(wrong.status, 400) << target;
    EXPECT_NE(wrong.status, 500) << target;
  }
}

TEST_F(refusals, an_expired_token_is_401) {
  sim.run_for(14min);
  EXPECT_EQ(told(call("GET", "/v1/vaults")), "200");
  sim.run_for(2min);
  EXPECT_EQ(told(call("GET", "/v1/vaults")), "401 unauthenticated");
  token = token_for(secret);
  EXPECT_EQ(told(call("GET", "/v1/vaults")), "200");
}

TEST_F(refusals, a_wrong_secret_is_401) {
  auto other = device_secret(laptop, std::string(32, 'x'));
  for (const auto& s :
       {other, device_secret(id<device_id>(9), std::string(32, 'x')), std::string("x")})
    EXPECT_EQ(told(call("POST", "/v1/token", codec::encode(codec::token_request{s, {}}), {}, "")),
              "401 unauthenticated");
}

TEST_F(refusals, what_the_role_does_not_allow_is_403) {
  auto reader = token_of("reader", role::reader), writer = token_of("writer", role::writer);
  EXPECT_EQ(told(call("PUT", blob_path("x"), "x", {}, reader)), "403 forbidden");
  EXPECT_EQ(upload({"x"}, reader), "403 forbidden");
  EXPECT_EQ(told(call("POST", "/v1/vaults", codec::encode_vault_name("v"), {}, reader)),
            "403 forbidden");
  EXPECT_EQ(told(call("DELETE", path(""), {}, {}, writer)), "403 forbidden");
  EXPECT_EQ(told(call("PATCH", path(""), codec::encode_vault_name("v"), {}, writer)),
            "403 forbidden");
  EXPECT_EQ(told(call("DELETE", "/v1/devices/" + to_string(laptop), {}, {}, writer)),
            "403 forbidden");
}

TEST_F(refusals, a_readers_mutations_are_answered_one_by_one) {
  auto reader = token_of("reader", role::reader);
  auto a = mutate({new_folder(1, "a"), new_folder(2, "b")}, reader);
  ASSERT_EQ(a.outcomes.size(), 2u);
  EXPECT_EQ(a.outcomes[0].why, reason::not_authorised);
  EXPECT_EQ(a.outcomes[1].kind, verdict::rejected);
}

TEST_F(refusals, a_foreign_vault_and_none_at_all_are_the_same_404) {
  auto stranger = token_of("stranger", role::owner, "strangers");
  upload({"known"});
  for (const auto& r : http::routes()) {
    if (r.pattern.find("{v}") == r.pattern.npos || r.handler == http::endpoint::not_built) continue;
    auto target_for = [&](const std::string& v) {
      std::string target(r.pattern);
      target.replace(target.find("{v}"), 3, v);
      if (auto h = target.find("{h}"); h != target.npos)
        target.replace(h, 3, blob_hash_of("known").hex());
      return target;
    };
    std::string body;
    if (r.takes == "RenameVault") body = codec::encode_vault_name("x");
    if (r.takes == "MutationRequest") {
      codec::mutation_request m;
      m.mutations = {new_folder(1, "a")};
      body = codec::encode(m);
    }
    auto real = call(std::string(r.method), target_for(to_string(vault)), body, {}, stranger);
    auto none =
        call(std::string(r.method), target_for(to_string(id<vault_id>(9))), body, {}, stranger);
    auto noise = call(std::string(r.method), target_for("no-uuid"), body, {}, stranger);
    EXPECT_EQ(told(real), "404 not_found") << r.method << r.pattern;
    EXPECT_EQ(told(none), told(real)) << r.method << r.pattern;
    EXPECT_EQ(told(noise), told(real)) << r.method << r.pattern;
    EXPECT_EQ(real.body.size(), none.body.size());
  }
}

TEST_F(refusals, an_unknown_path_is_404_and_a_wrong_method_405_with_those_allowed) {
  EXPECT_EQ(told(call("GET", "/v1/everything")), "404 not_found");
  auto r = call("PUT", "/v1/vaults");
  EXPECT_EQ(told(r), "405 method_not_allowed");
  EXPECT_EQ(r.header("allow"), "POST, GET");
}

TEST_F(refusals, a_position_of_nobody_is_400) {
  position p{id<epoch_id>(1), {5}, id<chain_hash>(2), "0123456789abcdef"};
  auto after = crypto::to_base64url(codec::encode(p));
  EXPECT_EQ(told(call("GET", path("/log?after=" + after))), "400 invalid_argument");
  EXPECT_EQ(told(call("GET", path("/log?after=!!"))), "400 invalid_argument");
  EXPECT_EQ(told(call("GET", path("/log?after=0&limit=many"))), "400 invalid_argument");
  codec::mutation_request m;
  m.cursor = p;
  m.mutations = {new_folder(1, "a")};
  EXPECT_EQ(told(call("POST", path("/mutations"), codec::encode(m))), "400 invalid_argument");
}

TEST_F(refusals, bytes_that_are_no_message_are_400) {
  for (auto rest :
       {"/mutations", "/items:known", "/blobs:missing", "/blobs:download", "/blobs:upload"})
    EXPECT_EQ(told(call("POST", path(rest), "\xff\xff\xff")), "400 malformed") << rest;
  EXPECT_EQ(told(call("POST", "/v1/devices", "\xff", {}, "")), "400 malformed");
  EXPECT_EQ(told(call("POST", "/v1/vaults", codec::encode_vault_name("a/b"))),
            "400 invalid_argument");
  EXPECT_EQ(told(call("POST", path("/mutations"), codec::encode(codec::mutation_request{}))),
            "400 malformed");
  EXPECT_EQ(told(call("GET", "/v1/wake")), "400 invalid_argument");
}

TEST_F(refusals, the_same_op_id_with_another_body_is_409) {
  auto m = new_folder(1, "a");
  mutate({m});
  m.change = create_folder{{root_item, "b"}};
  codec::mutation_request r;
  r.mutations = {m};
  EXPECT_EQ(told(call("POST", path("/mutations"), codec::encode(r))), "409 op_id_reused");
}

TEST_F(refusals, a_lost_history_is_409_and_a_trimmed_one_410) {
  mutate({new_folder(1, "a"), new_folder(2, "b")});
  auto page = codec::decode_log_page(call("GET", path("/log")).body).value();
  truth->raw_database().exec("DELETE FROM change_log WHERE seq > 1");
  truth->raw_database()
      .prepare("UPDATE vaults SET head_seq = 1, head_chain = ?")
      .bind(sqlite::blob(page.entries[0].chain.view()))
      .run();
  auto after = crypto::to_base64url(codec::encode(page.at));
  EXPECT_EQ(told(call("GET", path("/log?after=" + after))), "409 history_diverged");
  ASSERT_TRUE(truth->retain_after(vault, {1}));
  EXPECT_EQ(told(call("GET", path("/log"))), "410 snapshot_required");
}

TEST_F(refusals, a_used_invite_is_410) {
  join("phone", role::writer);
  codec::register_device again{"code-of-phone-0123456789", "phone"};
  EXPECT_EQ(told(call("POST", "/v1/devices", codec::encode(again), {}, "")), "410 invite_invalid");
}

TEST_F(refusals, too_much_at_once_is_413) {
  EXPECT_EQ(
      told(call("POST", path("/mutations"), std::string(most_request_bytes + (2u << 20), 'x'))),
      "413 too_large");
  std::string big(13u << 20, 'b'), other(13u << 20, 'c');
  EXPECT_EQ(told(call("PUT", blob_path(big), big)), "200");
  EXPECT_EQ(told(call("PUT", blob_path(other), other)), "200");
  EXPECT_EQ(told(call("POST", path("/blobs:download"),
                      codec::encode(std::vector{blob_hash_of(big), blob_hash_of(other)}))),
            "413 too_large");
}

TEST_F(refusals, a_range_past_the_end_is_416) {
  upload({"0123456789"});
  EXPECT_EQ(told(call("GET", blob_path("0123456789"), {}, {{"range", "bytes=10-"}})),
            "416 range_unsatisfiable");
}

TEST_F(refusals, a_part_that_does_not_continue_is_416) {
  EXPECT_EQ(
      told(call("PUT", blob_path("0123456789"), "56789", {{"content-range", "bytes 5-9/10"}})),
      "416 range_unsatisfiable");
}

TEST_F(refusals, bytes_that_do_not_have_their_hash_are_422) {
  EXPECT_EQ(told(call("PUT", blob_path("right"), "wrong")), "422 hash_mismatch");
  EXPECT_EQ(told(call("PUT", blob_path("right"), "wr", {{"content-range", "bytes 0-1/5"}})), "200");
  EXPECT_EQ(told(call("PUT", blob_path("right"), "ong", {{"content-range", "bytes 2-4/5"}})),
            "422 hash_mismatch");
  EXPECT_EQ(told(call("GET", blob_path("right"))), "404 not_found");
}

TEST_F(refusals, another_protocol_is_426) {
  EXPECT_EQ(told(call("GET", "/v1/vaults", {}, {{"x-tinysync-protocol", "2"}})),
            "426 update_required");
  EXPECT_EQ(told(call("GET", "/v1/vaults", {}, {{"x-tinysync-protocol", "1"}})), "200");
  codec::register_device r{"code-0123456789abcdef", "n", 2, "9"};
  EXPECT_EQ(told(call("POST", "/v1/devices", codec::encode(r), {}, "")), "426 update_required");
}

TEST_F(refusals, what_is_reserved_is_501_with_a_sentence) {
  for (const auto& r : http::routes()) {
    if (r.handler != http::endpoint::not_built) continue;
    std::string target(r.pattern);
    for (auto open = target.find('{'); open != target.npos; open = target.find('{'))
      target.replace(open, target.find('}') - open + 1, to_string(vault));
    auto a = call(std::string(r.method), target);
    EXPECT_EQ(told(a), "501 not_built_yet") << target;
    EXPECT_FALSE(codec::decode_error(a.body)->what.text.empty());
  }
}

TEST_F(refusals, a_full_disk_is_507_and_passes) {
  disk->fail_next(fs::verb::write, errc::disk_full);
  auto a = call("PUT", blob_path("x"), "x");
  EXPECT_EQ(told(a), "507 disk_full");
  EXPECT_FALSE(a.header("retry-after").empty());
  EXPECT_EQ(told(call("PUT", blob_path("x"), "x")), "200");
}

TEST_F(refusals, without_a_front_it_is_503) {
  ASSERT_TRUE(sim.stop("server"));
  EXPECT_EQ(told(call("GET", "/healthz")), "503 unavailable");
  start();
  EXPECT_EQ(told(call("GET", "/healthz")), "200");
}

TEST_F(refusals, what_is_wrong_inside_is_never_told_as_the_clients_own_state) {
  EXPECT_EQ(http::told_outside({errc::local_state_corrupt, "x"}).code, errc::internal);
  EXPECT_EQ(http::told_outside({errc::integrity_violation, "x"}).code, errc::internal);
  EXPECT_EQ(http::told_outside({errc::restarting, "x"}).code, errc::unavailable);
  EXPECT_EQ(http::told_outside({errc::history_diverged, "x"}).code, errc::history_diverged);
}

TEST_F(refusals, errors_carry_the_correlation_and_come_as_json_if_asked) {
  auto a = call("GET", "/v1/x", {},
                {{"x-tinysync-correlation", "save-1"}, {"accept", "application/json"}});
  EXPECT_EQ(a.header("x-tinysync-correlation"), "save-1");
  EXPECT_EQ(a.header("content-type"), "application/json");
  EXPECT_NE(a.body.find("\"correlation\":\"save-1\""), a.body.npos) << a.body;
  EXPECT_EQ(call("GET", "/v1/x").header("x-tinysync-correlation").size(), 16u);
  EXPECT_EQ(call("GET", "/v1/x", {}, {{"x-tinysync-correlation", std::string(65, 'c')}})
                .header("x-tinysync-correlation")
                .size(),
            16u);
}

}  // namespace
}  // namespace tinysync::server
