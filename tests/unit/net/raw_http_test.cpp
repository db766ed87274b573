// What a strict server does with requests no honest client sends: bytes by hand over TLS.
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/net/loopback.hpp"

namespace tinysync::net {
namespace {

// A blocking TLS client that believes everybody.
class raw_client {
 public:
  explicit raw_client(std::uint16_t port) {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    a.sin_port = htons(port);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&a), sizeof a), 0);
    context_ = SSL_CTX_new(TLS_client_method());
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd_);
    EXPECT_EQ(SSL_connect(ssl_), 1);
  }
  ~raw_client() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(fd_);
  }
  void send(std::string_view bytes) {
    EXPECT_GT(SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())), 0);
  }
  // Everything up to the end of the connection.
  std::string receive_all() {
    std::string all;
    char buffer[4096];
    for (int n; (n = SSL_read(ssl_, buffer, sizeof buffer)) > 0;) all.append(buffer, n);
    return all;
  }
  std::string receive_some() {
    char buffer[4096];
    int n = SSL_read(ssl_, buffer, sizeof buffer);
    return n > 0 ? std::string(buffer, n) : "";
  }

 private:
  int fd_;
  SSL_CTX* context_;
  SSL* ssl_;
};

struct raw_http : loopback {
  std::atomic<int> handled{0};
  void SetUp() override {
    serve([this](http_request r, responder answer) {
      ++handled;
      answer({.headers = {{"x-evil", "a\r\nx-injected: b"}}, .body = r.body});
    });
  }
  std::string talk(std::string_view bytes) {
    raw_client c(server->port());
    c.send(bytes);
    return c.receive_all();
  }
};

TEST_F(raw_http, requests_that_two_parsers_could_read_differently_are_400) {
  for (std::string_view bad : {
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
           "chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
           "3\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3x\r\n\r\nabc",
           "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
           "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /%2f HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
           "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
           "nonsense\r\n\r\n",
       })
    EXPECT_EQ(talk(bad).rfind("HTTP/1.1 400", 0), 0u) << bad;
  EXPECT_EQ(handled, 0);
}

TEST_F(raw_http, a_handler_cannot_be_made_to_inject_headers) {
  auto answer = talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answer.rfind("HTTP/1.1 200", 0), 0u);
  EXPECT_EQ(answer.find("\r\nx-injected"), std::string::npos) << answer;
}

TEST_F(raw_http, pipelined_requests_are_answered_one_after_the_other) {
  auto answers = talk(
      "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
      "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nConnection: close\r\n\r\ntwo");
  auto first = answers.find("one"), second = answers.find("two");
  EXPECT_NE(first, std::string::npos);
  EXPECT_NE(second, std::string::npos);
  EXPECT_LT(first, second);
}

TEST_F(raw_http, a_client_that_asks_whether_to_go_on_is_told_to) {
  raw_client c(server->port());
  c.send(
      "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: "
      "close\r\n\r\n");
  EXPECT_EQ(c.receive_some(), "HTTP/1.1 100 Continue\r\n\r\n");
  c.send("abc");
  auto rest = c.receive_all();
  EXPECT_EQ(rest.rfind("HTTP/1.1 200", 0), 0u) << rest;
  EXPECT_NE(rest.find("abc"), std::string::npos);
}

TEST_F(raw_http, chunked_bodies_are_taken_and_bounded) {
  auto answer = talk(
      "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_NE(answer.find("abcde"), std::string::npos);
}

TEST(http_values, a_target_is_split_decoded_and_bounded) {
  auto r = request_for("GET", "/v1/a%20b?x=1&y=%26&x=2&flag").value();
  EXPECT_EQ(r.path, "/v1/a b");
  EXPECT_EQ(r.query.at("x"), "2");
  EXPECT_EQ(r.query.at("y"), "&");
  EXPECT_EQ(r.query.at("flag"), "");
  for (std::string_view bad : {std::string_view(""), std::string_view("x"), std::string_view("/%"),
                               std::string_view("/%4"), std::string_view("/?a=%x1")})
    EXPECT_FALSE(request_for("GET", bad)) << bad;
  EXPECT_FALSE(request_for("GET", '/' + std::string(9000, 'x')));
  std::string many = "/?";
  for (int i = 0; i < 100; ++i) many += 'a' + std::to_string(i) + '&';
  EXPECT_FALSE(request_for("GET", many));
  EXPECT_EQ(percent_encode("a/b \xff~"), "a%2Fb%20%FF~");
  EXPECT_EQ(percent_decode("a%2Fb%20%FF~").value(), "a/b \xff~");
}

}  // namespace
}  // namespace tinysync::net
