#include "tools/sim/play.hpp"

#include "tools/sim/generator.hpp"

namespace tinysync::sim {
namespace {

using next_step = std::function<std::optional<step>(world&)>;

std::string now_of(world& w) {
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(w.simulation().now().time_since_epoch());
  return std::to_string(ms.count()) + " ms";
}

void perform_all(stage& on, const next_step& next, const teller& tell, ending& out) {
  while (auto s = next(on.world())) {
    if (tell) tell(now_of(on.world()) + "  " + to_string(*s));
    if (s->verb == "peace") {
      out.played.steps.push_back(*s);
      out.findings = on.make_peace();
      if (!out.findings.empty()) return;
    } else if (on.perform(*s)) {
      out.played.steps.push_back(*s);
    } else if (s->pause.count() > 0) {
      out.played.steps.push_back({s->pause, "all", "wait", {}});
    }
  }
  if (tell) tell(now_of(on.world()) + "  peace");
  out.findings = on.make_peace();
  if (out.findings.empty()) out.findings = on.rest();
}

ending play_on(const scenario& cast, const next_step& next, const teller& tell, bool trace) {
  ending out;
  out.played = cast;
  out.played.steps.clear();
  stage on(cast);
  if (trace) on.world().simulation().trace_to(tell);
  try {
    perform_all(on, next, tell, out);
  } catch (const std::runtime_error& e) {
    out.findings.push_back({"broke off", e.what()});
  }
  if (!out.findings.empty() && tell) out.account = on.account();
  out.fired = on.fired();
  out.trace_hash = on.trace_hash();
  return out;
}

}  // namespace

ending play(std::uint64_t seed, const teller& tell, bool trace) {
  generator g(seed);
  return play_on(g.cast(), [&](world& w) { return g.next(w); }, tell, trace);
}

ending play(const scenario& s, const teller& tell, bool trace) {
  std::size_t at = 0;
  auto next = [&](world&) { return at < s.steps.size() ? std::optional(s.steps[at++]) : std::nullopt; };
  return play_on(s, next, tell, trace);
}

// -- to a smaller one ----------------------------------------------------------------------------

namespace {

bool breaks(const scenario& s, const std::string& rule) {
  for (const auto& f : play(s).findings)
    if (f.rule == rule) return true;
  return false;
}

/// Without runs of steps, from half of them down to one.
bool drop_steps(scenario& s, const std::string& rule) {
  bool smaller = false;
  for (auto n = std::max<std::size_t>(s.steps.size() / 2, 1); n > 0; n /= 2)
    for (std::size_t at = 0; at < s.steps.size();) {
      auto without = s;
      auto from = without.steps.begin() + static_cast<std::ptrdiff_t>(at);
      without.steps.erase(from, from + static_cast<std::ptrdiff_t>(std::min(n, s.steps.size() - at)));
      if (breaks(without, rule)) s = std::move(without), smaller = true;
      else at += n;
    }
  return smaller;
}

bool drop_devices(scenario& s, const std::string& rule) {
  bool smaller = false;
  for (std::size_t i = s.devices.size(); i-- > 0 && s.devices.size() > 1;) {
    auto without = s;
    auto gone = without.devices[i];
    without.devices.erase(without.devices.begin() + static_cast<std::ptrdiff_t>(i));
    std::erase_if(without.steps, [&](const step& one) { return one.who == gone; });
    if (breaks(without, rule)) s = std::move(without), smaller = true;
  }
  return smaller;
}

bool simplify(scenario& s, const std::string& rule) {
  bool smaller = false;
  auto attempt = [&](scenario simpler) {
    if (breaks(simpler, rule)) s = std::move(simpler), smaller = true;
  };
  for (std::size_t i = 0; i < s.steps.size(); ++i) {
    if (s.steps[i].pause.count() > 0) {
      auto t = s;
      t.steps[i].pause = {};
      attempt(t);
    }
    if ((s.steps[i].verb == "write" || s.steps[i].verb == "save") && s.steps[i].args.size() > 2) {
      auto t = s;
      t.steps[i].args.resize(2);
      attempt(t);
    }
  }
  for (auto flag : {&scenario::coarse_times, &scenario::reused_inodes})
    if (s.*flag) {
      auto t = s;
      t.*flag = false;
      attempt(t);
    }
  return smaller;
}

}  // namespace

scenario shrink(const scenario& s, const std::string& rule, const std::function<void(const scenario&)>& tell) {
  auto best = s;
  for (bool smaller = true; smaller;) {
    smaller = drop_devices(best, rule);
    smaller |= drop_steps(best, rule);
    smaller |= simplify(best, rule);
    if (tell) tell(best);
  }
  return best;
}

}  // namespace tinysync::sim
