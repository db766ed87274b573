#include "client/actors/convert.hpp"

namespace tinysync::client {
namespace {

constexpr std::uint32_t special_kind = 4;

engine::verb verb_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(engine::verb::remove); ++i)
    if (engine::name_of(static_cast<engine::verb>(i)) == name) return static_cast<engine::verb>(i);
  return engine::verb::remove;
}

engine::cause cause_named(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(engine::cause::makes_way); ++i)
    if (engine::name_of(static_cast<engine::cause>(i)) == name) return static_cast<engine::cause>(i);
  return engine::cause::same_on_both;
}

}  // namespace

void put(const engine::seen& s, pb::FolderEntry& out) {
  out.set_kind(static_cast<std::uint32_t>(s.kind));
  out.set_inode(s.inode);
  out.set_birth_ns(s.birth_ns);
  out.set_size(s.size);
  out.set_mtime_ns(s.mtime_ns);
  out.set_ctime_ns(s.ctime_ns);
  out.set_mode(s.mode);
}

engine::seen seen_from(const pb::FolderEntry& m) {
  engine::seen s;
  s.kind = m.kind() >= 1 && m.kind() <= 3 ? static_cast<item_kind>(m.kind()) : item_kind::file;
  s.inode = m.inode();
  s.birth_ns = m.birth_ns();
  s.size = m.size();
  s.mtime_ns = m.mtime_ns();
  s.ctime_ns = m.ctime_ns();
  s.mode = m.mode();
  return s;
}

pb::FolderListing to_message(const engine::listing& l) {
  pb::FolderListing out;
  out.set_path(l.path);
  out.set_failed(l.failed);
  out.set_ignored(l.ignored);
  if (l.self) put(*l.self, *out.mutable_self());
  for (const auto& e : l.entries) {
    auto& m = *out.add_entries();
    put(e.seen, m);
    m.set_name(e.name);
    if (e.special) m.set_kind(special_kind);
    m.set_unreadable(e.unreadable);
    m.set_ignored(e.ignored);
  }
  return out;
}

engine::listing from_message(const pb::FolderListing& m) {
  engine::listing out;
  out.path = m.path();
  out.failed = m.failed();
  out.ignored = m.ignored();
  if (m.has_self()) out.self = seen_from(m.self());
  out.entries.reserve(static_cast<std::size_t>(m.entries_size()));
  for (const auto& e : m.entries())
    out.entries.push_back({e.name(), seen_from(e), e.kind() == special_kind, e.unreadable(),
                           e.ignored()});
  return out;
}

pb::ContentHashed to_message(const engine::hashed_entry& h) {
  pb::ContentHashed out;
  out.set_path(h.path);
  put(h.seen, *out.mutable_seen());
  out.mutable_seen()->set_link_target(h.link_target);
  out.set_hash(h.hash.str());
  out.set_failed(h.failed);
  return out;
}

engine::hashed_entry from_message(const pb::ContentHashed& m) {
  return {m.path(), seen_from(m.seen()), id_from<content_hash>(m.hash()), m.seen().link_target(),
          m.failed()};
}

void put(const journal::intent& i, pb::DiskOp& out) {
  out.set_intent(i.id);
  out.set_verb(std::string(engine::name_of(i.op.what)));
  out.set_item(i.op.id.str());
  out.set_from_path(i.op.from_path);
  out.set_to_path(i.op.to_path);
  if (i.op.state) out.set_state(codec::encode(*i.op.state));
  out.set_executable(i.op.mode.executable);
  out.set_private_(i.op.mode.private_);
  if (i.op.expected) {
    put(i.op.expected->seen, *out.mutable_expected());
    out.set_expected_hash(i.op.expected->hash.str());
  }
  out.set_keep_name(i.op.keep_name);
  out.set_cause(std::string(engine::name_of(i.op.why)));
  out.set_insist(i.op.insist);
}

journal::intent from_message(const pb::DiskOp& m) {
  journal::intent i;
  i.id = m.intent();
  i.op.what = verb_named(m.verb());
  i.op.id = id_from<item_id>(m.item());
  i.op.from_path = m.from_path();
  i.op.to_path = m.to_path();
  if (!m.state().empty())
    if (auto it = codec::decode_item(m.state())) i.op.state = std::move(*it);
  i.op.mode = {m.executable(), m.private_()};
  if (m.has_expected()) {
    engine::local_item was;
    was.id = i.op.id;
    was.seen = seen_from(m.expected());
    was.hash = id_from<content_hash>(m.expected_hash());
    i.op.expected = was;
  }
  i.op.keep_name = m.keep_name();
  i.op.why = cause_named(m.cause());
  i.op.insist = m.insist();
  return i;
}

void put(const journal::intent_result& r, pb::DiskResult& out) {
  out.set_intent(r.id);
  if (r.failed) out.set_failed(std::string(name_of(*r.failed)));
  put(r.now, *out.mutable_now());
  if (!r.kept_name.empty()) {
    put(r.kept, *out.mutable_kept());
    out.mutable_kept()->set_name(r.kept_name);
    out.set_kept_hash(r.kept_hash.str());
  }
  out.set_trashed(r.trashed);
  out.set_open(r.open);
}

journal::intent_result from_message(const pb::DiskResult& m) {
  journal::intent_result r;
  r.id = m.intent();
  if (!m.failed().empty()) r.failed = errc_from_name(m.failed()).value_or(errc::internal);
  r.now = seen_from(m.now());
  if (m.has_kept()) {
    r.kept = seen_from(m.kept());
    r.kept_name = m.kept().name();
    r.kept_hash = id_from<content_hash>(m.kept_hash());
  }
  r.trashed = m.trashed();
  r.open = m.open();
  return r;
}

pb::RecordIdentity to_message(const folder::root_seen& r) {
  pb::RecordIdentity out;
  out.set_inode(r.inode);
  out.set_birth_ns(r.birth_ns);
  out.set_filesystem(r.filesystem_id);
  out.set_marker(r.mark);
  return out;
}

folder::root_seen from_message(const pb::RecordIdentity& m) {
  return {m.inode(), m.birth_ns(), m.filesystem(), m.marker()};
}

}  // namespace tinysync::client
