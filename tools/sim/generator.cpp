#include "tools/sim/generator.hpp"

namespace tinysync::sim {
namespace {

using namespace std::chrono_literals;

constexpr const char* words[] = {"a", "b", "notes.txt", "Foo", "foo", "d", "e", "x y", "\xff", "report.pdf"};

}  // namespace

generator::generator(std::uint64_t seed) : random_(seed * 2 + 1) {
  cast_.seed = seed;
  cast_.coarse_times = one_in(3);
  cast_.reused_inodes = one_in(2);
  cast_.devices = {"laptop", "phone"};
  if (one_in(4)) cast_.devices.push_back("desk");
  if (one_in(16)) cast_.devices.push_back("tablet");
  phases_ = 1 + below(3);
  begin_phase();
}

void generator::begin_phase() {
  left_ = 8 + below(60 / phases_ - 7);
  only_writer_ = one_in(3) ? cast_.devices[below(cast_.devices.size())] : "";
  troubled_ = !one_in(6);
  hot_.clear();
}

step generator::made(const device& d, std::string verb, std::vector<std::string> args) {
  return {{}, d.name(), std::move(verb), std::move(args)};
}

std::optional<step> generator::next(world& w) {
  if (left_ == 0) {
    if (troubled_ && one_in(2)) {
      troubled_ = false;  // once
      return step{{}, "all", "stumble", {}};
    }
    if (--phases_ == 0) return std::nullopt;
    begin_phase();
    return step{{}, "all", "peace", {}};
  }
  --left_;
  auto all = w.devices();
  auto& d = only_writer_.empty() ? *all[below(all.size())] : w[only_writer_];
  auto s = troubled_ && one_in(3) ? fault(w) : user_step(d);
  if (!s.args.empty() && s.who == d.name() && one_in(4)) hot_ = s.args[0];
  if (one_in(3)) s.pause = std::chrono::milliseconds(below(one_in(4) ? 6000 : 400));
  return s;
}

std::string generator::any_path(const device& d, std::optional<fs::kind> kind) {
  const auto all = d.tree();
  // What somebody was just busy with: several devices want the same.
  if (auto at = all.find(hot_); one_in(3) && at != all.end() && (!kind || at->second.kind == *kind)) return hot_;
  std::vector<std::string> found;
  for (const auto& [path, e] : all)
    if (!kind || e.kind == *kind) found.push_back(path);
  return found.empty() ? "" : found[below(found.size())];
}

std::string generator::new_path(const device& d) {
  auto folder = one_in(2) ? any_path(d, fs::kind::folder) : "";
  auto name = std::string(words[below(std::size(words))]);
  return folder.empty() ? name : folder + "/" + name;
}

/// The path, a token like no other, and now and then a size beyond what rides in a mutation.
std::vector<std::string> generator::content(const device& d, std::string path) {
  std::vector<std::string> out = {std::move(path), d.name() + "-" + std::to_string(++tokens_) + "-of-seed-" +
                                                       std::to_string(cast_.seed)};
  if (one_in(4)) out.push_back(std::to_string(below(one_in(3) ? 90'000 : 2'000)));
  return out;
}

step generator::user_step(device& d) {
  const auto file = any_path(d, fs::kind::file), folder = any_path(d, fs::kind::folder);
  const bool some = !file.empty();
  switch (below(18)) {
    case 0: case 1: case 2: return made(d, "write", content(d, some && one_in(2) ? file : new_path(d)));
    case 3: case 4: return made(d, "save", content(d, some && !one_in(4) ? file : new_path(d)));
    case 5: if (some) return made(d, "append", {file, "+" + std::to_string(++tokens_)}); break;
    case 6: if (some) return made(d, "rm", {file}); break;
    case 7: if (!folder.empty()) return made(d, "rm", {folder}); break;
    case 8: case 9: if (some) return made(d, "mv", {file, one_in(5) ? any_path(d, fs::kind::file) : new_path(d)}); break;
    case 10: if (!folder.empty()) return made(d, "mv", {folder, new_path(d)}); break;
    case 11: if (some) return made(d, "swap", {file, one_in(4) ? any_path(d, {}) : any_path(d, fs::kind::file)}); break;
    case 12: case 13: return made(d, "mkdir", {new_path(d)});
    case 14: if (some) return made(d, "chmod", {file, one_of("755", "600", "644", "700")}); break;
    case 15: return made(d, "ln", {"to-" + std::to_string(++tokens_), new_path(d)});
    case 16: if (some) return made(d, one_of("hold", "write-held", "release"), {file, "+" + std::to_string(++tokens_)}); break;
    default: return made(d, "sync");
  }
  return made(d, "write", content(d, new_path(d)));
}

step generator::fault(world& w) {
  auto all = w.devices();
  auto& d = *all[below(all.size())];
  switch (below(10)) {
    case 0: return {{}, "network", one_of("misbehaves", "misbehaves", "calm"), {}};
    case 1: return server_fault();
    case 2: return {{}, "all", "suspend", {std::to_string(below(7200))}};
    case 3: return {{}, "all", "clock", {std::to_string(static_cast<std::int64_t>(below(200'000)) - 100'000)}};
    default: return device_fault(d);
  }
}

step generator::device_fault(device& d) {
  const auto cause = d.name() == only_writer_ ? std::string("killed") : one_of("killed", "power-cut");
  const auto disk_verb = std::string(fs::name_of(static_cast<fs::verb>(below(static_cast<std::uint64_t>(fs::verb::identity) + 1))));
  const auto changes = std::to_string(below(one_in(2) ? 12 : 80));
  switch (below(22)) {
    case 0: case 1: return made(d, "offline");
    case 2: case 3: return made(d, "online");
    case 4: return made(d, "dies", {cause});
    case 5: case 6: return made(d, "dies-after", {changes, cause, std::to_string(below(3000))});
    case 7: return made(d, "dies-at", {one_of("exchange", "rename", "rename:parked", "rename:trash", "rename:(conflict", "rmdir",
                                              "sync_folder", "make_folder"),
                                       std::to_string(below(5)), cause, std::to_string(below(3000))});
    case 8: case 9: return made(d, "starts");
    case 10: return made(d, "crash-actor", {one_of("local_store", "watcher", "scanner", "downloader", "uploader", "applier",
                                                   "engine", "log_replayer", "pending_ops", "trash")});
    case 11: case 12: return made(d, "disk-fails", {disk_verb, one_of("io", "full", "denied"), std::to_string(1 + below(3))});
    case 13: return made(d, "database-fails", {one_of("write", "sync", "read", "open", "truncate", "move"), one_of("io", "full"),
                                               std::to_string(1 + below(3))});
    case 14: return made(d, one_of("disk-full", "database-full"), {one_of("yes", "no")});
    case 15: case 20: {
      auto folder = any_path(d, fs::kind::folder);
      return made(d, one_of("unreadable", "unreadable", "readable"), {folder.empty() ? "d" : folder});
    }
    case 16: return made(d, one_of("root-gone", "root-replaced", "root-back"));
    case 17: return made(d, one_of("deaf", "no-watches"), {one_of("yes", "no")});
    default: return surprise(d);
  }
}

/// Its user acts in the midst of what the agent does; half the time on what the agent is about to touch.
step generator::surprise(device& d) {
  auto then = user_step(d);
  if (then.verb == "sync" || (!only_writer_.empty() && d.name() != only_writer_)) return made(d, "online");
  auto& path = then.args[then.verb == "ln" ? 1 : 0];
  auto moment = one_of("stat", "read", "list", "sync_folder", "create_staged", "open_read");
  if (one_in(2)) path = "@", moment = one_of("rename", "rename:/staging/", "rename:(conflict", "rename:parked", "exchange", "rmdir",
                                             "stat", "open_read", "list");
  else if (one_in(2)) moment = one_of("rename", "exchange");
  then.args.insert(then.args.begin(), {moment, then.verb});
  then.verb = "meanwhile";
  return then;
}

step generator::server_fault() {
  const auto cause = one_of("killed", "power-cut");
  if (backed_up_ && one_in(5)) return {{}, "server", "restored", {}};
  switch (below(10)) {
    case 7: case 8: backed_up_ = true; return {{}, "server", "backs-up", {}};
    case 0: return {{}, "server", "dies", {cause}};
    case 1: case 2: return {{}, "server", "dies-after", {std::to_string(below(30)), cause, std::to_string(below(3000))}};
    case 3: case 4: return {{}, "server", "starts", {}};
    case 5: return {{}, "server", "disk-fails", {one_of("create_staged", "write", "sync_file", "rename", "sync_folder", "open_read", "read"),
                                                 one_of("io", "full"), std::to_string(1 + below(3))}};
    case 6: return {{}, "server", "database-fails", {one_of("write", "sync", "read"), one_of("io", "full"), std::to_string(1 + below(3))}};
    default: return {{}, "server", "full", {one_of("yes", "no")}};
  }
}

}  // namespace tinysync::sim
