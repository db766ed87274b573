// tinysync-sim: the whole system in one thread from one seed, a thousand times over.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "proto/vocabulary/names.hpp"
#include "tools/sim/batch.hpp"
#include "tools/sim/generator.hpp"
#include "tools/sim/play.hpp"

namespace {

using namespace tinysync;
using namespace tinysync::sim;
using json = nlohmann::ordered_json;

constexpr int all_well = 0, wrong_arguments = 2, found_something = 7;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t n = 0;
  auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), n);
  return wrong == std::errc() && end == text.data() + text.size() ? std::optional(n) : std::nullopt;
}

/// A number, or FROM..TO.
std::optional<std::pair<std::uint64_t, std::uint64_t>> seeds_of(std::string_view text) {
  auto dots = text.find("..");
  auto from = number(text.substr(0, dots)), to = dots == text.npos ? from : number(text.substr(dots + 2));
  if (!from || !to || *from > *to) return std::nullopt;
  return std::pair(*from, *to);
}

double median_ms(std::vector<std::uint32_t> micros) {
  if (micros.empty()) return 0;
  auto middle = micros.begin() + static_cast<std::ptrdiff_t>(micros.size() / 2);
  std::nth_element(micros.begin(), middle, micros.end());
  return *middle / 1000.0;
}

/// A bar on a terminal, a line every ten seconds elsewhere.
class progress {
 public:
  explicit progress(std::uint64_t all) : all_(all) {}
  ~progress() {
    if (terminal_) std::fprintf(stderr, "\r\033[K");
  }
  void show(const batch_report& r) {
    if (!terminal_ && r.took.count() < next_) return;
    next_ = r.took.count() + 10;
    auto rate = r.took.count() > 0 ? static_cast<double>(r.played) / r.took.count() : 0;
    auto width = static_cast<int>(all_ > 0 ? 30 * r.played / all_ : 0);
    std::fprintf(stderr, "%s[%-30s] %llu of %llu seeds, %.0f a second, %zu failed%s", terminal_ ? "\r\033[K" : "",
                 std::string(static_cast<std::size_t>(width), '#').c_str(), static_cast<unsigned long long>(r.played),
                 static_cast<unsigned long long>(all_), rate, r.failed.size(), terminal_ ? "" : "\n");
    std::fflush(stderr);
  }

 private:
  std::uint64_t all_;
  bool terminal_ = ::isatty(2);
  double next_ = 0;
};

json to_json(const oracle::findings& found) {
  auto out = json::array();
  for (const auto& f : found) out.push_back({{"rule", f.rule}, {"text", f.text}});
  return out;
}

void print(const batch_report& r) {
  for (const auto& f : r.failed) {
    std::printf("seed %llu\n", static_cast<unsigned long long>(f.seed));
    for (const auto& one : f.findings) std::printf("  %-16s %s\n", one.rule.c_str(), one.text.c_str());
  }
  std::printf("%-28s %12s\n", "what took effect", "times");
  for (const auto& [verb, n] : r.fired) std::printf("%-28s %12llu\n", verb.c_str(), static_cast<unsigned long long>(n));
  for (const auto& verb : never_fired(r.fired)) std::printf("%-28s %12s\n", verb.c_str(), "never");
  std::printf("%llu seeds in %.1f s, median %.1f ms each; %zu failed\n", static_cast<unsigned long long>(r.played),
              r.took.count(), median_ms(r.micros), r.failed.size());
  if (!r.failed.empty())
    std::printf("tinysync-sim replay %llu shows the first of them, tinysync-sim shrink %llu makes it small.\n",
                static_cast<unsigned long long>(r.failed.front().seed), static_cast<unsigned long long>(r.failed.front().seed));
}

int run(batch_options o, const std::string& seeds, unsigned minutes, bool as_json) {
  auto range = seeds_of(seeds);
  if (!range) {
    std::fprintf(stderr, "tinysync-sim: --seeds takes a number or FROM..TO, not %s\n", seeds.c_str());
    return wrong_arguments;
  }
  std::tie(o.from, o.to) = *range;
  o.at_most = std::chrono::minutes(minutes);
  batch_report report;
  {
    progress shown(o.to - o.from + 1);
    report = run_batch(o, [&](const batch_report& r) { shown.show(r); });
  }
  auto missing = never_fired(report.fired);
  const bool gap = report.played >= 2000 && !missing.empty();
  if (!as_json) {
    print(report);
    if (gap) std::printf("A fault that never takes effect is a defect of the simulator.\n");
  } else {
    json out = {{"seeds", report.played}, {"seconds", report.took.count()}, {"median_ms", median_ms(report.micros)},
                {"fired", report.fired}, {"never_fired", missing}, {"failed", json::array()}};
    for (const auto& f : report.failed) out["failed"].push_back({{"seed", f.seed}, {"findings", to_json(f.findings)}});
    std::printf("%s\n", out.dump(2, ' ', false, json::error_handler_t::replace).c_str());
  }
  return report.failed.empty() && !gap ? all_well : found_something;
}

/// A seed, or the path of a scenario; nothing (and a word about it) if it is neither.
std::optional<ending> play_what(const std::string& what, const teller& tell = {}, bool trace = false) {
  if (auto range = seeds_of(what); range && range->first == range->second) return play(range->first, tell, trace);
  std::ifstream in(what);
  std::stringstream text;
  text << in.rdbuf();
  auto parsed = in ? parse_scenario(text.str()) : result<scenario>(failure(errc::missing, what));
  if (parsed) return play(*parsed, tell, trace);
  std::fprintf(stderr, "tinysync-sim: %s: %s\n", what.c_str(), to_string(parsed.error()).c_str());
  return std::nullopt;
}

int replay(const std::string& what, bool trace, bool as_json) {
  auto tell = [](const std::string& line) { std::printf("%s\n", line.c_str()), std::fflush(stdout); };
  auto played = as_json ? play_what(what) : play_what(what, tell, trace);
  if (!played) return wrong_arguments;
  const auto& end = *played;
  if (as_json) {
    json out = {{"scenario", to_string(end.played)}, {"findings", to_json(end.findings)}, {"fired", end.fired}};
    std::printf("%s\n", out.dump(2, ' ', false, json::error_handler_t::replace).c_str());
  } else {
    for (const auto& line : end.account) std::printf("%s\n", printable(line).c_str());
    for (const auto& f : end.findings) std::printf("%-16s %s\n", f.rule.c_str(), f.text.c_str());
    if (end.findings.empty()) std::printf("Nothing is wrong.\n");
  }
  return end.findings.empty() ? all_well : found_something;
}

int shrink(const std::string& what) {
  auto played = play_what(what);
  if (!played) return wrong_arguments;
  const auto& end = *played;
  if (end.findings.empty()) {
    std::fprintf(stderr, "tinysync-sim: nothing is wrong with %s\n", what.c_str());
    return all_well;
  }
  auto rule = end.findings.front().rule;
  auto small = sim::shrink(end.played, rule, [](const scenario& now) {
    std::fprintf(stderr, "%zu steps left\n", now.steps.size());
  });
  for (const auto& f : play(small).findings) std::printf("# %s: %s\n", f.rule.c_str(), f.text.c_str());
  std::printf("%s", to_string(small).c_str());
  return found_something;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Plays the whole of TinySync in one thread: server, agents, users, disks that forget, a network that "
               "misbehaves. The same seed gives the same run. Exit codes: 0 all is well, 2 wrong arguments, 7 something "
               "was found."};
  app.require_subcommand(1);
  batch_options o;
  o.jobs = std::max(1u, std::thread::hardware_concurrency());
  std::string seeds = "1..1000", what;
  unsigned minutes = 0;
  bool as_json = false, trace = false;
  auto* runs = app.add_subcommand("run", "Play many seeds and say what was found");
  runs->add_option("--seeds", seeds, "a number, or FROM..TO")->capture_default_str();
  runs->add_option("--jobs", o.jobs, "processes")->check(CLI::Range(1, 256))->capture_default_str();
  runs->add_option("--minutes", minutes, "begin no more seeds after so long");
  runs->add_option("--failures", o.most_failures, "stop after so many failed seeds")->capture_default_str();
  runs->add_option("--twice", o.twice_every, "play each so many-th seed twice (0: none)")->capture_default_str();
  runs->add_flag("--json", as_json, "the report as JSON");
  auto* replays = app.add_subcommand("replay", "Play one seed or scenario and tell what happens");
  replays->add_option("seed", what, "a seed, or the path of a scenario")->required();
  replays->add_flag("--trace", trace, "every message of every actor, too");
  replays->add_flag("--json", as_json, "scenario and findings as JSON");
  auto* shrinks = app.add_subcommand("shrink", "Make a failing seed or scenario as small as it gets, and print it");
  shrinks->add_option("seed", what, "a seed, or the path of a scenario")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? all_well : wrong_arguments;
  }
  if (*runs) return run(o, seeds, minutes, as_json);
  return *replays ? replay(what, trace, as_json) : shrink(what);
}
