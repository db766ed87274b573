#include "tools/sim/batch.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>

#include "tools/sim/play.hpp"

namespace tinysync::sim {
namespace {

using std::chrono::steady_clock;

/// A process that plays every n-th seed and tells of each, a line at a time.
struct worker {
  pid_t pid = 0;
  int from = -1;
  std::string unread;
  std::uint64_t playing = 0;
};

bool put(int to, const std::string& line) {
  for (std::string_view rest = line; !rest.empty();) {
    auto n = ::write(to, rest.data(), rest.size());
    if (n <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string on_one_line(std::string text) {
  for (auto& c : text)
    if (c == '\n' || c == '\t') c = ' ';
  return text;
}

ending play_checked(std::uint64_t seed, bool twice) {
  auto end = play(seed);
  if (!twice || !end.findings.empty()) return end;
  if (play(seed).trace_hash != end.trace_hash) end.findings.push_back({"not repeatable", "two runs of one seed differ"});
  if (play(end.played).trace_hash != end.trace_hash)
    end.findings.push_back({"not repeatable", "its steps, written down, give another run"});
  return end;
}

void play_share(const batch_options& o, unsigned share, int to) {
  const auto begin = steady_clock::now();
  counts fired;
  for (auto seed = o.from + share; seed <= o.to; seed += o.jobs) {
    if (o.at_most.count() > 0 && steady_clock::now() - begin > o.at_most) break;
    if (!put(to, "begin " + std::to_string(seed) + "\n")) return;
    const auto start = steady_clock::now();
    auto end = play_checked(seed, o.twice_every > 0 && seed % o.twice_every == 0);
    auto micros = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start).count();
    for (const auto& [verb, n] : end.fired) fired[verb] += n;
    for (const auto& f : end.findings)
      put(to, "found " + std::to_string(seed) + " " + f.rule + "\t" + on_one_line(f.text) + "\n");
    put(to, "end " + std::to_string(seed) + " " + std::to_string(micros) + "\n");
  }
  for (const auto& [verb, n] : fired) put(to, "fired " + std::to_string(n) + " " + verb + "\n");
}

worker start(const batch_options& o, unsigned share) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  std::fflush(nullptr);
  worker w{::fork(), ends[0], {}, 0};
  if (w.pid < 0) throw std::runtime_error("no process");
  if (w.pid > 0) {
    ::close(ends[1]);
    return w;
  }
  ::close(ends[0]);
  play_share(o, share, ends[1]);
  ::_exit(0);
}

void add_finding(batch_report& to, std::uint64_t seed, oracle::finding f) {
  if (to.failed.empty() || to.failed.back().seed != seed) to.failed.push_back({seed, {}});
  to.failed.back().findings.push_back(std::move(f));
}

void take_line(const std::string& line, worker& w, batch_report& report) {
  std::istringstream in(line);
  std::string what, rest;
  std::uint64_t n = 0;
  in >> what >> n;
  std::getline(in >> std::ws, rest);
  if (what == "begin") {
    w.playing = n;
  } else if (what == "end") {
    w.playing = 0;
    ++report.played;
    report.micros.push_back(static_cast<std::uint32_t>(std::stoull(rest)));
  } else if (what == "found") {
    auto tab = rest.find('\t');
    add_finding(report, n, {rest.substr(0, tab), tab == rest.npos ? "" : rest.substr(tab + 1)});
  } else if (what == "fired") {
    report.fired[rest] += n;
  }
}

/// False: it has ended.
bool take(worker& w, batch_report& report, bool stopped) {
  char bytes[65536];
  auto n = ::read(w.from, bytes, sizeof bytes);
  if (n <= 0) {
    ::close(w.from);
    int status = 0;
    ::waitpid(w.pid, &status, 0);
    if (w.playing > 0 && !stopped)
      add_finding(report, w.playing, {"died", "the process ended by signal " + std::to_string(WTERMSIG(status))});
    return false;
  }
  w.unread.append(bytes, static_cast<std::size_t>(n));
  for (auto end = w.unread.find('\n'); end != w.unread.npos; end = w.unread.find('\n')) {
    take_line(w.unread.substr(0, end), w, report);
    w.unread.erase(0, end + 1);
  }
  return true;
}

}  // namespace

batch_report run_batch(const batch_options& o, const std::function<void(const batch_report&)>& progress) {
  const auto begin = steady_clock::now();
  batch_report report;
  bool stopped = false;
  std::vector<worker> workers;
  for (unsigned i = 0; i < o.jobs; ++i) workers.push_back(start(o, i));
  while (!workers.empty()) {
    std::vector<pollfd> waiting;
    for (const auto& w : workers) waiting.push_back({w.from, POLLIN, 0});
    ::poll(waiting.data(), waiting.size(), 500);
    for (std::size_t i = waiting.size(); i-- > 0;)
      if (waiting[i].revents != 0 && !take(workers[i], report, stopped))
        workers.erase(workers.begin() + static_cast<std::ptrdiff_t>(i));
    report.took = steady_clock::now() - begin;
    if (progress) progress(report);
    if (report.failed.size() < o.most_failures || std::exchange(stopped, true)) continue;
    for (const auto& w : workers) ::kill(w.pid, SIGKILL);
  }
  return report;
}

std::vector<std::string> never_fired(const counts& fired) {
  static const std::vector<std::string> all = {
      "offline", "online", "killed", "power-cut", "killed at a change", "power-cut at a change", "starts", "crash-actor",
      "disk error", "database error", "disk-full", "database-full", "unreadable", "readable", "root-gone", "root-replaced", "root-back",
      "deaf", "no-watches", "meanwhile took place", "at the same path",
      "dies at a call", "stumble", "misbehaves", "calm", "suspend", "clock", "server killed",
      "server power-cut", "server killed at a change", "server power-cut at a change", "server disk error", "full",
      "backs-up", "restored",
      "request lost", "answer lost", "request doubled", "websocket cut", "write", "save", "append", "rm", "mv", "swap",
      "mkdir", "chmod", "ln", "hold", "write-held", "release", "sync"};
  std::vector<std::string> out;
  for (const auto& verb : all)
    if (auto at = fired.find(verb); at == fired.end() || at->second == 0) out.push_back(verb);
  return out;
}

}  // namespace tinysync::sim
