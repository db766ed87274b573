// tinysync-server: serve, invite, version.

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "platform/config/document.hpp"
#include "platform/log/log.hpp"
#include "platform/net/https_transport.hpp"
#include "platform/net/signals.hpp"
#include "platform/places/files.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/position.hpp"
#include "server/server_host.hpp"

namespace {

using namespace tinysync;

int fail(const error& e) {
  std::fprintf(stderr, "tinysync-server: %s\n", to_string(e).c_str());
  return static_cast<int>(exit_code_of(e.code));
}

struct arguments {
  server::serve_config config;
  std::string config_file, ready_file;
  std::string group{server::first_group}, role, expires = "7d";
  std::uint32_t uses = 1;
  bool json = false;
};

/// The file's keys under those the command line set.
result<server::serve_config> configured(const arguments& a, const CLI::App& verb) {
  auto out = a.config;
  if (!a.config_file.empty()) {
    if (auto ok = out.load(a.config_file); !ok) return failure(ok.error());
    if (verb.count("--listen")) out.listen = a.config.listen;
    if (verb.count("--public-url")) out.public_url = a.config.public_url;
    if (verb.count("--store")) out.store = a.config.store;
    if (verb.count("--blobs")) out.blobs = a.config.blobs;
    if (verb.count("--log-level")) out.log_level = a.config.log_level;
  }
  if (auto ok = out.validate(); !ok) return failure(ok.error());
  return out;
}

int serve(const arguments& a, const CLI::App& verb) {
  net::block_signals();
  if (!a.ready_file.empty())
    if (auto ok = places::remove_file(a.ready_file); !ok) return fail(ok.error());
  auto config = configured(a, verb);
  if (!config) return fail(config.error());
  auto level = log::level_from_name(config->log_level);
  if (!level) return fail(level.error());
  log::options how;
  how.least = *level;
  if (auto ok = log::start(how); !ok) return fail(ok.error());
  auto where = server::installation::open(config->data);
  if (!where) return fail(where.error());
  auto lock = places::exclusive_lock::acquire(where->file("server.lock"));
  if (!lock && lock.error().code == errc::busy)
    return fail({errc::busy, "another server runs on this folder: " + lock.error().text});
  if (!lock) return fail(lock.error());
  server::server_host host(*where, *config);
  auto url = host.start();
  if (!url) return fail(url.error());
  log::info("server.serving", "url={} data={} version={}", *url, where->folder(), program_version);
  if (!a.ready_file.empty())
    if (auto ok = places::write_file_durably(a.ready_file, *url + "\n", 0644); !ok)
      return fail(ok.error());
  auto why = host.wait();
  log::info("server.stopping", "why={}", why ? to_string(*why) : "signal");
  if (!a.ready_file.empty()) (void)places::remove_file(a.ready_file);
  bool stopped = host.stop();
  log::stop();
  if (why) return fail(*why);
  return stopped ? 0 : static_cast<int>(exit_code::error);
}

int make_invite(const arguments& a) {
  server::invite_wish wish;
  wish.group = a.group;
  wish.uses = a.uses;
  if (!a.role.empty()) {
    wish.role = server::role_from_name(a.role);
    if (!wish.role) return fail({errc::invalid_argument, "--role takes reader, writer or owner"});
  }
  auto expires = config::parse_duration(a.expires);
  if (!expires || expires->count() <= 0)
    return fail({errc::invalid_argument, "--expires takes a time such as 12h or 7d"});
  wish.expires = *expires;
  if (a.group.empty() || a.group.size() > 64 || !valid_utf8(a.group))
    return fail({errc::invalid_argument, "--group takes 1 to 64 bytes of UTF-8"});
  if (a.uses == 0) return fail({errc::invalid_argument, "--uses takes at least 1"});
  if (!a.config.public_url.empty())
    if (auto url = net::parse_https_url(a.config.public_url); !url) return fail(url.error());
  auto where = a.config.public_url.empty() ? server::installation::open_existing(a.config.data)
                                           : server::installation::open(a.config.data);
  if (!where) return fail(where.error());
  auto url =
      a.config.public_url.empty() ? where->public_url() : result<std::string>(a.config.public_url);
  if (!url) return fail(url.error());
  auto made = where->make_invite(*url, wish);
  if (!made) return fail(made.error());
  auto text = to_string(*made);
  if (a.json)
    std::printf("{\"invite\": \"%s\"}\n", text.c_str());
  else
    std::printf("%s\n", text.c_str());
  return std::fflush(stdout) == 0 ? 0 : static_cast<int>(exit_code::error);
}

void add_serve(CLI::App& app, arguments& a) {
  app.add_option("--data", a.config.data, "the data folder; created if absent")->required();
  app.add_option("--listen", a.config.listen, "HOST:PORT; port 0: any free one")
      ->capture_default_str();
  app.add_option("--public-url", a.config.public_url, "https://… as devices reach it");
  app.add_option("--store", a.config.store, "sqlite (or postgres://…, later)")
      ->capture_default_str();
  app.add_option("--blobs", a.config.blobs, "dir (or s3://…, later)")->capture_default_str();
  app.add_option("--ready-file", a.ready_file, "made when it serves, removed at start");
  app.add_option("--config", a.config_file, "TOML file; the command line wins");
  app.add_option("--log-level", a.config.log_level, "debug, info, warn or error")
      ->capture_default_str();
}

void add_invite(CLI::App& app, arguments& a) {
  app.add_option("--data", a.config.data, "the data folder")->required();
  app.add_option("--group", a.group, "group the device joins")->capture_default_str();
  app.add_option("--role", a.role, "reader, writer or owner; the first device is an owner");
  app.add_option("--uses", a.uses, "how many devices may use it")->capture_default_str();
  app.add_option("--expires", a.expires, "12h, 7d, …")->capture_default_str();
  app.add_option("--public-url", a.config.public_url, "https://… if the server has not served yet");
  app.add_flag("--json", a.json, "one JSON object");
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(077);  // whatever is made in the data folder is its owner's
  CLI::App app{"The TinySync server: holds the truth of every vault."};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(program_version));
  arguments a;
  app.add_flag("--json", a.json, "one JSON object");
  auto* serve_verb = app.add_subcommand("serve", "serves until SIGTERM");
  auto* invite_verb = app.add_subcommand("invite", "prints an invite for a device");
  auto* version_verb = app.add_subcommand("version", "prints the version");
  version_verb->add_flag("--json", a.json, "one JSON object");
  add_serve(*serve_verb, a);
  add_invite(*invite_verb, a);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    auto left = app.remaining();
    if (e.get_name() == "RequiredError" && app.get_subcommands().empty() && !left.empty())
      return fail({errc::invalid_argument,
                   "there is no 'tinysync-server " + left.front() + "' (see: tinysync-server --help)"});
    return app.exit(e) == 0 ? 0 : static_cast<int>(exit_code::usage);
  }
  if (serve_verb->parsed()) return serve(a, *serve_verb);
  if (invite_verb->parsed()) return make_invite(a);
  auto version = std::string(program_version);
  std::printf(a.json ? "{\"version\": \"%s\"}\n" : "%s\n", version.c_str());
  return 0;
}
