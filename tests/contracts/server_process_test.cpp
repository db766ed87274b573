// The real program, once: register, make a vault, change it, read it back over TLS, end in order.

#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <future>
#include <thread>

#include "platform/net/https_transport.hpp"
#include "platform/net/ipc.hpp"
#include "platform/places/files.hpp"
#include "proto/codec/messages.hpp"
#include "proto/vocabulary/invite.hpp"
#include "tests/unit/platform/temporary_folder.hpp"
#include "tests/unit/server/store_fixture.hpp"

extern char** environ;

namespace tinysync::server {
namespace {

using namespace std::chrono_literals;

const std::string program = std::string(TINYSYNC_BIN_DIR) + "/tinysync-server";

struct running_server {
  temporary_folder folder;
  pid_t pid = 0;

  std::string data() const { return folder / "data"; }
  std::string ready() const { return folder / "ready"; }

  void start() {
    std::vector<std::string> words{program,       "serve",       "--data",       data(),
                                   "--listen",    "127.0.0.1:0", "--ready-file", ready(),
                                   "--log-level", "error"};
    std::vector<char*> argv;
    for (auto& w : words) argv.push_back(w.data());
    argv.push_back(nullptr);
    ASSERT_EQ(::posix_spawn(&pid, program.c_str(), nullptr, nullptr, argv.data(), environ), 0);
    auto until = std::chrono::steady_clock::now() + 20s;
    while (!std::filesystem::exists(ready()) && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
    ASSERT_TRUE(std::filesystem::exists(ready()));
  }
  /// The exit status after SIGTERM.
  int stop() {
    if (pid == 0) return -1;
    ::kill(pid, SIGTERM);
    int status = 0;
    ::waitpid(std::exchange(pid, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -status;
  }
  ~running_server() {
    if (pid == 0) return;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  std::string run(const std::string& arguments) {
    std::unique_ptr<FILE, int (*)(FILE*)> out(::popen((program + " " + arguments).c_str(), "r"),
                                              ::pclose);
    std::string text;
    std::array<char, 512> part;
    while (out && std::fgets(part.data(), part.size(), out.get())) text += part.data();
    return text;
  }
};

struct device_link {
  net::io_threads io{1};
  std::unique_ptr<net::https_transport> transport;
  std::string token;

  explicit device_link(const invite& i) {
    transport = net::https_transport::create(io, {.url = i.url, .pin = i.pin.bytes}).value();
  }
  ~device_link() {
    io.stop();
    transport.reset();
  }
  net::http_response call(const std::string& method, const std::string& target,
                          std::string body = {}) {
    auto got = std::make_shared<std::promise<result<net::http_response>>>();
    net::cloud_request r;
    r.method = method;
    r.target = target;
    r.body = std::move(body);
    if (!token.empty()) r.headers.emplace_back("authorization", "Bearer " + token);
    transport->exchange(std::move(r),
                        [got](result<net::http_response> a) { got->set_value(std::move(a)); });
    auto a = got->get_future().get();
    EXPECT_TRUE(a) << (a ? "" : to_string(a.error()));
    return a.value_or(net::http_response{});
  }
};

TEST(server_process, a_device_joins_changes_a_vault_and_finds_it_again_after_a_restart) {
  running_server server;
  server.start();
  auto line = server.run("invite --data " + server.data());
  auto i = parse_invite(line);
  ASSERT_TRUE(i) << line;
  std::string secret;
  vault_id vault;
  mutation m;
  {
    device_link device(*i);
    auto joined = codec::decode_registered(
        device.call("POST", "/v1/devices", codec::encode(codec::register_device{i->code, "laptop"}))
            .body);
    ASSERT_TRUE(joined);
    secret = joined->secret;
    device.token = codec::decode_access_token(
                       device.call("POST", "/v1/token", codec::encode(codec::token_request{secret, {}})).body)
                       ->token;
    vault =
        codec::decode_vault(device.call("POST", "/v1/vaults", codec::encode_vault_name("v")).body)
            ->id;
    codec::mutation_request r;
    m.op = id<op_id>(1);
    m.item = it(1);
    m.change = create_file{{root_item, "a"}, text("hello"), {}};
    m.inline_content = "hello";
    r.mutations = {m};
    auto a = codec::decode_mutation_answer(
        device.call("POST", "/v1/vaults/" + to_string(vault) + "/mutations", codec::encode(r))
            .body);
    ASSERT_TRUE(a);
    EXPECT_EQ(name_of(a->outcomes.at(0).kind), "applied");
  }
  EXPECT_EQ(server.stop(), 0);
  EXPECT_FALSE(std::filesystem::exists(server.ready()));

  server.start();
  auto second = parse_invite(server.run("invite --data " + server.data() + " --role reader"));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->pin, i->pin);
  device_link device(*second);
  device.token = codec::decode_access_token(
                     device.call("POST", "/v1/token", codec::encode(codec::token_request{secret, {}})).body)
                     ->token;
  auto base = "/v1/vaults/" + to_string(vault);
  auto page = codec::decode_log_page(device.call("GET", base + "/log").body);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->entries.size(), 1u);
  EXPECT_EQ(device.call("GET", base + "/blobs/" + blob_hash_of("hello").hex()).body, "hello");

  auto inspector = net::ipc_client::connect(server.data() + "/inspect.sock", 2s);
  ASSERT_TRUE(inspector) << to_string(inspector.error());
  ASSERT_TRUE(
      inspector->send(R"({"id":7,"actor":"/server/inspector","type":"AskTree","json":"{}"})"));
  auto tree = inspector->receive(5s);
  ASSERT_TRUE(tree);
  EXPECT_NE(tree->find("metadata_store"), tree->npos);
  EXPECT_EQ(server.stop(), 0);
}

TEST(server_process, refuses_a_folder_in_use_and_engines_not_built) {
  running_server server;
  server.start();
  auto said =
      server.run("serve --data " + server.data() + " --listen 127.0.0.1:0 2>&1; echo rc=$?");
  EXPECT_NE(said.find("another server runs on this folder"), said.npos) << said;
  EXPECT_NE(said.find("rc=5"), said.npos) << said;
  said = server.run("serve --data " + (server.folder / "x") +
                    " --store postgres://h/d 2>&1; echo rc=$?");
  EXPECT_NE(said.find("not built yet"), said.npos) << said;
  EXPECT_FALSE(std::filesystem::exists(server.folder / "x"));
  said =
      server.run("serve --listen nonsense --data " + (server.folder / "x") + " 2>&1; echo rc=$?");
  EXPECT_NE(said.find("rc=2"), said.npos) << said;
  EXPECT_EQ(server.run("version"), "0.1.0\n");
  auto json = server.run("invite --data " + server.data() + " --json");
  EXPECT_TRUE(json.starts_with("{\"invite\": \"https://127.0.0.1:")) << json;
  auto mode = std::filesystem::status(server.data()).permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_all);
  for (const auto& e : std::filesystem::directory_iterator(server.data()))
    EXPECT_EQ(e.status().permissions() &
                  (std::filesystem::perms::group_all | std::filesystem::perms::others_all),
              std::filesystem::perms::none)
        << e.path();
}

}  // namespace
}  // namespace tinysync::server
