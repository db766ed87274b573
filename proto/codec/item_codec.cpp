#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/unknown_field_set.h>

#include "proto/codec/fields.hpp"
#include "proto/codec/messages.hpp"
#include "proto/codec/to_wire.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::codec {
namespace {

// protobuf complains about malformed input on stderr; whoever sends it must not be able to write
// there. Decoders return the error instead.
[[maybe_unused]] const auto former_log_handler = google::protobuf::SetLogHandler(nullptr);

}  // namespace

std::string encode(const item& it) {
  wire::v1::Item m;
  m.set_id(it.id.str());
  m.set_parent(it.at.parent.str());
  m.set_name(it.at.name);
  m.set_kind(static_cast<wire::v1::ItemKind>(it.kind));
  m.set_version(it.version);
  m.set_content_op(written(it.content_op));
  m.set_place_op(written(it.place_op));
  m.set_mode_op(written(it.mode_op));
  m.set_content_seq(it.content_seq.value);
  m.set_place_seq(it.place_seq.value);
  m.set_mode_seq(it.mode_seq.value);
  m.set_content_hash(written(it.what.hash));
  m.set_content_ref(written(it.what.ref));
  m.set_size(it.what.size);
  m.set_mtime_ns(it.what.mtime_ns);
  m.set_executable(it.mode.executable);
  m.set_private_(it.mode.private_);
  m.set_deleted(it.deleted);
  m.set_deleted_op(written(it.deleted_op));
  m.set_deleted_seq(it.deleted_seq.value);
  m.set_link_target(it.what.link_target);
  return serialized(m) + it.extra;
}

namespace {

bool read_ops(item& it, const wire::v1::Item& m) {
  return read(it.content_op, m.content_op(), true) && read(it.place_op, m.place_op(), true) &&
         read(it.mode_op, m.mode_op(), true) && read(it.deleted_op, m.deleted_op(), true);
}

bool valid_shape(const item& it) {
  switch (it.kind) {
    case item_kind::folder: return it.what.hash.none() && it.what.ref.none() && it.what.size == 0;
    case item_kind::file:
      return !it.what.hash.none() && it.what.link_target.empty() &&
             (it.what.size == 0) == it.what.ref.none();
    case item_kind::symlink:
      return !it.what.hash.none() && it.what.ref.none() && !it.what.link_target.empty() &&
             it.what.link_target.size() <= longest_link_target &&
             it.what.link_target.find('\0') == std::string::npos;
  }
  return false;
}

}  // namespace

result<item> decode_item(std::string_view canonical) {
  auto m = parsed<wire::v1::Item>(canonical);
  if (!m) return failure(m.error());
  item it;
  if (!read(it.id, m->id()) || it.id.none()) return bad("an item without an id");
  if (!read(it.at.parent, m->parent())) return bad("an item without a parent");
  if (!valid_name(m->name())) return bad("an item with the name '" + printable(m->name()) + "'");
  if (m->kind() < 1 || m->kind() > 3) return bad("an item of unknown kind");
  it.at.name = m->name();
  it.kind = static_cast<item_kind>(m->kind());
  it.version = m->version();
  if (!read_ops(it, *m)) return bad("an item with a malformed op id");
  it.content_seq = {m->content_seq()};
  it.place_seq = {m->place_seq()};
  it.mode_seq = {m->mode_seq()};
  if (!read(it.what.hash, m->content_hash(), true) || !read(it.what.ref, m->content_ref(), true))
    return bad("an item with a malformed hash");
  it.what.size = m->size();
  it.what.mtime_ns = m->mtime_ns();
  it.what.link_target = m->link_target();
  it.mode = {m->executable(), m->private_()};
  it.deleted = m->deleted();
  it.deleted_seq = {m->deleted_seq()};
  if (!valid_shape(it)) return bad("an item whose content does not fit its kind");
  const auto& unknown = m->GetReflection()->GetUnknownFields(*m);
  if (!unknown.empty()) unknown.SerializeToString(&it.extra);
  return it;
}

}  // namespace tinysync::codec
