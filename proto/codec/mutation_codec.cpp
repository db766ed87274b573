#include "proto/codec/fields.hpp"
#include "proto/codec/messages.hpp"
#include "proto/codec/to_wire.hpp"

namespace tinysync::codec {
namespace {

constexpr std::size_t longest_correlation = 64;

void to_wire(const content& c, wire::v1::Content& out) {
  out.set_hash(written(c.hash));
  out.set_ref(written(c.ref));
  out.set_size(c.size);
  out.set_mtime_ns(c.mtime_ns);
}

void to_wire(const mode_bits& b, wire::v1::Mode& out) {
  out.set_executable(b.executable);
  out.set_private_(b.private_);
}

mode_bits from_wire(const wire::v1::Mode& m) { return {m.executable(), m.private_()}; }

/// Places are checked for shape only: a bad name gets the answer name_invalid, per mutation.
bool from_wire(place& out, const std::string& parent, const std::string& name) {
  out.name = name;
  return read(out.parent, parent) && name.size() <= 4096;
}

bool from_wire(content& out, const wire::v1::Content& m) {
  out.size = m.size();
  out.mtime_ns = m.mtime_ns();
  return read(out.hash, m.hash()) && read(out.ref, m.ref(), true) &&
         (out.size == 0) == out.ref.none();
}

bool valid_target(const std::string& t) {
  return !t.empty() && t.size() <= longest_link_target && t.find('\0') == std::string::npos;
}

struct writer {
  wire::v1::Mutation& out;
  void operator()(const create_folder& c) const {
    auto& m = *out.mutable_create_folder();
    m.set_parent(c.at.parent.str());
    m.set_name(c.at.name);
  }
  void operator()(const create_file& c) const {
    auto& m = *out.mutable_create_file();
    m.set_parent(c.at.parent.str());
    m.set_name(c.at.name);
    to_wire(c.what, *m.mutable_content());
    to_wire(c.mode, *m.mutable_mode());
  }
  void operator()(const create_symlink& c) const {
    auto& m = *out.mutable_create_symlink();
    m.set_parent(c.at.parent.str());
    m.set_name(c.at.name);
    m.set_target(c.what.link_target);
    m.set_mtime_ns(c.what.mtime_ns);
  }
  void operator()(const update_content& c) const {
    auto& m = *out.mutable_update_content();
    m.set_content_op(c.content_op.str());
    if (c.what.link_target.empty()) to_wire(c.what, *m.mutable_content());
    m.set_link_target(c.what.link_target);
  }
  void operator()(const set_mode& c) const {
    auto& m = *out.mutable_set_mode();
    m.set_mode_op(c.mode_op.str());
    to_wire(c.mask, *m.mutable_mask());
    to_wire(c.value, *m.mutable_value());
  }
  void operator()(const move_rename& c) const {
    auto& m = *out.mutable_move_rename();
    m.set_place_op(c.place_op.str());
    m.set_parent(c.to.parent.str());
    m.set_name(c.to.name);
  }
  void operator()(const delete_item& c) const {
    auto& m = *out.mutable_delete_();
    m.set_content_op(written(c.content_op));
    m.set_place_op(written(c.place_op));
    m.set_mode_op(written(c.mode_op));
  }
  void operator()(const delete_subtree& c) const {
    auto& m = *out.mutable_delete_subtree();
    m.set_place_op(written(c.place_op));
    m.set_seen_seq(c.seen.value);
  }
  void operator()(const restore_item& c) const {
    auto& m = *out.mutable_restore();
    m.set_deleting_op(written(c.deleting_op));
    m.set_parent(c.at.parent.str());
    m.set_name(c.at.name);
    m.set_content_op(written(c.content_op));
    m.set_from_seq(c.from.value);
  }
};

result<change> read_creation(const wire::v1::Mutation& m) {
  if (m.has_create_folder()) {
    create_folder c;
    if (!from_wire(c.at, m.create_folder().parent(), m.create_folder().name()))
      return bad("a malformed create_folder");
    return c;
  }
  if (m.has_create_file()) {
    create_file c;
    const auto& w = m.create_file();
    if (!from_wire(c.at, w.parent(), w.name()) || !from_wire(c.what, w.content()))
      return bad("a malformed create_file");
    c.mode = from_wire(w.mode());
    return c;
  }
  create_symlink c;
  const auto& w = m.create_symlink();
  if (!from_wire(c.at, w.parent(), w.name()) || !valid_target(w.target()))
    return bad("a malformed create_symlink");
  c.what.link_target = w.target();
  c.what.size = w.target().size();
  c.what.mtime_ns = w.mtime_ns();
  return c;
}

result<change> read_edit(const wire::v1::Mutation& m) {
  if (m.has_update_content()) {
    update_content c;
    const auto& w = m.update_content();
    if (!read(c.content_op, w.content_op())) return bad("an update_content without content_op");
    if (!w.link_target().empty()) {
      if (!valid_target(w.link_target())) return bad("an update_content with a bad link target");
      c.what.link_target = w.link_target();
      c.what.size = w.link_target().size();
      c.what.mtime_ns = w.content().mtime_ns();
    } else if (!from_wire(c.what, w.content())) {
      return bad("a malformed update_content");
    }
    return c;
  }
  if (m.has_set_mode()) {
    set_mode c;
    if (!read(c.mode_op, m.set_mode().mode_op())) return bad("a set_mode without mode_op");
    c.mask = from_wire(m.set_mode().mask());
    c.value = from_wire(m.set_mode().value());
    return c;
  }
  move_rename c;
  const auto& w = m.move_rename();
  if (!read(c.place_op, w.place_op()) || !from_wire(c.to, w.parent(), w.name()))
    return bad("a malformed move_rename");
  return c;
}

result<change> read_removal(const wire::v1::Mutation& m) {
  if (m.has_delete_()) {
    delete_item c;
    const auto& w = m.delete_();
    if (!read(c.content_op, w.content_op(), true) || !read(c.place_op, w.place_op(), true) ||
        !read(c.mode_op, w.mode_op(), true))
      return bad("a malformed delete");
    return c;
  }
  if (m.has_delete_subtree()) {
    delete_subtree c;
    if (!read(c.place_op, m.delete_subtree().place_op(), true))
      return bad("a malformed delete_subtree");
    c.seen = {m.delete_subtree().seen_seq()};
    return c;
  }
  if (!m.has_restore()) return bad("a mutation of unknown kind");
  restore_item c;
  const auto& w = m.restore();
  if (!read(c.deleting_op, w.deleting_op(), true) || !read(c.content_op, w.content_op(), true) ||
      !from_wire(c.at, w.parent(), w.name()))
    return bad("a malformed restore");
  c.from = {w.from_seq()};
  return c;
}

result<change> read_change(const wire::v1::Mutation& m) {
  if (m.has_create_folder() || m.has_create_file() || m.has_create_symlink())
    return read_creation(m);
  if (m.has_update_content() || m.has_set_mode() || m.has_move_rename()) return read_edit(m);
  return read_removal(m);
}

}  // namespace

void to_wire(const mutation& m, wire::v1::Mutation& out) {
  out.set_op_id(m.op.str());
  out.set_item(m.item.str());
  for (const auto& a : m.after) out.add_after(a.str());
  out.set_group(written(m.group));
  out.set_because_of(written(m.because_of));
  out.set_correlation(m.correlation);
  out.set_like(m.like);
  if (m.inline_content) out.set_inline_content(*m.inline_content);
  std::visit(writer{out}, m.change);
}

result<mutation> from_wire(const wire::v1::Mutation& m) {
  mutation out;
  if (!read(out.op, m.op_id()) || out.op.none()) return bad("a mutation without an op id");
  if (!read(out.item, m.item()) || out.item.none()) return bad("a mutation without an item");
  for (const auto& a : m.after()) {
    op_id id;
    if (!read(id, a)) return bad("a mutation with a malformed 'after'");
    out.after.push_back(id);
  }
  if (!read(out.group, m.group(), true) || !read(out.because_of, m.because_of(), true))
    return bad("a mutation with a malformed group or because_of");
  if (m.correlation().size() > longest_correlation) return bad("a correlation id over 64 bytes");
  if (m.inline_content().size() > most_inline_bytes) return bad("inline content over 64 KiB");
  out.correlation = m.correlation();
  out.like = m.like();
  if (!m.inline_content().empty()) out.inline_content = m.inline_content();
  auto c = read_change(m);
  if (!c) return failure(c.error());
  out.change = std::move(*c);
  return out;
}

std::string encode(const mutation& m) {
  wire::v1::Mutation w;
  to_wire(m, w);
  w.clear_inline_content();
  return serialized(w);
}

result<mutation> decode_mutation(std::string_view bytes) {
  auto m = parsed<wire::v1::Mutation>(bytes);
  if (!m) return failure(m.error());
  return from_wire(*m);
}

std::string encode(const mutation_request& r) {
  wire::v1::MutationRequest w;
  w.set_protocol(r.protocol);
  w.set_client_version(r.client_version);
  to_wire(r.cursor, *w.mutable_cursor());
  to_wire(r.highest, *w.mutable_highest());
  for (const auto& m : r.mutations) to_wire(m, *w.add_mutations());
  for (const auto& op : r.retired) w.add_retired(op.str());
  return serialized(w);
}

result<mutation_request> decode_mutation_request(std::string_view body) {
  auto w = parsed<wire::v1::MutationRequest>(body);
  if (!w) return failure(w.error());
  mutation_request out;
  out.protocol = w->protocol();
  out.client_version = w->client_version().substr(0, 64);
  auto cursor = from_wire_optional(w->has_cursor(), w->cursor());
  auto highest = from_wire_optional(w->has_highest(), w->highest());
  if (!cursor || !highest) return bad("a malformed position");
  out.cursor = *cursor;
  out.highest = *highest;
  if (w->mutations_size() > static_cast<int>(most_mutations) ||
      (w->mutations_size() == 0 && w->retired_size() == 0) ||
      w->retired_size() > static_cast<int>(most_mutations))
    return bad("a request takes 1 to 1000 mutations");
  for (const auto& m : w->mutations()) {
    auto v = from_wire(m);
    if (!v) return failure(v.error());
    out.mutations.push_back(std::move(*v));
  }
  for (const auto& r : w->retired()) {
    op_id id;
    if (!read(id, r)) return bad("a malformed retired op id");
    out.retired.push_back(id);
  }
  return out;
}

}  // namespace tinysync::codec
