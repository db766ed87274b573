// The API as a device uses it: through the handler, against the whole tree, in virtual time.

#include "platform/compress/zstd.hpp"
#include "tests/unit/server/http_stage.hpp"
#include "tests/unit/server/store_fixture.hpp"

namespace tinysync::server {
namespace {

struct api : http_stage {
  codec::log_page log(const std::string& query = "") {
    auto a = call("GET", path("/log" + query));
    EXPECT_EQ(a.status, 200) << told(a);
    return codec::decode_log_page(a.body).value_or(codec::log_page{});
  }
  std::string after(const position& p) {
    return "?after=" + crypto::to_base64url(codec::encode(p));
  }
};

TEST_F(api, a_device_registers_gets_a_token_and_lists_itself) {
  auto phone = join("phone", role::writer);
  EXPECT_EQ(device_of_secret(phone.secret), phone.device);
  EXPECT_EQ(phone.label, "phone");
  auto all = codec::decode_devices(call("GET", "/v1/devices").body).value();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_TRUE(all[0].self);
  EXPECT_EQ(all[1].name, "phone");
}

TEST_F(api, vaults_are_made_listed_renamed_and_deleted) {
  auto second = make_vault("second");
  auto list = [&] { return codec::decode_vaults(call("GET", "/v1/vaults").body).value(); };
  ASSERT_EQ(list().size(), 2u);
  EXPECT_EQ(list()[1].role, "owner");
  auto renamed =
      call("PATCH", "/v1/vaults/" + to_string(second), codec::encode_vault_name("papers"));
  EXPECT_EQ(codec::decode_vault(renamed.body)->name, "papers");
  EXPECT_EQ(told(call("DELETE", "/v1/vaults/" + to_string(second))), "200");
  EXPECT_EQ(list().size(), 1u);
}

TEST_F(api, json_goes_both_ways) {
  net::header_list json{{"accept", "application/json"}, {"content-type", "application/json"}};
  auto made = call("POST", "/v1/vaults", R"({"name":"by json"})", json);
  EXPECT_EQ(made.status, 201);
  EXPECT_NE(made.body.find("\"name\":\"by json\""), made.body.npos) << made.body;
  EXPECT_NE(call("GET", "/v1/devices", {}, json).body.find("\"name\":\"laptop\""),
            std::string::npos);
  EXPECT_NE(call("GET", "/healthz", {}, json, "").body.find("\"status\":\"ok\""),
            std::string::npos);
  EXPECT_EQ(told(call("POST", "/v1/vaults", "{nonsense", {{"content-type", "application/json"}})),
            "400 malformed");
  auto t = call("POST", "/v1/token", "{\"secret\":\"" + secret + "\"}", json, "");
  EXPECT_NE(t.body.find("access_token"), t.body.npos);
}

TEST_F(api, mutations_are_applied_logged_and_sealed) {
  auto a = mutate({new_folder(1, "docs"), new_file(2, "notes.txt", "hello")});
  EXPECT_EQ(a.outcomes[0].kind, verdict::applied);
  EXPECT_EQ(a.outcomes[1].kind, verdict::applied);
  EXPECT_FALSE(a.outcomes[1].at.seal.empty());
  replica r;
  auto page = log();
  r.apply(page);
  EXPECT_EQ(r.live.size(), 2u);
  EXPECT_TRUE(page.at.same_place(a.head));
  EXPECT_EQ(log(after(page.at)).entries.size(), 0u);
  EXPECT_EQ(log("?after=1").entries.size(), 1u);
  EXPECT_EQ(log("?after=&limit=1").entries.size(), 1u);
  auto d = codec::decode_digest_answer(call("GET", path("/digest")).body).value();
  EXPECT_TRUE(std::equal(d.sums.begin(), d.sums.end(), r.sums.sums().begin()));
}

TEST_F(api, inline_contents_are_there_when_the_answer_is) {
  mutate({new_file(1, "a", "inline bytes")});
  EXPECT_EQ(call("GET", blob_path("inline bytes")).body, "inline bytes");
}

TEST_F(api, inline_content_without_its_hash_is_blob_missing) {
  auto m = new_file(1, "a", "right");
  m.inline_content = "wrong";
  auto a = mutate({m, new_folder(2, "b")});
  EXPECT_EQ(a.outcomes[0].why, reason::blob_missing);
  EXPECT_EQ(a.outcomes[1].kind, verdict::applied);
}

TEST_F(api, requests_that_wait_are_committed_together) {
  std::vector<std::optional<net::http_response>> got(20);
  for (int n = 0; n < 20; ++n) {
    codec::mutation_request r;
    r.mutations = {new_file(n + 1, std::to_string(n), "body " + std::to_string(n))};
    auto q = net::request_for("POST", path("/mutations")).value();
    q.headers.emplace_back("authorization", "Bearer " + token);
    q.body = codec::encode(r);
    http_handler_for(doors.front)(q,
                                  net::responder([&got, n](net::http_response a) { got[n] = a; }));
  }
  auto syncs = disk->changes_made();
  sim.settle();
  for (auto& a : got) {
    ASSERT_TRUE(a);
    if (a->shared_body) a->body = *a->shared_body;
    EXPECT_EQ(codec::decode_mutation_answer(a->body)->outcomes.at(0).kind, verdict::applied);
  }
  EXPECT_EQ(log().entries.size(), 20u);
  EXPECT_LT(disk->changes_made() - syncs, 20u);  // far fewer than two a request
}

TEST_F(api, an_idle_coordinator_ends_and_is_started_again) {
  mutate({new_folder(1, "a")});
  auto running = [&] {
    for (const auto& c : sim.inspect("/server").children)
      if (c.name == "vaults") return c.children.size();
    return std::size_t{99};
  };
  EXPECT_EQ(running(), 1u);
  sim.run_for(3min);
  EXPECT_EQ(running(), 0u);
  EXPECT_EQ(mutate({new_folder(2, "b")}).outcomes[0].kind, verdict::applied);
}

TEST_F(api, blobs_go_up_and_down_in_streams) {
  EXPECT_EQ(upload({"one", "two", ""}), "200");
  auto frames = call(
      "POST", path("/blobs:download"),
      codec::encode(std::vector{blob_hash_of("two"), blob_hash_of("never"), blob_hash_of("one")}));
  auto got = codec::decode_frames(frames.body).value();
  ASSERT_EQ(got.size(), 3u);
  EXPECT_EQ(got[0].content, "two");
  EXPECT_TRUE(got[1].missing);
  EXPECT_EQ(got[2].content, "one");
  auto missing = call("POST", path("/blobs:missing"),
                      codec::encode(std::vector{blob_hash_of("one"), blob_hash_of("never")}));
  EXPECT_EQ(codec::decode_hashes(missing.body).value(), std::vector{blob_hash_of("never")});
}

TEST_F(api, an_upload_names_what_it_refused) {
  std::string frames;
  codec::append_frame(frames, blob_hash_of("good"), "good", false);
  codec::append_frame(frames, blob_hash_of("claimed"), "other", false);
  auto a =
      codec::decode_blob_upload_answer(call("POST", path("/blobs:upload"), frames).body).value();
  EXPECT_EQ(a.stored, std::vector{blob_hash_of("good")});
  EXPECT_EQ(a.refused, std::vector{blob_hash_of("claimed")});
}

TEST_F(api, one_blob_by_range_and_by_head) {
  upload({"0123456789"});
  auto part = call("GET", blob_path("0123456789"), {}, {{"range", "bytes=2-4"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.header("content-range"), "bytes 2-4/10");
  auto head = call("HEAD", blob_path("0123456789"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "10");
  EXPECT_TRUE(head.body.empty());
  EXPECT_EQ(call("HEAD", blob_path("never")).status, 404);
}

TEST_F(api, a_large_upload_goes_on_where_it_stopped) {
  std::string body;
  for (int i = 0; i < 30'000; ++i) body += std::to_string(i);
  auto put = [&](std::size_t from, std::size_t to) {
    return call("PUT", blob_path(body), body.substr(from, to - from),
                {{"content-range", "bytes " + std::to_string(from) + "-" + std::to_string(to - 1) +
                                       "/" + std::to_string(body.size())}});
  };
  auto progress = [&] {
    return codec::decode_blob_progress(call("GET", blob_path(body) + ":progress").body).value();
  };
  EXPECT_EQ(progress().received, 0u);
  EXPECT_EQ(codec::decode_blob_progress(put(0, 50'000).body)->received, 50'000u);
  // The server dies; what it acknowledged is still there.
  sim.kill("server");
  disk->crash();
  start();
  EXPECT_EQ(progress().received, 50'000u);
  EXPECT_EQ(told(put(60'000, 70'000)), "416 range_unsatisfiable");
  EXPECT_EQ(put(50'000, 100'000).status, 200);
  auto last = codec::decode_blob_progress(put(100'000, body.size()).body).value();
  EXPECT_TRUE(last.complete);
  EXPECT_EQ(call("GET", blob_path(body)).body, body);
  EXPECT_TRUE(progress().complete);
}

TEST_F(api, what_was_answered_survives_a_crash) {
  mutate({new_file(1, "a", "precious")});
  upload({"also precious"});
  EXPECT_EQ(told(call("PUT", blob_path("third"), "third")), "200");
  sim.kill("server");
  disk->crash();
  start();
  for (std::string body : {"precious", "also precious", "third"})
    EXPECT_EQ(call("GET", blob_path(body)).body, body);
  EXPECT_EQ(log().entries.size(), 1u);
}

TEST_F(api, a_snapshot_is_a_blob_of_its_vault_with_the_digest_of_its_row) {
  for (int n = 1; n <= 50; ++n) mutate({new_folder(n, std::to_string(n))});
  auto s = codec::decode_snapshot_answer(call("GET", path("/snapshot")).body).value();
  EXPECT_EQ(s.items, 50u);
  EXPECT_EQ(s.at.seq, seq_no{50});
  auto bytes = call("GET", path("/blobs/" + s.ref.hex())).body;
  EXPECT_EQ(bytes.size(), s.size);
  auto records = compress::decompress(bytes, 1u << 20).value();
  replica r;
  std::string_view left = records;
  while (!left.empty()) r.put(**codec::take_snapshot_record(left));
  EXPECT_EQ(r.sums.total(), s.digest);
  r.at = s.at;
  mutate({new_folder(51, "later")});
  r.apply(log(after(s.at)));
  EXPECT_EQ(r.live.size(), 51u);
  auto again = codec::decode_snapshot_answer(call("GET", path("/snapshot")).body).value();
  EXPECT_EQ(again.ref, s.ref);
}

TEST_F(api, an_empty_vault_has_a_snapshot_too) {
  auto s = codec::decode_snapshot_answer(call("GET", path("/snapshot")).body).value();
  EXPECT_EQ(s.items, 0u);
  auto bytes = call("GET", path("/blobs/" + s.ref.hex())).body;
  EXPECT_EQ(compress::decompress(bytes, 1000).value(), "");
}

TEST_F(api, accepted_versions_are_known) {
  mutate({new_file(1, "a", "first")});
  auto a = call("POST", path("/items:known"),
                codec::encode(std::vector<codec::known_query>{{it(1), content_hash_of("first"), {}},
                                                              {it(1), content_hash_of("x"), {}}}));
  EXPECT_EQ(codec::decode_known(a.body).value(),
            (std::vector<codec::known_answer>{{true, it(1)}, {false, {}}}));
}

// -- wakes -------------------------------------------------------------------------------------

TEST_F(api, a_socket_hears_the_heads_at_once_and_every_move_after) {
  auto socket = listen();
  ASSERT_TRUE(socket);
  ASSERT_EQ(socket->wakes.size(), 1u);
  EXPECT_EQ(socket->wakes[0].vault, vault);
  auto a = mutate({new_folder(1, "a")});
  ASSERT_EQ(socket->wakes.size(), 2u);
  EXPECT_TRUE(socket->wakes[1].at.same_place(a.head));
  auto second = make_vault("second");
  EXPECT_EQ(socket->wakes.back().vault, second);
}

TEST_F(api, strangers_hear_nothing) {
  auto stranger = listen(token_of("stranger", role::owner, "strangers"));
  auto phone = listen(token_of("phone", role::reader));
  mutate({new_folder(1, "a")});
  EXPECT_TRUE(stranger->wakes.empty());
  EXPECT_EQ(phone->wakes.size(), 2u);
}

TEST_F(api, a_refused_mutation_wakes_nobody) {
  auto socket = listen();
  mutate({new_folder(1, "..")});
  EXPECT_EQ(socket->wakes.size(), 1u);
}

TEST_F(api, revocation_ends_tokens_and_sockets_at_once) {
  auto phone = join("phone", role::writer);
  auto its = token_for(phone.secret);
  auto socket = listen(its);
  EXPECT_EQ(told(call("DELETE", "/v1/devices/" + to_string(phone.device))), "200");
  EXPECT_FALSE(socket->open);
  EXPECT_EQ(told(call("GET", "/v1/vaults", {}, {}, its)), "401 unauthenticated");
  EXPECT_EQ(told(call("POST", "/v1/token", codec::encode(codec::token_request{phone.secret, {}}), {}, "")),
            "401 unauthenticated");
  EXPECT_EQ(listen(its), nullptr);
}

TEST_F(api, a_closed_socket_is_forgotten) {
  auto socket = listen();
  socket->close();
  sim.settle();
  mutate({new_folder(1, "a")});
  EXPECT_EQ(socket->wakes.size(), 1u);
}

// -- operation ---------------------------------------------------------------------------------

TEST_F(api, health_and_metrics_are_for_anyone_and_name_nobody) {
  mutate({new_file(1, "secret-name.txt", "x")});
  EXPECT_EQ(told(call("GET", "/healthz", {}, {}, "")), "200");
  EXPECT_EQ(told(call("GET", "/readyz", {}, {}, "")), "200");
  auto m = call("GET", "/metrics", {}, {}, "").body;
  EXPECT_NE(m.find("tinysync_http_requests_total "), m.npos);
  EXPECT_NE(m.find("tinysync_active_vaults 1"), m.npos) << m;
  for (auto name : {"secret-name", "laptop", "files"}) EXPECT_EQ(m.find(name), m.npos);
}

TEST_F(api, the_tree_carries_the_names_of_the_design) {
  std::vector<std::string> names;
  for (const auto& c : sim.inspect("/server").children) names.push_back(c.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"metadata_store", "blob_store", "access", "change_feed",
                                      "wake_hub", "vaults", "janitor", "inspector", "http_front"}));
}

TEST_F(api, the_same_seed_gives_the_same_run) {
  auto run = [] {
    actors::simulation sim(4);
    stage_clock clock(sim);
    crypto::seeded_randomness random(9);
    sqlite_store_options o;
    o.in_memory = true;
    o.random = [&random](std::uint8_t* out, std::size_t n) { random.fill({out, n}); };
    std::shared_ptr<metadata> truth(sqlite_metadata::open(std::move(o)).value());
    server_doors doors;
    doors.clock = &clock;
    doors.random = &random;
    doors.blobs = std::make_shared<fs::fake_disk>(clock);
    doors.open_database = [truth]() -> result<std::shared_ptr<metadata>> { return truth; };
    sim.start(server_tree(doors));
    sim.settle();
    std::string all;
    for (auto target : {"/healthz", "/readyz", "/v1/vaults", "/metrics"})
      http_handler_for(doors.front)(
          net::request_for("GET", target).value(),
          net::responder([&all](net::http_response r) { all += r.body; }));
    sim.run_for(2h);
    return all + std::to_string(sim.trace_hash());
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace tinysync::server
