#include "server/server_host.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <future>
#include <thread>

#include "actors/faces/server.hpp"
#include "actors/gateway.hpp"
#include "actors/system.hpp"
#include "platform/fs/real_disk.hpp"
#include "platform/log/log.hpp"
#include "platform/net/https_server.hpp"
#include "platform/net/https_transport.hpp"
#include "platform/net/ipc.hpp"
#include "platform/net/signals.hpp"
#include "platform/places/files.hpp"
#include "server/tree.hpp"

namespace tinysync::server {
namespace {

using namespace std::chrono_literals;

// CLI.md: gone 15 s after SIGTERM.
constexpr auto connections_end_within = 4s;
constexpr auto actors_end_within = 9s;
constexpr auto starts_within = 60s;
constexpr auto certificate_checked_every = 12h;

bool any_address(const std::string& host) { return host == "0.0.0.0" || host == "::"; }
bool is_address(const std::string& host) {
  return host.find(':') != std::string::npos ||
         host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string machine_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 && name[0] ? name : "localhost";
}

std::string url_of(const std::string& host, std::uint16_t port) {
  auto shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return "https://" + shown + ":" + std::to_string(port);
}

crypto::server_names names_for(const serve_config& config, const std::string& listen_host) {
  std::vector<std::string> hosts{"localhost", "127.0.0.1"};
  if (any_address(listen_host)) {
    hosts.push_back(machine_name());
  } else {
    hosts.push_back(listen_host);
  }
  if (auto url = net::parse_https_url(config.public_url)) hosts.push_back(url->host);
  crypto::server_names out;
  for (const auto& h : hosts) {
    auto& list = is_address(h) ? out.ips : out.dns;
    if (std::find(list.begin(), list.end(), h) == list.end()) list.push_back(h);
  }
  return out;
}

std::int64_t now_s() { return clock::system_clock_door().wall_now_ns() / 1'000'000'000; }

}  // namespace

struct server_host::parts {
  installation where;
  serve_config config;
  host_port at;
  crypto::server_names names;
  // Declared before the actors: it must outlive whatever they hold of it.
  std::unique_ptr<net::io_threads> io;
  std::unique_ptr<actors::system> system;
  std::unique_ptr<net::https_server> https;
  std::atomic<bool> failed{false};
  error why;
};

server_host::server_host(installation where, serve_config config)
    : parts_(new parts{std::move(where), std::move(config), {}, {}, {}, {}, {}, {}, {}}) {}

server_host::~server_host() { stop(); }

namespace {

result<std::shared_ptr<void>> serve_socket(net::io_threads& io, const std::string& path,
                                           server_doors::frame_handler handler) {
  auto listener =
      net::ipc_listener::start(io, path, [handler](std::shared_ptr<net::ipc_connection> c) {
        std::weak_ptr<net::ipc_connection> weak = c;
        c->listen(
            [handler, weak](std::string frame) {
              handler(std::move(frame), [weak](std::string reply) {
                if (auto open = weak.lock()) open->send(std::move(reply));
              });
            },
            [](const error&) {});
      });
  if (!listener) return failure(listener.error());
  return std::shared_ptr<void>(std::shared_ptr<net::ipc_listener>(std::move(*listener)));
}

result<server_doors> real_doors(const installation& where, const serve_config& config,
                                net::io_threads& io) {
  server_doors d;
  d.config = config.limits;
  d.clock = &clock::system_clock_door();
  d.random = &crypto::system_randomness();
  auto folder = where.file("blobs");
  if (auto ok = places::make_private_folder(folder); !ok) return failure(ok.error());
  auto disk = fs::real_disk::open(folder);
  if (!disk) return failure(disk.error());
  d.blobs = std::shared_ptr<fs::disk>(std::move(*disk));
  d.open_database = [where, limits = config.limits] { return where.open_database(limits); };
  d.serve_ipc = [&io, path = where.file("inspect.sock")](server_doors::frame_handler handler) {
    return serve_socket(io, path, std::move(handler));
  };
  return d;
}

/// Until the last child of the tree answers.
result<void> wait_until_started(actors::system& system, const std::atomic<bool>& failed) {
  auto started = std::make_shared<std::promise<bool>>();
  actors::gateway door([](std::function<void()> f) { f(); });
  door.ask(system.directory().find<server_faces::http_front>("/server/http_front"),
           server_faces::pb::AskTraffic{}, starts_within,
           [started](result<server_faces::pb::Traffic> t) { started->set_value(t.has_value()); });
  auto up = started->get_future().get();
  door.close();
  if (up && !failed) return {};
  return failure(errc::unavailable, "the server did not start");
}

}  // namespace

result<std::string> server_host::start() {
  auto& p = *parts_;
  auto at = parse_listen(p.config.listen);
  if (!at) return failure(at.error());
  p.at = *at;
  p.names = names_for(p.config, p.at.host);
  auto certificate = p.where.certificate(p.names, now_s());
  if (!certificate) return failure(certificate.error());
  // Opened once before the actors do: what is wrong with it is said plainly.
  if (auto database = p.where.open_database(p.config.limits); !database)
    return failure(database.error());
  p.io = std::make_unique<net::io_threads>(
      static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, 8u)));
  auto doors = real_doors(p.where, p.config, *p.io);
  if (!doors) return failure(doors.error());
  actors::system_options options;
  options.seed = crypto::system_randomness().next_u64();
  options.on_root_failure = [&p](const error& e) {
    p.why = e;
    p.failed = true;
    ::kill(::getpid(), SIGTERM);  // wakes wait()
  };
  p.system = std::make_unique<actors::system>(std::move(options));
  p.system->start(server_tree(*doors));
  if (auto up = wait_until_started(*p.system, p.failed); !up)
    return failure(p.failed ? p.why : up.error());
  net::https_server_options https;
  https.host = p.at.host;
  https.port = p.at.port;
  https.certificate_pem = certificate->chain_pem;
  https.key_pem = certificate->key_pem;
  auto serving = net::https_server::start(*p.io, std::move(https), http_handler_for(doors->front));
  if (!serving) return failure(serving.error());
  p.https = std::move(*serving);
  auto host = any_address(p.at.host) ? machine_name() : p.at.host;
  auto url = p.config.public_url.empty() ? url_of(host, p.https->port()) : p.config.public_url;
  while (url.ends_with('/')) url.pop_back();
  if (auto kept = p.where.keep_public_url(url); !kept) return failure(kept.error());
  return url;
}

std::optional<error> server_host::wait() {
  auto& p = *parts_;
  while (!net::wait_for_signal(certificate_checked_every)) {
    auto certificate = p.where.certificate(p.names, now_s());
    if (certificate)
      if (auto loaded = p.https->reload_certificate(certificate->chain_pem, certificate->key_pem);
          loaded)
        continue;
    log::error("certificate.not_renewed");
  }
  return p.failed ? std::optional(p.why) : std::nullopt;
}

bool server_host::stop() {
  auto& p = *parts_;
  if (!p.io) return true;
  if (p.https) p.https->stop(connections_end_within);
  bool stopped = !p.system || p.system->stop(actors_end_within);
  p.io->stop();
  p.https.reset();
  p.system.reset();
  p.io.reset();
  return stopped;
}

}  // namespace tinysync::server
