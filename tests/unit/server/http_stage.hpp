#pragma once
// The whole server in one thread and virtual time, and a client that speaks HTTP to it.

#include <gtest/gtest.h>

#include "actors/simulation.hpp"
#include "platform/crypto/encoding.hpp"
#include "platform/fs/fake_disk.hpp"
#include "platform/net/websocket.hpp"
#include "server/http/answers.hpp"
#include "server/http/routes.hpp"
#include "server/store/sqlite_metadata.hpp"
#include "server/tree.hpp"
#include "tests/unit/server/core_fixture.hpp"

namespace tinysync::server {

using namespace std::chrono_literals;

/// Wall and steady time from the simulation's.
class stage_clock final : public clock::clock {
 public:
  explicit stage_clock(actors::simulation& sim) : sim_(sim) {}
  std::int64_t wall_now_ns() override {
    return 1'700'000'000'000'000'000 + sim_.now().time_since_epoch().count();
  }
  std::chrono::nanoseconds steady_now() override { return sim_.now().time_since_epoch(); }

 private:
  actors::simulation& sim_;
};

/// What a device's socket received.
class stage_socket final : public net::websocket {
 public:
  std::vector<codec::wake> wakes;
  bool open = true;

  void listen(std::function<void(std::string)>, std::function<void(const error&)> closed) override {
    closed_ = std::move(closed);
  }
  void send(std::string m) override { wakes.push_back(codec::decode_wake(m).value()); }
  void close() override {
    if (!std::exchange(open, false)) return;
    if (closed_) closed_({errc::cancelled, {}});
  }

 private:
  std::function<void(const error&)> closed_;
};

struct http_stage : ::testing::Test {
  actors::simulation sim{11};
  stage_clock clock{sim};
  crypto::seeded_randomness random{5};
  std::shared_ptr<fs::fake_disk> disk = std::make_shared<fs::fake_disk>(clock);
  std::shared_ptr<sqlite_metadata> truth;
  server_doors doors;
  std::string token, secret;
  device_id laptop;
  vault_id vault;
  int ops = 0;

  void SetUp() override {
    sqlite_store_options o;
    o.in_memory = true;
    o.random = [this](std::uint8_t* out, std::size_t n) { random.fill({out, n}); };
    truth = std::shared_ptr<sqlite_metadata>(sqlite_metadata::open(std::move(o)).value());
    doors.clock = &clock;
    doors.random = &random;
    doors.blobs = disk;
    doors.open_database = [this]() -> result<std::shared_ptr<metadata>> { return truth; };
    start();
    auto me = join("laptop", role::owner);
    laptop = me.device;
    secret = me.secret;
    token = token_for(secret);
    vault = make_vault("files");
  }
  void start() {
    sim.start(server_tree(doors));
    sim.settle();
  }

  // -- HTTP ------------------------------------------------------------------------------------
  net::http_response call(const std::string& method, const std::string& target,
                          std::string body = {}, net::header_list headers = {},
                          std::optional<std::string> as = {}) {
    auto r = net::request_for(method, target).value();
    r.headers = std::move(headers);
    auto bearer = as.value_or(token);
    if (!bearer.empty()) r.headers.emplace_back("authorization", "Bearer " + bearer);
    r.body = std::move(body);
    return exchange(std::move(r));
  }
  net::http_response exchange(net::http_request r) {
    auto got = std::make_shared<std::optional<net::http_response>>();
    http_handler_for(doors.front)(
        std::move(r), net::responder([got](net::http_response a) { *got = std::move(a); }));
    sim.settle();
    for (int i = 0; i < 1000 && !*got && sim.next_timeout(); ++i)
      sim.run_for(*sim.next_timeout() - sim.now());
    EXPECT_TRUE(*got) << "no answer";
    auto out = got->value_or(net::http_response{});
    if (out.shared_body) out.body = *out.shared_body;
    return out;
  }
  std::string path(const std::string& rest) { return "/v1/vaults/" + to_string(vault) + rest; }
  /// "401 unauthenticated", or "200".
  static std::string told(const net::http_response& r) {
    auto e = r.status >= 400 ? codec::decode_error(r.body) : failure(errc::internal);
    return std::to_string(r.status) + (e ? " " + std::string(name_of(e->what.code)) : "");
  }

  // -- devices ---------------------------------------------------------------------------------
  codec::registered join(const std::string& name, role r, const std::string& group = "owners") {
    auto code = "code-of-" + name + "-0123456789";
    auto now = clock.wall_now_ns();
    EXPECT_TRUE(
        truth->add_invite({hash_of_invite(code), group, r, 1, now, now + 3600'000'000'000}, false));
    auto a = call("POST", "/v1/devices", codec::encode(codec::register_device{code, name}), {}, "");
    EXPECT_EQ(a.status, 201) << told(a);
    return codec::decode_registered(a.body).value_or(codec::registered{});
  }
  std::string token_for(const std::string& of) {
    auto a = call("POST", "/v1/token", codec::encode(codec::token_request{of, {}}), {}, "");
    EXPECT_EQ(a.status, 200) << told(a);
    return codec::decode_access_token(a.body).value_or(codec::access_token{}).token;
  }
  std::string token_of(const std::string& name, role r, const std::string& group = "owners") {
    return token_for(join(name, r, group).secret);
  }
  vault_id make_vault(const std::string& name) {
    auto a = call("POST", "/v1/vaults", codec::encode_vault_name(name));
    EXPECT_EQ(a.status, 201) << told(a);
    return codec::decode_vault(a.body).value_or(codec::vault_info{}).id;
  }

  // -- mutations -------------------------------------------------------------------------------
  mutation make(item_id item, change c) {
    mutation m;
    m.op = id<op_id>(++ops);
    m.item = item;
    m.change = std::move(c);
    return m;
  }
  mutation new_folder(int n, const std::string& name) {
    return make(it(n), create_folder{{root_item, name}});
  }
  mutation new_file(int n, const std::string& name, const std::string& body) {
    auto m = make(it(n), create_file{{root_item, name}, text(body), {}});
    m.inline_content = body;
    return m;
  }
  codec::mutation_answer mutate(std::vector<mutation> all, std::optional<std::string> as = {}) {
    codec::mutation_request r;
    r.mutations = std::move(all);
    auto a = call("POST", path("/mutations"), codec::encode(r), {}, std::move(as));
    EXPECT_EQ(a.status, 200) << told(a);
    return codec::decode_mutation_answer(a.body).value_or(codec::mutation_answer{});
  }
  std::string upload(const std::vector<std::string>& bodies, std::optional<std::string> as = {}) {
    std::string frames;
    for (const auto& b : bodies) codec::append_frame(frames, blob_hash_of(b), b, false);
    return told(call("POST", path("/blobs:upload"), frames, {}, std::move(as)));
  }
  std::string blob_path(const std::string& body) {
    return path("/blobs/" + blob_hash_of(body).hex());
  }
  std::shared_ptr<stage_socket> listen(std::optional<std::string> as = {}) {
    auto r = net::request_for("GET", "/v1/wake").value();
    r.headers.emplace_back("authorization", "Bearer " + as.value_or(token));
    r.websocket_upgrade = true;
    auto a = exchange(std::move(r));
    if (!a.on_websocket) return nullptr;
    auto socket = std::make_shared<stage_socket>();
    a.on_websocket(socket);
    sim.settle();
    return socket;
  }
};

}  // namespace tinysync::server
