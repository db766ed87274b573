#include "client/engine/agreement.hpp"

#include "platform/crypto/history.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::engine {
namespace {

void take_content(item& agreed, const content& c, const item& theirs) {
  agreed.what = c;
  agreed.content_op = theirs.content_op;
  agreed.content_seq = theirs.content_seq;
}

void take_place(item& agreed, const place& p, const item& theirs) {
  agreed.at = p;
  agreed.place_op = theirs.place_op;
  agreed.place_seq = theirs.place_seq;
}

void take_mode(item& agreed, mode_bits bits, const item& theirs) {
  agreed.mode = bits;
  agreed.mode_op = theirs.mode_op;
  agreed.mode_seq = theirs.mode_seq;
}

mode_bits masked(mode_bits before, const set_mode& m) {
  return {m.mask.executable ? m.value.executable : before.executable,
          m.mask.private_ ? m.value.private_ : before.private_};
}

/// A link is sent without the hash of its target.
content hashed(content c) {
  if (!c.link_target.empty()) c.hash = content_hash_of(c.link_target);
  return c;
}

}  // namespace

bool creates(const change& c) {
  return std::holds_alternative<create_folder>(c) || std::holds_alternative<create_file>(c) ||
         std::holds_alternative<create_symlink>(c);
}

item agreed_after(const std::optional<item>& before, const disk_op& op) {
  const auto& theirs = *op.state;
  auto agreed = before.value_or(theirs);
  switch (op.what) {
    case verb::move: take_place(agreed, theirs.at, theirs); break;
    case verb::set_mode: take_mode(agreed, theirs.mode, theirs); break;
    case verb::replace:  // what is put in place has its permissions, too
      take_content(agreed, theirs.what, theirs);
      if (!planted(mistake::modes_not_agreed)) take_mode(agreed, theirs.mode, theirs);
      break;
    default: agreed = theirs;
  }
  return agreed;
}

item agreed_after(const std::optional<item>& before, const mutation& m, const item& theirs) {
  auto agreed = before.value_or(theirs);
  if (auto* c = std::get_if<create_folder>(&m.change)) {
    agreed = theirs;
    agreed.at = c->at;
  } else if (auto* c = std::get_if<create_file>(&m.change)) {
    agreed = theirs;
    agreed.at = c->at;
    agreed.what = c->what;
    agreed.mode = c->mode;
  } else if (auto* c = std::get_if<create_symlink>(&m.change)) {
    agreed = theirs;
    agreed.at = c->at;
    agreed.what = hashed(c->what);
  } else if (auto* c = std::get_if<update_content>(&m.change)) {
    take_content(agreed, hashed(c->what), theirs);
  } else if (auto* c = std::get_if<set_mode>(&m.change)) {
    take_mode(agreed, masked(agreed.mode, *c), theirs);
  } else if (auto* c = std::get_if<move_rename>(&m.change)) {
    take_place(agreed, c->to, theirs);
  }
  return agreed;
}

}  // namespace tinysync::engine
