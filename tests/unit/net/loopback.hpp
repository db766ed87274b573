#pragma once
// A real server and real clients on this machine, and answers one can wait for.

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>

#include "platform/clock/clock.hpp"
#include "platform/crypto/authority.hpp"
#include "platform/net/https_server.hpp"
#include "platform/net/https_transport.hpp"

namespace tinysync::net {

using namespace std::chrono_literals;

/// One value that another thread will bring; fails the test if it does not within ten seconds.
template <class T>
class awaited {
 public:
  void set(T value) {
    std::lock_guard lock(s_->m);
    s_->value.emplace(std::move(value));
    s_->arrived.notify_all();
  }
  T get() {
    std::unique_lock lock(s_->m);
    if (!s_->arrived.wait_for(lock, 10s, [this] { return s_->value.has_value(); }))
      throw std::runtime_error("nothing came within ten seconds");
    return std::move(*s_->value);
  }

 private:
  struct shared {
    std::mutex m;
    std::condition_variable arrived;
    std::optional<T> value;
  };
  std::shared_ptr<shared> s_ = std::make_shared<shared>();
};

/// Waits, at most ten seconds, for something other threads bring about.
inline bool eventually(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

inline const crypto::authority& the_authority() {
  static const auto ca =
      crypto::authority::create(
          "test", std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()))
          .value();
  return ca;
}

inline crypto::server_certificate certificate_for(const crypto::server_names& names) {
  return the_authority()
      .issue(names, std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()))
      .value();
}

struct loopback : testing::Test {
  io_threads io{2};
  std::unique_ptr<https_server> server;

  void serve(http_handler handler, https_server_options options = {}) {
    auto cert = certificate_for({{"localhost"}, {"127.0.0.1"}});
    options.certificate_pem = cert.chain_pem;
    options.key_pem = cert.key_pem;
    server = https_server::start(io, options, std::move(handler)).value();
  }

  std::string url(std::string_view host = "127.0.0.1") const {
    return "https://" + std::string(host) + ':' + std::to_string(server->port());
  }

  std::unique_ptr<https_transport> client(https_transport_options options = {}) {
    if (options.url.empty()) options.url = url();
    if (options.pin == crypto::digest{}) options.pin = the_authority().fingerprint();
    return https_transport::create(io, options).value();
  }

  static result<http_response> ask(transport& t, cloud_request r) {
    awaited<result<http_response>> answer;
    t.exchange(std::move(r),
               [answer](result<http_response> a) mutable { answer.set(std::move(a)); });
    return answer.get();
  }

  static result<std::shared_ptr<websocket>> open(transport& t, std::string target) {
    awaited<result<std::shared_ptr<websocket>>> answer;
    t.open_websocket(std::move(target), {}, [answer](auto r) mutable { answer.set(std::move(r)); });
    return answer.get();
  }
};

}  // namespace tinysync::net
