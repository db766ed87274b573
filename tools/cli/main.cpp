// tinysync: sends messages to the running agent.

#include <CLI/CLI.hpp>
#include <charconv>
#include <functional>

#include "proto/vocabulary/errors.hpp"
#include "proto/vocabulary/names.hpp"
#include "tools/cli/commands.hpp"
#include "tools/cli/completion.hpp"
#include "tools/cli/output.hpp"

namespace {

using namespace tinysync;

struct arguments {
  cli::common common;
  std::string invite, name, vault, folder, target, device, actor, type, json = "{}", path, entry, length, older_than, keep,
      shell;
  bool on_demand = false, prove = false, synced = false, unproven = false;
  std::uint32_t timeout = 0, send_timeout = 60;
  cli::log_query log;
  std::uint32_t limit = 0;
};

using action = std::function<int()>;

constexpr std::uint64_t longest_wait_s = 24 * 60 * 60;
constexpr std::uint64_t any_seq = ~0ull >> 1, any_count = ~0u;

/// CLI11 alone takes "-1" for a huge number and "" for none.
auto whole_number(std::uint64_t least, std::uint64_t most) {
  return [=](const std::string& text) -> std::string {
    std::uint64_t n = 0;
    auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (wrong == std::errc{} && end == text.data() + text.size() && n >= least && n <= most) return "";
    return "a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is wanted, not '" +
           printable(text) + "'";
  };
}

/// Left out means all or the only one; an unset variable of a script must not.
std::string not_empty(const std::string& text) { return text.empty() ? "it is empty" : ""; }

void add_account(CLI::App& app, arguments& a, action& run) {
  auto* reg = app.add_subcommand("register", "join a server with an invite");
  reg->add_option("INVITE", a.invite, "the line that `tinysync-server invite` printed")->required();
  reg->add_option("--name", a.name, "what this device is called")->required();
  reg->callback([&] { run = [&] { return cli::register_device(a.common, a.invite, a.name); }; });

  auto* vault = app.add_subcommand("vault", "create, list, remove vaults")->require_subcommand(1);
  auto* create = vault->add_subcommand("create", "a new, empty vault");
  create->add_option("NAME", a.name)->required();
  create->callback([&] { run = [&] { return cli::vault_create(a.common, a.name); }; });
  vault->add_subcommand("ls", "the vaults this device can reach")->callback([&] {
    run = [&] { return cli::vault_ls(a.common); };
  });
  auto* rm = vault->add_subcommand("rm", "remove a vault; the server keeps it for its retention time");
  rm->add_option("VAULT", a.vault)->required();
  rm->callback([&] { run = [&] { return cli::vault_rm(a.common, a.vault); }; });

  auto* devices = app.add_subcommand("devices", "list and revoke devices")->require_subcommand(1);
  devices->add_subcommand("ls", "the devices of this installation")->callback([&] {
    run = [&] { return cli::devices_ls(a.common); };
  });
  auto* revoke = devices->add_subcommand("revoke", "a device loses its access at once");
  revoke->add_option("ID", a.device)->required();
  revoke->callback([&] { run = [&] { return cli::devices_revoke(a.common, a.device); }; });
}

void add_folders(CLI::App& app, arguments& a, action& run) {
  auto* attach = app.add_subcommand("attach", "keep a folder equal to a vault");
  attach->add_option("VAULT", a.vault, "name or id")->required()->check(not_empty);
  attach->add_option("DIR", a.folder, "created if absent; what is in it is merged by content")
      ->required()->check(not_empty);
  attach->add_flag("--on-demand", a.on_demand, "files appear, their contents come when opened");
  attach->callback([&] { run = [&] { return cli::attach(a.common, a.vault, a.folder, a.on_demand); }; });

  auto* detach = app.add_subcommand("detach", "stop syncing a folder; the files stay");
  detach->add_option("VAULT|DIR", a.target)->required()->check(not_empty);
  detach->callback([&] { run = [&] { return cli::detach(a.common, a.target); }; });

  auto* status = app.add_subcommand("status", "how everything is (exit 0 in sync, 3 not yet, 4 attention)");
  status->add_flag("--prove", a.prove, "compare digests instead of believing");
  status->callback([&] { run = [&] { return cli::status(a.common, a.prove); }; });

  auto* wait = app.add_subcommand("wait", "until everything is in sync (exit 0; else 3 or 4)");
  wait->add_flag("--synced", a.synced, "what to wait for")->required();
  wait->add_option("--timeout", a.timeout, "seconds")->check(whole_number(1, longest_wait_s));
  wait->add_option("VAULT", a.vault)->check(not_empty);
  wait->callback([&] { run = [&] { return cli::wait(a.common, a.vault, a.timeout); }; });

  auto* once = app.add_subcommand("sync-once", "scan, push, pull, then as wait");
  once->add_option("--timeout", a.timeout, "seconds")->check(whole_number(1, longest_wait_s));
  once->callback([&] { run = [&] { return cli::sync_once(a.common, a.timeout); }; });

  auto* log = app.add_subcommand("log", "the server's accepted changes, oldest first");
  log->add_option("PATH", a.log.path);
  log->add_option("--vault", a.log.vault, "name or id")->check(not_empty);
  log->add_option("--after", a.log.after, "seq")->check(whole_number(0, any_seq));
  auto* limit = log->add_option("--limit", a.limit, "at most so many")->check(whole_number(1, any_count));
  log->callback([&a, &run, limit] {
    if (limit->count() > 0) a.log.limit = a.limit;
    run = [&] { return cli::log(a.common, a.log); };
  });
}

void add_care(CLI::App& app, arguments& a, action& run) {
  auto* conflicts = app.add_subcommand("conflicts", "conflict copies made here")->require_subcommand(1);
  conflicts->add_subcommand("ls", "list them")->callback([&] {
    run = [&] { return cli::conflicts_ls(a.common); };
  });
  auto* one = conflicts->add_subcommand("show", "both sides of one");
  one->add_option("ID", a.entry, "as `conflicts ls` prints it")->required();
  one->callback([&] { run = [&] { return cli::conflicts_show(a.common, a.entry); }; });
  auto* resolve = conflicts->add_subcommand("resolve", "end one; what goes is in the local trash");
  resolve->add_option("ID", a.entry, "as `conflicts ls` prints it")->required();
  resolve->add_option("--keep", a.keep, "mine: the copy gets the name; theirs: the copy goes; both: as it is")
      ->required()->check(CLI::IsMember({"mine", "theirs", "both"}));
  resolve->callback([&] { run = [&] { return cli::conflicts_resolve(a.common, a.entry, a.keep); }; });

  auto* brake = app.add_subcommand("brake", "mass deletions and overwrites, held back until you decide")
                    ->require_subcommand(1);
  struct verb {
    const char *name, *help;
    int (*act)(const cli::common&, const std::string&);
  };
  for (auto v : {verb{"show", "what is held back (exit 4 if anything is)", cli::brake_show},
                 verb{"approve", "it goes to the server", cli::brake_approve},
                 verb{"reject", "it is undone here", cli::brake_reject}}) {
    auto* sub = brake->add_subcommand(v.name, v.help);
    sub->add_option("VAULT", a.vault, "name or id; all of them if it is left out")->check(not_empty);
    sub->callback([&a, &run, act = v.act] { run = [&a, act] { return act(a.common, a.vault); }; });
  }
}

void add_trash(CLI::App& app, arguments& a, action& run) {
  auto* trash = app.add_subcommand("trash", "files that were displaced or deleted on this device by others")
                    ->require_subcommand(1);
  auto vault = [&a](CLI::App* sub) { sub->add_option("--vault", a.vault, "name or id")->check(not_empty); };
  auto* ls = trash->add_subcommand("ls", "what is in it, oldest first");
  vault(ls);
  ls->callback([&] { run = [&] { return cli::trash_ls(a.common, a.vault); }; });
  auto* restore = trash->add_subcommand("restore", "put one back where it was, or beside what is there now");
  restore->add_option("ENTRY", a.entry, "as `trash ls` prints it")->required();
  vault(restore);
  restore->callback([&] { run = [&] { return cli::trash_restore(a.common, a.vault, a.entry); }; });
  auto* empty = trash->add_subcommand("empty", "remove for ever what the server is known to hold");
  empty->add_option("--older-than", a.older_than, "\"30d\", \"12h\": only what was displaced before that");
  empty->add_flag("--unproven", a.unproven, "also what the server is not known to hold");
  vault(empty);
  empty->callback([&] {
    run = [&] { return cli::trash_empty(a.common, a.vault, a.older_than, a.unproven); };
  });
}

void add_ignore(CLI::App& app, arguments& a, action& run) {
  auto* ignore = app.add_subcommand("ignore", "what is not synced: rules as in .gitignore, in .tinysyncignore "
                                              "in the attached folder (synced) or in the settings' file ignore")
                     ->require_subcommand(1);
  auto* check = ignore->add_subcommand("check", "the rule by which a path is ignored, if it is");
  check->add_option("PATH", a.path, "a file or folder, or VAULT:path")->required();
  check->callback([&] { run = [&] { return cli::ignore_check(a.common, a.path); }; });
  auto* ls = ignore->add_subcommand("ls", "the rules in their order, and what they keep from being synced");
  ls->add_option("VAULT", a.vault, "name or id; all of them if it is left out");
  ls->callback([&] { run = [&] { return cli::ignore_ls(a.common, a.vault); }; });
}

void add_agent(CLI::App& app, arguments& a, action& run) {
  auto* pause = app.add_subcommand("pause", "stop scanning and applying");
  pause->add_option("--for", a.length, "\"30m\", \"8h\": then it goes on by itself");
  pause->callback([&] {
    run = [&] { return cli::pause(a.common, a.length); };
  });
  app.add_subcommand("resume", "go on")->callback([&] { run = [&] { return cli::resume(a.common); }; });
  auto* panic = app.add_subcommand("panic-resync", "build the index of a vault anew");
  panic->add_option("VAULT", a.vault)->required()->check(not_empty);
  panic->callback([&] { run = [&] { return cli::panic_resync(a.common, a.vault); }; });
  app.add_subcommand("doctor", "check the set-up step by step")->callback([&] {
    run = [&] { return cli::doctor(a.common); };
  });
  app.add_subcommand("version", "this program's version")->callback([&] {
    run = [&] { return cli::version(a.common); };
  });
  auto* send = app.add_subcommand("send", "send any message of proto/actors to an actor");
  send->add_option("ACTOR", a.actor, "path, as `tinysync-inspect tree` prints it")->required();
  send->add_option("TYPE", a.type, "name of the message")->required();
  send->add_option("JSON", a.json, "the message by protobuf's JSON mapping")->capture_default_str();
  send->add_option("--timeout", a.send_timeout, "seconds")
      ->check(whole_number(1, longest_wait_s))->capture_default_str();
  send->callback([&] {
    run = [&] { return cli::send(a.common, a.actor, a.type, a.json, a.send_timeout); };
  });
}

void add_completion(CLI::App& app, arguments& a, action& run) {
  auto* completion = app.add_subcommand(
      "completion", "a script that completes this command line, e.g. source <(tinysync completion bash)");
  completion->add_option("SHELL", a.shell, "bash, zsh or fish")
      ->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([&] {
    run = [&] { return cli::print(cli::completion_for(a.shell, app)) ? 0 : 1; };
  });
}

void let_common_options_stand_anywhere(CLI::App& app) {
  for (auto* sub : app.get_subcommands([](CLI::App*) { return true; })) {
    sub->fallthrough();
    let_common_options_stand_anywhere(*sub);
  }
}

/// CLI11 says of an unknown verb only that a verb is wanted.
int refuse(CLI::App& app, const CLI::ParseError& e) {
  std::string verbs = "tinysync";
  auto* at = &app;
  for (; !at->get_subcommands().empty(); at = at->get_subcommands().front())
    verbs += " " + at->get_subcommands().front()->get_name();
  auto left = app.remaining(true);
  if (e.get_name() != "RequiredError" || left.empty() || at->get_require_subcommand_min() == 0)
    return app.exit(e) == 0 ? 0 : static_cast<int>(exit_code::usage);
  return cli::complain({errc::invalid_argument,
                        "there is no '" + verbs + " " + left.front() + "' (see: " + verbs + " --help)"},
                       false);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"TinySync: sends messages to the agent that keeps your folders in sync."};
  arguments a;
  action run;
  app.add_option("--home", a.common.home, "the agent's home")->envname("TINYSYNC_HOME")->check(not_empty);
  app.add_flag("--json", a.common.json, "one JSON object on stdout");
  app.require_subcommand(1);
  add_account(app, a, run);
  add_folders(app, a, run);
  add_care(app, a, run);
  add_trash(app, a, run);
  add_ignore(app, a, run);
  add_agent(app, a, run);
  add_completion(app, a, run);
  let_common_options_stand_anywhere(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return refuse(app, e);
  }
  return run ? run() : static_cast<int>(exit_code::usage);
}
