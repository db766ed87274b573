// Server and transport over real TLS on this machine.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "tests/unit/net/loopback.hpp"

namespace tinysync::net {
namespace {

struct https : loopback {
  // Answers with what it got.
  void serve_echo(https_server_options options = {}) {
    serve(
        [](http_request r, responder answer) {
          http_response out;
          out.headers = {{"x-method", r.method},
                         {"x-path", r.path},
                         {"x-query", r.query["q"]},
                         {"x-header", std::string(r.header("x-sent"))}};
          out.body = std::move(r.body);
          answer(std::move(out));
        },
        options);
  }
};

TEST_F(https, a_request_arrives_as_sent_and_so_does_the_answer) {
  serve_echo();
  auto c = client();
  auto r = ask(*c, {.method = "PUT",
                    .target = "/a%20b?q=%C3%BC",
                    .headers = {{"X-Sent", "yes"}},
                    .body = std::string("body\0x", 6)})
               .value();
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.header("x-method"), "PUT");
  EXPECT_EQ(r.header("x-path"), "/a b");
  EXPECT_EQ(r.header("x-query"), "\xC3\xBC");
  EXPECT_EQ(r.header("x-header"), "yes");
  EXPECT_EQ(r.body, std::string("body\0x", 6));
}

TEST_F(https, one_connection_is_kept_for_many_requests) {
  serve_echo();
  auto c = client();
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(ask(*c, {.target = "/"}));
  EXPECT_EQ(c->connections_made(), 1u);
  EXPECT_EQ(server->connections(), 1u);
}

TEST_F(https, statuses_are_answers_and_a_dropped_responder_is_500) {
  serve([](http_request r, responder answer) {
    if (r.path == "/gone") return;
    answer({.status = r.path == "/empty" ? 204 : 404, .body = r.path == "/empty" ? "" : "no"});
    answer({.status = 200});  // too late
  });
  auto c = client();
  EXPECT_EQ(ask(*c, {.target = "/x"}).value().status, 404);
  EXPECT_EQ(ask(*c, {.target = "/empty"}).value().status, 204);
  EXPECT_EQ(ask(*c, {.target = "/gone"}).value().status, 500);
  EXPECT_EQ(c->connections_made(), 1u);
}

TEST_F(https, a_head_request_gets_the_size_without_the_bytes) {
  serve([](http_request, responder answer) { answer({.body = "12345"}); });
  auto c = client();
  auto r = ask(*c, {.method = "HEAD", .target = "/"}).value();
  EXPECT_EQ(r.header("content-length"), "5");
  EXPECT_EQ(r.body, "");
  EXPECT_EQ(ask(*c, {.target = "/"}).value().body, "12345");
}

TEST_F(https, large_bodies_travel_both_ways) {
  serve([](http_request r, responder answer) {
    http_response out;
    out.shared_body = std::make_shared<const std::string>(std::move(r.body));
    answer(std::move(out));
  });
  auto c = client();
  const std::string big(20u << 20, 'x');
  EXPECT_EQ(ask(*c, {.method = "PUT", .target = "/", .body = big, .lane = lane::bulk}).value().body,
            big);
}

TEST_F(https, bodies_and_headers_over_their_limits_are_refused_with_a_status) {
  serve_echo({.body_limit = 1000, .header_limit = 2000});
  auto c = client();
  EXPECT_EQ(
      ask(*c, {.method = "PUT", .target = "/", .body = std::string(1001, 'x')}).value().status,
      413);
  EXPECT_EQ(
      ask(*c, {.method = "PUT", .target = "/", .body = std::string(8u << 20, 'x')}).value().status,
      413);
  EXPECT_EQ(ask(*c, {.target = "/", .headers = {{"x", std::string(3000, 'y')}}}).value().status,
            431);
  EXPECT_EQ(
      ask(*c, {.method = "PUT", .target = "/", .body = std::string(1000, 'x')}).value().status,
      200);
}

TEST_F(https, an_answer_over_the_clients_limit_is_too_large) {
  serve([](http_request, responder answer) { answer({.body = std::string(2000, 'x')}); });
  auto c = client({.response_limit = 1000});
  EXPECT_EQ(ask(*c, {.target = "/"}).error().code, errc::too_large);
}

TEST_F(https, only_the_pinned_authority_is_believed) {
  serve_echo();
  auto other = crypto::authority::create("other", 1'770'000'000).value();
  auto c = client({.pin = other.fingerprint()});
  EXPECT_EQ(ask(*c, {.target = "/"}).error().code, errc::pin_mismatch);
  auto leaf = crypto::fingerprint_of(certificate_for({{"localhost"}, {}}).chain_pem).value();
  auto by_leaf = client({.pin = leaf});
  EXPECT_EQ(ask(*by_leaf, {.target = "/"}).error().code, errc::pin_mismatch);
}

TEST_F(https, a_certificate_signed_by_another_key_is_refused_though_the_pinned_ca_is_sent_along) {
  auto impostor = crypto::authority::create("test", 1'770'000'000).value();
  auto forged = impostor.issue({{}, {"127.0.0.1"}}, 1'770'000'000).value();
  auto leaf =
      forged.chain_pem.substr(0, forged.chain_pem.size() - impostor.certificate_pem().size());
  https_server_options o;
  o.certificate_pem = leaf + the_authority().certificate_pem();
  o.key_pem = forged.key_pem;
  server = https_server::start(io, o, [](http_request, responder a) { a({}); }).value();
  auto c = client();
  EXPECT_EQ(ask(*c, {.target = "/"}).error().code, errc::pin_mismatch);
}

TEST_F(https, the_host_must_be_named_and_the_certificate_valid_today) {
  https_server_options o;
  auto elsewhere = certificate_for({{"example.org"}, {}});
  o.certificate_pem = elsewhere.chain_pem;
  o.key_pem = elsewhere.key_pem;
  server = https_server::start(io, o, [](http_request, responder a) { a({}); }).value();
  auto c = client();
  EXPECT_EQ(ask(*c, {.target = "/"}).error().code, errc::pin_mismatch);
  auto expired = the_authority().issue({{"localhost"}, {"127.0.0.1"}}, 1'000'000'000).value();
  EXPECT_TRUE(server->reload_certificate(expired.chain_pem, expired.key_pem));
  EXPECT_EQ(ask(*c, {.target = "/"}).error().code, errc::pin_mismatch);
  auto good = certificate_for({{"localhost"}, {"127.0.0.1"}});
  EXPECT_EQ(server->reload_certificate(good.chain_pem, expired.key_pem).error().code,
            errc::invalid_argument);
  EXPECT_TRUE(server->reload_certificate(good.chain_pem, good.key_pem));
  EXPECT_TRUE(ask(*c, {.target = "/"}));
  auto by_name = client({.url = url("localhost")});
  EXPECT_TRUE(ask(*by_name, {.target = "/"}));
}

TEST_F(https, nobody_there_is_offline) {
  serve_echo();
  const auto where = url();
  server.reset();
  auto c = client({.url = where});
  EXPECT_EQ(ask(*c, {.target = "/"}).error().code, errc::offline);
  auto nowhere = client({.url = "https://no-such-host.invalid"});
  EXPECT_EQ(ask(*nowhere, {.target = "/"}).error().code, errc::offline);
}

TEST_F(https, no_answer_in_time_is_timeout_and_the_next_request_has_its_turn) {
  awaited<responder> kept;
  serve([kept](http_request r, responder answer) mutable {
    if (r.path == "/slow")
      kept.set(answer);
    else
      answer({});
  });
  auto c = client();
  EXPECT_EQ(ask(*c, {.target = "/slow", .timeout = 100ms}).error().code, errc::timeout);
  EXPECT_TRUE(ask(*c, {.target = "/"}));
  kept.get().send({});
}

TEST_F(https, a_small_request_never_waits_behind_bulk) {
  std::mutex m;
  std::vector<responder> held;
  serve([&](http_request r, responder answer) {
    std::lock_guard lock(m);
    if (r.path == "/bulk")
      held.push_back(answer);
    else
      answer({});
  });
  auto c = client();
  std::atomic<int> done{0};
  for (int i = 0; i < 10; ++i)
    c->exchange({.target = "/bulk", .lane = lane::bulk}, [&](auto) { ++done; });
  EXPECT_TRUE(ask(*c, {.target = "/", .lane = lane::small}));
  EXPECT_TRUE(ask(*c, {.target = "/", .lane = lane::metadata}));
  EXPECT_EQ(done, 0);
  EXPECT_LE(c->connections_made(), 4u);
  EXPECT_TRUE(eventually([&] {
    std::lock_guard lock(m);
    for (auto& r : held) r.send({});
    return done == 10;
  }));
  std::lock_guard lock(m);
  EXPECT_EQ(held.size(), 10u);
}

TEST_F(https, a_kept_connection_that_died_is_replaced_without_anybody_noticing) {
  serve_echo({.idle_timeout = 1s});
  auto c = client();
  EXPECT_TRUE(ask(*c, {.target = "/"}));
  EXPECT_TRUE(eventually([&] { return server->connections() == 0; }));
  EXPECT_TRUE(ask(*c, {.target = "/"}));
  EXPECT_EQ(c->connections_made(), 2u);
}

TEST_F(https, four_threads_share_one_transport) {
  serve_echo();
  auto c = client({.metadata_connections = 2, .small_connections = 2});
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        auto body = std::to_string(t) + ':' + std::to_string(i);
        auto r = ask(
            *c, {.method = "PUT", .target = "/", .body = body, .lane = static_cast<lane>(t % 3)});
        good += r && r->body == body;
      }
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(good, 200);
}

TEST_F(https, everything_under_way_is_cancelled_with_its_transport) {
  std::mutex m;
  std::vector<responder> held;
  serve([&](http_request, responder answer) {
    std::lock_guard lock(m);
    held.push_back(answer);
  });
  auto c = client();
  std::atomic<int> cancelled{0};
  for (int i = 0; i < 5; ++i)
    c->exchange({.target = "/"}, [&](result<http_response> r) {
      cancelled += !r && r.error().code == errc::cancelled;
    });
  EXPECT_TRUE(eventually([&] {
    std::lock_guard lock(m);
    return !held.empty();
  }));
  c.reset();
  EXPECT_TRUE(eventually([&] { return cancelled == 5; }));
  std::lock_guard lock(m);
  held.clear();
}

TEST_F(https, a_graceful_stop_lets_requests_finish_and_takes_no_more) {
  awaited<responder> kept;
  serve([kept](http_request r, responder answer) mutable {
    if (r.path == "/slow")
      kept.set(answer);
    else
      answer({});
  });
  auto c = client();
  awaited<result<http_response>> answer;
  c->exchange({.target = "/slow"}, [answer](auto r) mutable { answer.set(std::move(r)); });
  auto r = kept.get();
  std::jthread stopping([&] { server->stop(10s); });
  EXPECT_TRUE(eventually([&] {
    auto late = ask(*client(), {.target = "/"});
    return !late && late.error().code == errc::offline;
  }));
  r.send({.body = "late but whole"});
  EXPECT_EQ(answer.get().value().body, "late but whole");
  stopping.join();
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(https, a_stop_cuts_at_its_deadline) {
  awaited<responder> kept;
  serve([kept](http_request, responder answer) mutable { kept.set(answer); });
  auto c = client();
  awaited<result<http_response>> answer;
  c->exchange({.target = "/"}, [answer](auto r) mutable { answer.set(std::move(r)); });
  auto r = kept.get();
  server->stop(50ms);
  EXPECT_EQ(answer.get().error().code, errc::offline);
  r.send({});  // harmless
}

TEST_F(https, the_end_of_the_loop_ends_everything) {
  awaited<responder> kept;
  serve([kept](http_request, responder answer) mutable { kept.set(answer); });
  auto c = client();
  awaited<result<http_response>> answer;
  c->exchange({.target = "/"}, [answer](auto r) mutable { answer.set(std::move(r)); });
  auto r = kept.get();
  io.stop();
  EXPECT_FALSE(answer.get());
}

TEST_F(https, a_taken_port_is_busy_and_bad_pem_is_an_invalid_argument) {
  serve_echo();
  auto cert = certificate_for({{"localhost"}, {}});
  auto handler = [](http_request, responder a) { a({}); };
  https_server_options o{
      .port = server->port(), .certificate_pem = cert.chain_pem, .key_pem = cert.key_pem};
  EXPECT_EQ(https_server::start(io, o, handler).error().code, errc::busy);
  o.key_pem = "nonsense";
  EXPECT_EQ(https_server::start(io, o, handler).error().code, errc::invalid_argument);
}

TEST_F(https, too_many_connections_are_closed_at_once) {
  serve_echo({.max_connections = 1});
  auto a = client(), b = client();
  EXPECT_TRUE(ask(*a, {.target = "/"}));
  EXPECT_EQ(ask(*b, {.target = "/"}).error().code, errc::offline);
}

// A TCP peer that says one thing, whatever it is asked.
class rude_server {
 public:
  explicit rude_server(std::string answer) : answer_(std::move(answer)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t n = sizeof a;
    ::bind(fd_, reinterpret_cast<sockaddr*>(&a), n);
    ::listen(fd_, 8);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&a), &n);
    port_ = ntohs(a.sin_port);
    thread_ = std::thread([this] {
      for (int c; (c = ::accept(fd_, nullptr, nullptr)) >= 0; ::close(c)) {
        char buffer[4096];
        if (::recv(c, buffer, sizeof buffer, 0) > 0 && !answer_.empty())
          std::ignore = ::send(c, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      }
    });
  }
  ~rude_server() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(port_); }

 private:
  std::string answer_;
  int fd_;
  int port_;
  std::thread thread_;
};

TEST_F(https, what_does_not_speak_tls_is_not_tinysync_and_what_hangs_up_is_offline) {
  rude_server plain("HTTP/1.1 400 Bad Request\r\n\r\n"), mute("");
  auto a = client({.url = plain.url()}), b = client({.url = mute.url()});
  EXPECT_EQ(ask(*a, {.target = "/"}).error().code, errc::not_tinysync);
  EXPECT_EQ(ask(*b, {.target = "/"}).error().code, errc::offline);
}

TEST(https_url, is_scheme_host_and_port) {
  EXPECT_EQ(parse_https_url("https://a.example").value().port, 443);
  EXPECT_EQ(parse_https_url("https://a.example:8443/").value().host, "a.example");
  EXPECT_EQ(parse_https_url("https://[::1]:1").value().host, "::1");
  for (auto bad : {"", "http://a", "https://", "https://a/b", "https://a:0", "https://a:70000",
                   "https://a:", "https://u@a", "https://[::1", "https://a b", "https://a:1x"})
    EXPECT_EQ(parse_https_url(bad).error().code, errc::invalid_argument) << bad;
}

}  // namespace
}  // namespace tinysync::net
