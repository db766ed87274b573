#include "actors/detail/envelope.hpp"
#include "tests/actors/kit.hpp"

namespace tinysync::actors {
namespace {

struct messages : stage {};

template <class Face, class M>
concept can_tell = requires(ref<Face> r, M m) {
  r.tell(m);
};
template <class Face, class M>
concept can_ask = requires(context& c, ref<Face> r, M m) {
  c.ask(r, m, duration(1), [](auto) {});
};

static_assert(can_tell<probe_face, Int64Value>);
static_assert(can_tell<probe_face, Empty>);
static_assert(!can_tell<probe_face, BoolValue>);
static_assert(can_ask<probe_face, StringValue>);
static_assert(!can_ask<probe_face, Empty>, "Empty is told, not asked");
static_assert(!can_ask<probe_face, BoolValue>);
static_assert(std::is_same_v<answer_of<probe_face, Int64Value>, Int64Value>);
static_assert(std::is_void_v<answer_of<probe_face, Empty>>);
struct named_face : protocol<tells<Empty>> {};
static_assert(can_tell<named_face, Empty> && !can_tell<named_face, StringValue>);

TEST_F(messages, an_error_result_reaches_the_asker_and_the_actor_lives_on) {
  start({.children = {probe_child("a")}});
  auto r = say("a", "refuse");
  EXPECT_EQ(code_of(r), errc::offline);
  EXPECT_EQ(r.error().text, "no server");
  EXPECT_EQ(j.count("start a"), 1);
}

TEST_F(messages, everything_queued_at_a_crash_gets_an_error) {
  start({.children = {probe_child("a")}});
  std::vector<errc> got;
  auto note = [&](const auto& r) { got.push_back(r ? errc::internal : r.error().code); };
  outside.ask(at("a"), word("boom"), 1min, [&](result<StringValue> r) { note(r); });
  for (int i = 0; i < 5; ++i)
    outside.ask(at("a"), number(1), 1min, [&](result<Int64Value> r) { note(r); });
  sim.settle();
  EXPECT_EQ(got, std::vector<errc>(6, errc::crashed));
}

TEST_F(messages, nobody_and_unknown_paths_answer_unreachable) {
  EXPECT_EQ(code_of(ask(ref<probe_face>(), number(1))), errc::unreachable);
  start({});
  EXPECT_FALSE(at("nowhere"));
  ref<probe_face>().tell(Empty{});
  EXPECT_EQ(any_ref().path(), "");
}

TEST_F(messages, a_reference_of_the_wrong_face_is_found_out_when_it_is_looked_up) {
  start({.children = {probe_child("a")}});
  EXPECT_THROW((at<protocol<tells<BoolValue>>>("a")), std::logic_error);
  EXPECT_THROW((at<protocol<asks<Int64Value, StringValue>>>("a")), std::logic_error);
  EXPECT_TRUE((at<protocol<asks<Int64Value, Int64Value>>>("a")));  // part of its face
  EXPECT_EQ(at("a").raw().name(), "a");
  EXPECT_EQ(at("a").raw().path(), "/root/a");
}

TEST_F(messages, a_mailbox_over_its_limit_refuses_requests_and_drops_the_rest) {
  start({.children = {probe_child("a").limited(10)}});
  int overloaded = 0;
  int answered = 0;
  for (int i = 0; i < 25; ++i) {
    outside.ask(at("a"), number(1), 1min, [&](result<Int64Value> r) {
      r ? ++answered : overloaded += r.error().code == errc::overloaded;
    });
  }
  at("a").tell(Empty{});
  EXPECT_EQ(overloaded, 15);
  sim.settle();
  EXPECT_EQ(answered, 10);
  EXPECT_EQ(sim.inspect("/root/a").refused, 16u);
  EXPECT_EQ(sim.inspect("/root/a").state, "up");  // the Empty that would end it was dropped
}

// -- asking, answering later, attachments, correlation --------------------------------------------

/// Int64: ask the sibling "a" that number with a correlation; String: answer later; Bool: drop it.
/// Bytes: echo the attachment. Int32: wait so many ms for one that answers in 5 s; negative: crash.
using relay_face = protocol<asks<Int64Value, StringValue>, asks<StringValue, StringValue>,
                            asks<BoolValue, BoolValue>, asks<BytesValue, BytesValue>,
                            asks<Int32Value, StringValue>, tells<Empty>>;

class relay {
 public:
  explicit relay(context& self) : self_(self) {}

  later<StringValue> handle(const Int64Value& n, context& self) {
    later<StringValue> answer(self);
    self.set_correlation("save-" + std::to_string(n.value()));
    self.ask(self.sibling<probe_face>("a"), word("correlation"), 1s,
             [answer](result<StringValue> r) { answer.deliver(std::move(r)); });
    return answer;
  }
  later<StringValue> handle(const StringValue& w, context& self) {
    kept_ = later<StringValue>(self);
    if (w.value() == "crash") throw std::runtime_error("while holding");
    self.delay(5s, Empty{});
    return kept_;
  }
  void handle(const Empty&, context& self) {
    self_.note("answered");
    kept_.deliver(word(std::string(self.correlation())));
    kept_.deliver(word("again"));  // ignored
  }
  later<BoolValue> handle(const BoolValue&, context& self) { return later<BoolValue>(self); }
  with_bulk<BytesValue> handle(const BytesValue& b, context& self) {
    return {b, self.attachment()};
  }
  later<StringValue> handle(const Int32Value& ms, context& self) {
    if (ms.value() < 0) throw std::runtime_error("negative");
    later<StringValue> answer(self);
    self.ask(self.self<relay_face>(), word("slow"), std::chrono::milliseconds(ms.value()),
             [answer](result<StringValue> r) { answer.deliver(std::move(r)); });
    return answer;
  }

 private:
  context& self_;
  later<StringValue> kept_;
};

struct relays : stage {
  relays() {
    start({.children = {probe_child("a"), child<relay_face, relay>("r", runs_on::scheduler)}});
    r = at<relay_face>("r");
  }
  ref<relay_face> r;
};

TEST_F(relays, what_a_handler_sends_inherits_the_correlation) {
  EXPECT_EQ(ask(r, number(7))->value(), "save-7");
}

TEST_F(relays, a_correlation_from_outside_survives_delays_and_later_answers) {
  std::string got;
  outside.ask(
      r, word("x"), 1min, [&](result<StringValue> a) { got = a ? a->value() : "error"; }, {},
      "user-1");
  sim.run_for(10s);
  EXPECT_EQ(got, "user-1");
}

TEST_F(relays, an_answer_may_come_later_once) {
  auto begun = sim.now();
  EXPECT_TRUE(ask(r, word("x")));
  EXPECT_EQ(sim.now() - begun, 5s);
}

TEST_F(relays, a_later_that_is_dropped_answers_internal) {
  EXPECT_EQ(code_of(ask(r, BoolValue{})), errc::internal);
}

TEST_F(relays, a_crash_answers_what_was_to_be_answered_later) {
  std::vector<errc> got;
  auto note = [&](result<StringValue> a) { got.push_back(a ? errc::internal : a.error().code); };
  outside.ask(r, word("kept by an earlier handler"), 1min, note);
  sim.settle();
  Int32Value negative;
  negative.set_value(-1);
  outside.ask(r, negative, 1min, note);
  sim.settle();
  EXPECT_EQ(got, (std::vector<errc>{errc::crashed, errc::crashed}));
}

TEST_F(relays, a_crash_answers_the_request_in_hand_even_if_it_was_taken_for_later) {
  EXPECT_EQ(code_of(ask(r, word("crash"))), errc::crashed);
}

TEST_F(relays, questions_time_out_and_late_answers_are_ignored) {
  Int32Value ms;
  ms.set_value(100);
  auto begun = sim.now();
  EXPECT_EQ(code_of(ask(r, ms)), errc::timeout);
  EXPECT_EQ(sim.now() - begun, 100ms);
  sim.run_for(10s);
  ms.set_value(6000);
  EXPECT_TRUE(ask(r, ms));
}

TEST_F(relays, attachments_arrive_without_a_copy) {
  auto bytes = make_bulk(std::string(1 << 20, 'x'));
  const std::string* got = nullptr;
  outside.ask(
      r, BytesValue{}, 1min, [&](result<BytesValue>, const bulk& b) { got = b.get(); }, bytes);
  sim.settle();
  EXPECT_EQ(got, bytes.get());
}

TEST_F(relays, messages_are_moved_in_and_out) {
  BytesValue big;
  big.set_value(std::string(1 << 20, 'x'));
  auto buffer = big.value().data();
  auto kept = std::make_shared<BytesValue>(std::move(big));
  EXPECT_EQ(kept->value().data(), buffer);
  auto shared = message_ptr(kept);
  kept.reset();
  const char* got = nullptr;
  detail::raw_answer raw{std::move(shared), {}};
  auto f = [&](result<BytesValue> a) { got = a->value().data(); };
  detail::hand_over<BytesValue>(f, std::move(raw));
  EXPECT_EQ(got, buffer);
}

TEST_F(relays, delayed_messages_and_questions_die_with_their_actor) {
  at<relay_face>("r").tell(word("x"));  // delays Empty by 5 s
  sim.settle();
  at<relay_face>("r").tell(word("crash"));
  sim.run_for(10s);
  EXPECT_EQ(sim.inspect("/root/r").work, "");  // the new life never got the old Empty
  EXPECT_EQ(sim.inspect("/root/r").restarts, 1u);
}

TEST_F(relays, messages_keep_their_order_across_a_restart) {
  order("a", "boom");
  sim.settle();
  std::vector<int> order_seen;
  for (int i = 0; i < 20; ++i) {
    outside.ask(at("a"), number(0), 1min, [&, i](result<Int64Value>) { order_seen.push_back(i); });
    sim.run_for(1ms);  // the restart comes in between
  }
  sim.settle();
  EXPECT_EQ(order_seen.size(), 20u);
  EXPECT_TRUE(std::is_sorted(order_seen.begin(), order_seen.end()));
}

TEST_F(relays, a_closed_gateway_drops_its_callbacks) {
  bool called = false;
  outside.ask(r, word("x"), 1min, [&](result<StringValue>) { called = true; });
  outside.close();
  sim.run_for(2min);
  outside.ask(r, word("x"), 1min, [&](result<StringValue>) { called = true; });
  sim.run_for(2min);
  EXPECT_FALSE(called);
}

TEST(envelopes, could_cross_a_process_border) {
  detail::envelope e;
  e.message = std::make_shared<StringValue>(word("x"));
  e.correlation = "c-1";
  e.attachment = make_bulk("bytes");
  auto bytes = detail::encode(e);
  ASSERT_TRUE(bytes);
  auto back = detail::decode(*bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(static_cast<const StringValue&>(*back->message).value(), "x");
  EXPECT_EQ(back->correlation, "c-1");
  EXPECT_EQ(*back->attachment, "bytes");
  for (std::size_t n = 0; n < bytes->size(); ++n) {
    EXPECT_FALSE(detail::decode(bytes->substr(0, n))) << n;
  }
  EXPECT_FALSE(detail::decode(*bytes + "x"));
  e.task = [](detail::incarnation&) {};
  e.message = nullptr;
  EXPECT_EQ(code_of(detail::encode(e)), errc::unsupported);
}

}  // namespace
}  // namespace tinysync::actors
