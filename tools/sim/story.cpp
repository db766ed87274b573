#include "tools/sim/story.hpp"

namespace tinysync::sim {
namespace {

using namespace std::chrono_literals;

constexpr const char* words[] = {"a", "b", "notes.txt", "Foo", "foo", "d", "e", "x y", "\xff", "report.pdf"};

net::network_faults trouble() {
  net::network_faults f;
  f.delay_max = 80ms;
  f.lose_request = 0.1;
  f.lose_answer = 0.1;
  f.duplicate_request = 0.1;
  f.cut_websocket = 0.1;
  return f;
}

std::string parent_of(const std::string& path) {
  auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

}  // namespace

std::string_view name_of(act a) {
  constexpr std::array<std::string_view, acts> names = {
      "write_new", "overwrite",     "save_over", "remove_file", "remove_folder", "move_file",
      "move_folder", "exchange",    "make_folder", "chmod",     "link",          "become_folder",
      "go_offline", "go_online",    "pass_time", "disk_error",  "busy_network"};
  return names[static_cast<std::size_t>(a)];
}

std::string story_counts::text() const {
  std::string out;
  for (std::size_t i = 0; i < acts; ++i)
    out += (i ? " " : "") + std::string(name_of(static_cast<act>(i))) + "=" + std::to_string(done[i]);
  return out;
}

bool story_counts::every_kind_happened() const {
  for (auto n : done)
    if (n == 0) return false;
  return true;
}

story::story(std::uint64_t seed) : seed_(seed) {
  world_options o;
  o.seed = seed;
  o.disk.timestamp_granularity_ns = seed % 3 == 0 ? 4'000'000 : 1;
  o.disk.reuse_inodes = seed % 2 == 0;
  std::vector<std::string> names = {"laptop", "phone"};
  if (seed % 4 == 0) names.push_back("desk");
  w_ = std::make_unique<world>(names, o);
}

std::string story::text() const {
  std::string out;
  for (const auto& l : lines_) out += "  " + l + "\n";
  return out;
}

void story::say(const device& d, const std::string& what) {
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(
      w_->simulation().now().time_since_epoch());
  lines_.push_back(std::to_string(ms.count()) + " ms  " + d.name() + (d.online() ? "" : " (offline)") +
                   ": " + what);
}

device& story::any_device() {
  auto all = w_->devices();
  return *all[below(all.size())];
}

std::string story::token(const device& d) {
  return d.name() + "-" + std::to_string(++tokens_) + "-of-seed-" + std::to_string(seed_) +
         std::string(below(3) == 0 ? below(90'000) : 0, 'x');
}

std::string story::any_path(device& d, fs::kind kind) {
  std::vector<std::string> found;
  for (const auto& [path, e] : d.tree())
    if (e.kind == kind) found.push_back(path);
  return found.empty() ? "" : found[below(found.size())];
}

std::string story::new_path(device& d) {
  auto folder = below(2) == 0 ? any_path(d, fs::kind::folder) : "";
  auto name = std::string(words[below(std::size(words))]);
  return folder.empty() ? name : folder + "/" + name;
}

bool story::change_file(act a, device& d) {
  auto path = any_path(d, fs::kind::file);
  if (path.empty()) return false;
  switch (a) {
    case act::overwrite: d.write(path, token(d)); break;
    case act::save_over: d.save(path, token(d)); break;
    case act::remove_file: d.remove(path); break;
    case act::chmod_file: d.chmod(path, below(2) ? 0755 : 0600); break;
    case act::move_file: {
      auto to = new_path(d);
      if (to == path || d.exists(to)) return false;
      say(d, "mv " + path + " " + to);
      d.move(path, to);
      return true;
    }
    case act::exchange: {
      auto other = any_path(d, fs::kind::file);
      if (other == path) return false;
      say(d, "exchange " + path + " " + other);
      d.exchange(path, other);
      return true;
    }
    default:
      d.remove(path);
      d.mkdir(path);
      d.write(path + "/inside", token(d));
  }
  say(d, std::string(name_of(a)) + " " + path);
  return true;
}

bool story::change_folder(act a, device& d) {
  if (a == act::make_folder) {
    auto path = new_path(d);
    if (d.exists(path)) return false;
    say(d, "mkdir " + path);
    d.mkdir(path);
    return true;
  }
  auto path = any_path(d, fs::kind::folder);
  if (path.empty()) return false;
  if (a == act::remove_folder) {
    say(d, "rm -r " + path);
    d.remove(path);
    return true;
  }
  auto to = new_path(d);
  if (d.exists(to) || within(to, path) || within(parent_of(to), path)) return false;
  say(d, "mv " + path + " " + to);
  d.move(path, to);
  return true;
}

bool story::perform(act a, device& d) {
  switch (a) {
    case act::write_new: {
      auto path = new_path(d);
      if (d.exists(path)) return false;
      say(d, "write " + path);
      d.write(path, token(d));
      return true;
    }
    case act::link: {
      auto path = new_path(d);
      if (d.exists(path)) return false;
      say(d, "ln -s " + path);
      d.symlink("to-" + std::to_string(++tokens_), path);
      return true;
    }
    case act::make_folder:
    case act::remove_folder:
    case act::move_folder: return change_folder(a, d);
    case act::go_offline:
      if (!d.online()) return false;
      say(d, "goes offline");
      d.go_offline();
      return true;
    case act::go_online:
      if (d.online()) return false;
      say(d, "comes online");
      d.go_online();
      return true;
    case act::pass_time: w_->run_for(std::chrono::milliseconds(below(4000))); return true;
    case act::disk_error: {
      auto verb = static_cast<fs::verb>(below(static_cast<std::uint64_t>(fs::verb::sync_all) + 1));
      say(d, "the disk fails once: " + std::string(fs::name_of(verb)));
      d.disk().fail_next(verb, below(2) ? errc::io_failed : errc::disk_full);
      return true;
    }
    case act::busy_network:
      say(d, "the network misbehaves");
      w_->set_faults(trouble());
      return true;
    default: return change_file(a, d);
  }
}

void story::step() {
  auto& d = any_device();
  auto a = static_cast<act>(below(acts));
  if (perform(a, d)) ++counts_.done[static_cast<std::size_t>(a)];
  if (below(3) == 0) w_->run_for(std::chrono::milliseconds(below(400)));
}

std::vector<std::string> story::play() try {
  auto steps = 20 + below(30);
  for (std::uint64_t i = 0; i < steps; ++i) step();
  w_->set_faults({});
  for (auto* d : w_->devices()) {
    if (!d->online()) d->go_online();
    // Every verb fails once more on the way to peace in every second story; in the others, none.
    for (int v = 0; v <= static_cast<int>(fs::verb::identity); ++v)
      d->disk().fail_next(static_cast<fs::verb>(v), errc::io_failed, seed_ % 2 == 0 ? 1 : 0);
  }
  if (auto wrong = w_->try_settle()) return {*wrong};
  auto wrong = w_->findings();
  if (!wrong.empty())
    for (auto* d : w_->devices()) lines_.push_back(d->name() + " at the end: " + w_->status_of(*d));
  return wrong;
} catch (const std::runtime_error& e) {
  return {e.what()};
}

}  // namespace tinysync::sim
