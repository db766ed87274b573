#pragma once
// The few nouns of these tests: a journal, a probe that does what its messages say, a stage to run
// them on.

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "actors/context.hpp"
#include "actors/gateway.hpp"
#include "actors/simulation.hpp"
#include "actors/supervision.hpp"

namespace tinysync::actors {

using namespace std::chrono_literals;
using google::protobuf::BoolValue;
using google::protobuf::BytesValue;
using google::protobuf::Empty;
using google::protobuf::Int32Value;
using google::protobuf::Int64Value;
using google::protobuf::StringValue;

/// What happened, in order, with the virtual time.
struct journal {
  std::vector<std::string> lines;
  std::vector<time_point> at;
  void add(std::string what, time_point when) {
    lines.push_back(std::move(what));
    at.push_back(when);
  }
  long count(const std::string& what) const { return std::count(lines.begin(), lines.end(), what); }
  std::vector<time_point> times(const std::string& what) const {
    std::vector<time_point> found;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (lines[i] == what) found.push_back(at[i]);
    }
    return found;
  }
  std::vector<std::string> last(std::size_t n) const {
    return {lines.end() - static_cast<std::ptrdiff_t>(std::min(n, lines.size())), lines.end()};
  }
};

/// Add up numbers; do as the word says; Empty: end normally.
using probe_face =
    protocol<asks<Int64Value, Int64Value>, asks<StringValue, StringValue>, tells<Empty>>;

inline Int64Value number(std::int64_t n) {
  Int64Value v;
  v.set_value(n);
  return v;
}
inline StringValue word(std::string w) {
  StringValue v;
  v.set_value(std::move(w));
  return v;
}

class probe {
 public:
  probe(context& self, journal* j) : self_(self), journal_(j), name_(self.path()) {
    name_.erase(0, name_.rfind('/') + 1);
    note(self.start().resync ? "resync " : "start ");
    if (name_ == "unborn" && self.start().generation < 3) throw std::runtime_error("cannot start");
    if (name_ == "stillborn") throw std::runtime_error("never starts");
  }
  ~probe() { note("stop "); }

  Int64Value handle(const Int64Value& n) { return number(sum_ += n.value()); }
  result<StringValue> handle(const StringValue& w, context& self) {
    if (w.value().starts_with("boom")) throw std::runtime_error("boom");
    if (w.value() == "violate") throw integrity_violation("log position does not match");
    if (w.value() == "corrupt") throw local_state_corrupt("page 7");
    if (w.value() == "refuse") return failure(errc::offline, "no server");
    if (w.value() == "correlation") return word(std::string(self.correlation()));
    if (w.value() == "note") self.note("counting");
    return w;
  }
  void handle(const Empty&, context& self) { self.quit(); }

 private:
  void note(const std::string& what) {
    if (journal_) journal_->add(what + name_, self_.now());
  }
  context& self_;
  journal* journal_;
  std::string name_;
  std::int64_t sum_ = 0;
};

/// A simulation with one tree called "root" and questions from outside.
struct stage : ::testing::Test {
  journal j;  // outlives the actors that write to it
  simulation sim{7};
  gateway outside{[](std::function<void()> f) { f(); }};

  child_spec probe_child(std::string name) {
    return child<probe_face, probe>(std::move(name), runs_on::scheduler, &j);
  }
  void start(supervisor_spec tree) {
    tree.name = "root";
    sim.start(std::move(tree));
    sim.settle();
  }
  template <class Face = probe_face>
  ref<Face> at(const std::string& path) {
    return sim.directory().find<Face>("/root/" + path);
  }
  /// Asks and lets time pass, at most `limit`, until the answer is here.
  template <class Face, class Request>
  result<answer_of<Face, Request>> ask(const ref<Face>& to, Request message, duration limit = 60s) {
    using Answer = answer_of<Face, Request>;
    auto got = std::make_shared<result<Answer>>(failure(errc::internal, "no callback"));
    auto done = std::make_shared<bool>(false);
    outside.ask(to, std::move(message), limit, [got, done](result<Answer> a) {
      *got = std::move(a);
      *done = true;
    });
    sim.settle();
    while (!*done && sim.next_timeout()) sim.run_for(*sim.next_timeout() - sim.now());
    return *got;
  }
  result<Int64Value> add(const std::string& path, std::int64_t n) {
    return ask(at(path), number(n));
  }
  result<StringValue> say(const std::string& path, const std::string& w) {
    return ask(at(path), word(w));
  }
  void order(const std::string& path, const std::string& w) { at(path).tell(word(w)); }
};

template <class T>
errc code_of(const result<T>& r) {
  EXPECT_FALSE(r.has_value());
  return r ? errc::internal : r.error().code;
}

}  // namespace tinysync::actors
