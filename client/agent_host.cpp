#include "client/agent_host.hpp"

#include <unistd.h>

#include <atomic>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "actors/system.hpp"
#include "client/actors/settings.hpp"
#include "client/folder/layout.hpp"
#include "client/tree.hpp"
#include "platform/clock/resume.hpp"
#include "platform/fs/real_disk.hpp"
#include "platform/net/https_transport.hpp"
#include "platform/net/io_threads.hpp"
#include "platform/net/ipc.hpp"
#include "platform/net/signals.hpp"
#include "platform/places/files.hpp"
#include "platform/watch/real_watcher.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr std::uint64_t largest_setting = 4u << 20;
constexpr auto stops_within = 13s;  // CLI.md: gone 15 s after SIGTERM

file_cabinet cabinet_in(const std::string& folder) {
  return {[folder](const std::string& name) { return places::read_file(folder + "/" + name, largest_setting); },
          [folder](const std::string& name, const std::string& bytes) {
            return places::write_file_durably(folder + "/" + name, bytes);
          },
          [folder](const std::string& name) { return places::remove_file(folder + "/" + name); }};
}

/// A watcher with the disk it watches.
class watched_root final : public watch::watcher {
 public:
  static result<std::unique_ptr<watch::watcher>> open(const std::string& root,
                                                      watch::event_callback seen) {
    auto disk = fs::real_disk::open(root);
    if (!disk) return failure(disk.error());
    auto inner = watch::watch_disk(**disk, std::move(seen));
    if (!inner) return failure(inner.error());
    return std::unique_ptr<watch::watcher>(new watched_root(std::move(*disk), std::move(*inner)));
  }
  result<bool> add(std::string_view folder) override { return inner_->add(folder); }
  void remove(std::string_view folder) override { inner_->remove(folder); }
  std::size_t watched() const override { return inner_->watched(); }

 private:
  watched_root(std::unique_ptr<fs::real_disk> disk, std::unique_ptr<watch::watcher> inner)
      : disk_(std::move(disk)), inner_(std::move(inner)) {}
  std::unique_ptr<fs::real_disk> disk_;
  std::unique_ptr<watch::watcher> inner_;
};

/// What attaching must keep away from, as the file system knows it.
std::vector<std::string> own_folders_of(const places::home& home) {
  std::vector<std::string> out;
  for (const auto& dir : {home.config_dir, home.state_dir, home.log_dir,
                          std::filesystem::path(home.socket_path).parent_path().string()}) {
    std::error_code why;
    auto real = std::filesystem::canonical(dir, why);
    out.push_back(why ? dir : real.string());
  }
  return out;
}

/// Another agent's root above is known by its marker only.
result<void> below_no_root(const std::string& path) {
  for (std::filesystem::path at = path; at.has_relative_path();) {
    at = at.parent_path();
    std::error_code why;
    if (std::filesystem::exists(at / folder::marker_path, why))
      return failure(errc::root_in_use, path + " is inside " + at.string() +
                                            ", a root that another agent attached; choose another folder");
  }
  return {};
}

result<places::made_folder> make_root(const std::string& wanted, const places::folder_check& allowed) {
  return places::make_folder(wanted, [&](const std::string& path) {
    auto ok = allowed(path);
    return ok ? below_no_root(path) : ok;
  });
}

}  // namespace

struct agent_host::parts {
  places::home home;
  agent_config config;
  // Declared before the actors: it must outlive whatever they hold of it.
  std::unique_ptr<net::io_threads> io;
  std::unique_ptr<actors::system> system;
  std::atomic<bool> failed{false};
  error failure_;
};

agent_host::agent_host(places::home home, agent_config config) : parts_(std::make_unique<parts>()) {
  parts_->home = std::move(home);
  parts_->config = config;
}

agent_host::~agent_host() { stop(); }

namespace {

result<std::shared_ptr<void>> serve_socket(net::io_threads& io, const std::string& path,
                                           agent_doors::frame_handler handler) {
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

agent_doors real_doors(const places::home& home, const agent_config& config, net::io_threads& io) {
  agent_doors d;
  d.config = config;
  d.clock = &clock::system_clock_door();
  d.random = &crypto::system_randomness();
  d.files = cabinet_in(home.config_dir);
  d.index_folder = home.state_dir;
  d.open_root = [](const std::string& root) -> result<std::shared_ptr<fs::disk>> {
    auto opened = fs::real_disk::open(root);
    if (!opened) return failure(opened.error());
    return std::shared_ptr<fs::disk>(std::move(*opened));
  };
  d.watch_root = watched_root::open;
  d.connect = [&io](const std::string& url, const public_key_pin& pin)
      -> result<std::shared_ptr<net::transport>> {
    auto made = net::https_transport::create(io, {.url = url, .pin = pin.bytes});
    if (!made) return failure(made.error());
    return std::shared_ptr<net::transport>(std::move(*made));
  };
  d.watch_resume = [](std::function<void()> resumed) -> std::shared_ptr<void> {
    auto made = clock::watch_resume(std::move(resumed));
    return made ? std::shared_ptr<clock::resume_watch>(std::move(*made)) : nullptr;
  };
  d.own_folders = own_folders_of(home);
  d.make_root = make_root;
  d.unmake_root = places::unmake_folder;
  d.serve_ipc = [&io, socket = home.socket_path](agent_doors::frame_handler handler) {
    return serve_socket(io, socket, std::move(handler));
  };
  return d;
}

}  // namespace

result<void> agent_host::start() {
  auto& p = *parts_;
  p.io = std::make_unique<net::io_threads>(1);
  auto doors = real_doors(p.home, p.config, *p.io);
  // Looked at once before the actors do: what is wrong is said plainly.
  if (auto known = read_attachments(doors.files); !known)
    return failure(known.error().code, p.home.config_dir + ": " + known.error().text);
  if (auto socket = doors.serve_ipc([](std::string, std::function<void(std::string)>) {}); !socket)
    return failure(socket.error().code, "the agent's socket: " + socket.error().text);
  actors::system_options options;
  options.seed = crypto::system_randomness().next_u64();
  options.on_root_failure = [&p](const error& e) {
    p.failure_ = e;
    p.failed = true;
    ::kill(::getpid(), SIGTERM);  // wakes wait()
  };
  p.system = std::make_unique<actors::system>(std::move(options));
  p.system->start(agent_tree(std::move(doors)));
  return {};
}

std::optional<error> agent_host::wait() {
  net::wait_for_signal();
  return parts_->failed ? std::optional(parts_->failure_) : std::nullopt;
}

bool agent_host::stop() {
  auto& p = *parts_;
  if (!p.io) return true;
  bool stopped = !p.system || p.system->stop(stops_within);
  p.io->stop();
  p.system.reset();
  p.io.reset();
  return stopped;
}

}  // namespace tinysync::client
