// tinysyncd: the agent in the foreground.

#include <CLI/CLI.hpp>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "actors/system.hpp"
#include "client/agent_host.hpp"
#include "client/agent_settings.hpp"
#include "platform/log/log.hpp"
#include "platform/net/signals.hpp"
#include "platform/places/files.hpp"
#include "platform/places/home.hpp"
#include "proto/vocabulary/position.hpp"

namespace {

using namespace tinysync;

int fail(const error& e) {
  std::fprintf(stderr, "tinysyncd: %s\n", to_string(e).c_str());
  return static_cast<int>(exit_code_of(e.code));
}

struct arguments {
  std::string home;
  std::string log_level = "info";
  bool no_polling = false;
};

result<void> start_log(const places::home& home, const arguments& a) {
  log::options how;
  auto level = log::level_from_name(a.log_level);
  if (!level) return failure(level.error());
  how.least = *level;
  how.to_stderr = false;
  how.file = home.log_dir + "/agent.log";
  return log::start(how);
}

int run(const arguments& a) {
  net::block_signals();
  auto home = places::home_for(a.home.empty() ? std::nullopt : std::optional(a.home));
  if (!home) return fail(home.error());
  if (auto ok = places::make(*home); !ok) return fail(ok.error());
  auto lock = places::exclusive_lock::acquire(home->lock_file());
  if (!lock && lock.error().code == errc::busy)
    return fail({errc::busy, "another agent runs on this home: " + lock.error().text});
  if (!lock) return fail(lock.error());
  if (auto ok = start_log(*home, a); !ok) return fail(ok.error());
  auto config = client::load_settings(home->config_dir + "/settings.toml");
  if (!config) return fail(config.error());
  config->polling = !a.no_polling;
  client::agent_host host(*home, *config);
  if (auto ok = host.start(); !ok) return fail(ok.error());
  log::info("agent.started", "home={} version={}", home->state_dir, program_version);
  auto why = host.wait();
  log::info("agent.stopping", "why={}", why ? to_string(*why) : "signal");
  bool stopped = host.stop();
  log::stop();
  if (why) return fail(*why);
  return stopped ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The TinySync agent: keeps the attached folders equal to their vaults."};
  arguments a;
  app.add_option("--home", a.home, "folder of settings, credentials, index and socket")
      ->envname("TINYSYNC_HOME")
      ->check([](const std::string& home) { return home.empty() ? "a folder is wanted" : ""; });
  app.add_option("--log-level", a.log_level, "debug, info, warn or error")->capture_default_str();
  app.add_flag("--no-polling", a.no_polling, "for tests: wakes alone must do it");
  app.set_version_flag("--version", std::string(program_version));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(exit_code::usage);
  }
  return run(a);
}
