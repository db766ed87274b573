#include "proto/codec/fields.hpp"
#include "proto/codec/messages.hpp"
#include "proto/codec/to_wire.hpp"

namespace tinysync::codec {

void to_wire(const position& p, wire::v1::Position& out) {
  out.set_epoch(written(p.epoch));
  out.set_seq(p.seq.value);
  out.set_chain(written(p.chain));
  out.set_seal(p.seal);
}

result<position> from_wire(const wire::v1::Position& m) {
  position p;
  if (!read(p.epoch, m.epoch(), true) || !read(p.chain, m.chain(), true) || m.seal().size() > 64)
    return bad("a malformed position");
  p.seq = {m.seq()};
  p.seal = m.seal();
  return p;
}

result<position> from_wire_optional(bool present, const wire::v1::Position& m) {
  return present ? from_wire(m) : result<position>(position{});
}

std::string encode(const position& p) {
  wire::v1::Position w;
  to_wire(p, w);
  return serialized(w);
}

result<position> decode_position(std::string_view bytes) {
  auto m = parsed<wire::v1::Position>(bytes);
  if (!m) return failure(m.error());
  return from_wire(*m);
}

void to_wire(const outcome& o, wire::v1::Outcome& out) {
  out.set_op_id(o.op.str());
  out.set_kind(static_cast<wire::v1::Outcome::Kind>(o.kind));
  if (o.succeeded()) to_wire(o.at, *out.mutable_position());
  out.set_item(o.canonical);
  out.set_reason(static_cast<wire::v1::Reason>(o.why));
  out.set_skipped_for(written(o.skipped_for));
}

result<outcome> from_wire(const wire::v1::Outcome& m) {
  outcome o;
  if (!read(o.op, m.op_id())) return bad("an outcome without an op id");
  if (m.kind() < 1 || m.kind() > 6) return bad("an outcome of unknown kind");
  o.kind = static_cast<verdict>(m.kind());
  auto at = from_wire_optional(m.has_position(), m.position());
  if (!at) return failure(at.error());
  o.at = *at;
  o.canonical = m.item();
  // A reason of a later version is still a refusal: the trees decide, not its name.
  o.why = m.reason() > 20 ? reason::internal : static_cast<reason>(m.reason());
  if (!read(o.skipped_for, m.skipped_for(), true)) return bad("an outcome with a malformed op id");
  return o;
}

std::string encode(const outcome& o) {
  wire::v1::Outcome w;
  to_wire(o, w);
  return serialized(w);
}

result<outcome> decode_outcome(std::string_view bytes) {
  auto m = parsed<wire::v1::Outcome>(bytes);
  if (!m) return failure(m.error());
  return from_wire(*m);
}

std::string encode(const mutation_answer& a) {
  wire::v1::MutationAnswer w;
  to_wire(a.head, *w.mutable_head());
  for (const auto& o : a.outcomes) to_wire(o, *w.add_outcomes());
  for (const auto& r : a.retired) {
    auto& m = *w.add_retired();
    m.set_op_id(r.op.str());
    if (r.applied) to_wire(*r.applied, *m.mutable_applied());
  }
  return serialized(w);
}

result<mutation_answer> decode_mutation_answer(std::string_view body) {
  auto w = parsed<wire::v1::MutationAnswer>(body);
  if (!w) return failure(w.error());
  mutation_answer out;
  auto head = from_wire_optional(w->has_head(), w->head());
  if (!head) return failure(head.error());
  out.head = *head;
  for (const auto& m : w->outcomes()) {
    auto o = from_wire(m);
    if (!o) return failure(o.error());
    out.outcomes.push_back(std::move(*o));
  }
  for (const auto& m : w->retired()) {
    retired_answer r;
    if (!read(r.op, m.op_id())) return bad("a malformed retired answer");
    if (m.has_applied()) {
      auto o = from_wire(m.applied());
      if (!o) return failure(o.error());
      r.applied = std::move(*o);
    }
    out.retired.push_back(std::move(r));
  }
  return out;
}

}  // namespace tinysync::codec
