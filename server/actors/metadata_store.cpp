#include "server/actors/metadata_store.hpp"

#include "actors/failures.hpp"

namespace tinysync::server {
namespace {

using answer = result<actors::with_bulk<pb::Body>>;

/// The result's value as a body of wire/v1.
template <class T>
answer body_of(const result<T>& r) {
  if (!r) return failure(r.error());
  return actors::with_bulk<pb::Body>{{}, actors::make_bulk(codec::encode(*r))};
}

std::string_view attached(actors::context& self) {
  return self.attachment() ? std::string_view(*self.attachment()) : std::string_view{};
}

}  // namespace

metadata_store::metadata_store(actors::context&, server_doors doors) : doors_(std::move(doors)) {
  auto opened = doors_.open_database();
  if (!opened && opened.error().code == errc::local_state_corrupt)
    throw actors::local_state_corrupt(to_string(opened.error()));
  if (!opened) throw std::runtime_error("the database: " + to_string(opened.error()));
  truth_ = std::move(*opened);
}

result<device_id> metadata_store::who(const pb::Caller& c) {
  return truth_->authenticate(digest_from(c.token_hash()), now());
}

result<grant> metadata_store::may(const pb::Caller& c, const std::string& vault, role least) {
  return truth_->authorise(digest_from(c.token_hash()), id_from<vault_id>(vault), least, now());
}

void metadata_store::tell_moved(actors::context& self, const vault_head& head) {
  pb::VaultMoved moved;
  moved.set_vault(head.vault.str());
  moved.set_position(codec::encode(head.at));
  for (const auto& d : head.audience) moved.add_audience(d.str());
  self.send(self.sibling<faces::change_feed>("change_feed"), std::move(moved));
}

// -- access ------------------------------------------------------------------------------------

result<pb::DeviceKept> metadata_store::handle(const pb::KeepDevice& m) {
  registration r{digest_from(m.invite_hash()),
                 id_from<device_id>(m.device()),
                 digest_from(m.secret_hash()),
                 m.name(),
                 m.label(),
                 now()};
  auto kept = truth_->register_device(r);
  if (!kept) return failure(kept.error());
  pb::DeviceKept out;
  out.set_label(kept->label);
  return out;
}

result<pb::Done> metadata_store::handle(const pb::KeepToken& m) {
  session_request s{id_from<device_id>(m.device()), digest_from(m.secret_hash()),
                    digest_from(m.token_hash()), now(), now() + m.lifetime_ns(),
                    {m.life(), m.mark(), m.next_mark()}};
  auto opened = truth_->open_session(s);
  if (!opened) return failure(opened.error());
  return pb::Done{};
}

result<pb::Authenticated> metadata_store::handle(const pb::Authenticate& m) {
  auto device = who(m.caller());
  if (!device) return failure(device.error());
  pb::Authenticated out;
  out.set_device(device->str());
  return out;
}

result<pb::Authorised> metadata_store::handle(const pb::Authorise& m) {
  auto g = may(m.caller(), m.vault(), static_cast<role>(m.least()));
  if (!g) return failure(g.error());
  pb::Authorised out;
  out.set_device(g->device.str());
  out.set_role(static_cast<pb::Role>(g->role));
  return out;
}

answer metadata_store::handle(const pb::ListDevices& m) {
  auto device = who(m.caller());
  if (!device) return failure(device.error());
  return body_of(truth_->devices(*device));
}

result<pb::Done> metadata_store::handle(const pb::RevokeDevice& m) {
  auto device = who(m.caller());
  if (!device) return failure(device.error());
  auto done = truth_->revoke(*device, id_from<device_id>(m.device()), now());
  if (!done) return failure(done.error());
  return pb::Done{};
}

// -- vaults ------------------------------------------------------------------------------------

answer metadata_store::handle(const pb::ListVaults& m) {
  auto device = who(m.caller());
  if (!device) return failure(device.error());
  return body_of(truth_->vaults(*device));
}

answer metadata_store::handle(const pb::CreateVault& m, actors::context& self) {
  auto device = who(m.caller());
  if (!device) return failure(device.error());
  auto made = truth_->create_vault(*device, m.name(), now());
  if (made)
    if (auto head = truth_->head(made->id)) tell_moved(self, *head);
  return body_of(made);
}

answer metadata_store::handle(const pb::RenameVault& m) {
  auto g = may(m.caller(), m.vault(), role::owner);
  if (!g) return failure(g.error());
  return body_of(truth_->rename_vault(g->device, id_from<vault_id>(m.vault()), m.name()));
}

result<pb::Done> metadata_store::handle(const pb::DeleteVault& m, actors::context& self) {
  auto g = may(m.caller(), m.vault(), role::owner);
  if (!g) return failure(g.error());
  auto head = truth_->head(id_from<vault_id>(m.vault()));
  auto done = truth_->delete_vault(id_from<vault_id>(m.vault()), now());
  if (!done) return failure(done.error());
  if (head) tell_moved(self, *head);  // who listens asks, and hears that it is gone
  return pb::Done{};
}

// -- history -----------------------------------------------------------------------------------

result<pb::Committed> metadata_store::handle(const pb::Commit& m, actors::context& self) {
  std::vector<commit_request> requests;
  for (const auto& r : m.requests()) {
    auto body = codec::decode_mutation_request(r.request());
    if (!body) return failure(body.error());
    requests.push_back(
        {id_from<device_id>(r.device()), std::move(*body), from_messages(r.received())});
  }
  auto vault = id_from<vault_id>(m.vault());
  auto done = truth_->commit(vault, requests, now());
  if (!done) return failure(done.error());
  pb::Committed out;
  for (const auto& a : done->answers) {
    auto& one = *out.add_answers();
    if (a) {
      one.set_answer(codec::encode(*a));
    } else {
      one.set_error_code(std::string(name_of(a.error().code)));
      one.set_error_text(a.error().text);
    }
  }
  if (done->moved) tell_moved(self, {vault, done->head, done->audience});
  return out;
}

answer metadata_store::handle(const pb::ReadLog& m) {
  auto g = may(m.caller(), m.vault(), role::reader);
  if (!g) return failure(g.error());
  log_cursor after = seq_no{m.after_seq()};
  if (!m.by_seq()) {
    auto p = codec::decode_position(m.position());
    if (!p) return failure(errc::invalid_argument, p.error().text);
    after = *p;
  }
  if (!m.told().empty()) {
    auto p = codec::decode_position(m.told());
    if (!p) return failure(errc::invalid_argument, p.error().text);
    after.told = *p;
  }
  return body_of(truth_->read_log(id_from<vault_id>(m.vault()), after, m.limit(), now()));
}

answer metadata_store::handle(const pb::ReadDigest& m) {
  auto g = may(m.caller(), m.vault(), role::reader);
  if (!g) return failure(g.error());
  return body_of(truth_->digest(id_from<vault_id>(m.vault())));
}

answer metadata_store::handle(const pb::AskKnown& m, actors::context& self) {
  auto g = may(m.caller(), m.vault(), role::reader);
  if (!g) return failure(g.error());
  auto queries = codec::decode_known_queries(attached(self));
  if (!queries) return failure(queries.error());
  auto known = truth_->known(id_from<vault_id>(m.vault()), *queries);
  if (!known) return failure(known.error());
  return actors::with_bulk<pb::Body>{{}, actors::make_bulk(codec::encode(*known))};
}

// -- blobs -------------------------------------------------------------------------------------

answer metadata_store::handle(const pb::AskMissing& m, actors::context& self) {
  auto g = may(m.caller(), m.vault(), role::reader);
  if (!g) return failure(g.error());
  auto hashes = codec::decode_hashes(attached(self));
  if (!hashes) return failure(hashes.error());
  return body_of(truth_->missing(id_from<vault_id>(m.vault()), *hashes));
}

result<pb::BlobsLocated> metadata_store::handle(const pb::LocateBlobs& m) {
  auto g = may(m.caller(), m.vault(), role::reader);
  if (!g) return failure(g.error());
  auto found = truth_->locate(id_from<vault_id>(m.vault()), ids_from<blob_hash>(m.hashes()));
  if (!found) return failure(found.error());
  pb::BlobsLocated out;
  for (const auto& b : *found) put(b, *out.add_blobs());
  return out;
}

result<pb::Done> metadata_store::handle(const pb::RecordBlobs& m) {
  auto done = truth_->record_blobs(id_from<vault_id>(m.vault()), from_messages(m.blobs()), now());
  if (!done) return failure(done.error());
  return pb::Done{};
}

// -- snapshots ---------------------------------------------------------------------------------

result<actors::with_bulk<pb::SnapshotNeed>> metadata_store::handle(const pb::NeedSnapshot& m) {
  auto g = may(m.caller(), m.vault(), role::reader);
  if (!g) return failure(g.error());
  auto vault = id_from<vault_id>(m.vault());
  auto need = truth_->need_snapshot(vault, now());
  if (!need) return failure(need.error());
  actors::with_bulk<pb::SnapshotNeed> out;
  if (need->ready) {
    auto served = truth_->serve_snapshot(vault, *need->ready);
    if (!served) return failure(served.error());
    out.answer.set_ready(true);
    out.attachment = actors::make_bulk(codec::encode(*served));
  }
  out.answer.set_position(codec::encode(need->at));
  out.answer.set_digest(need->digest.str());
  return out;
}

result<actors::with_bulk<pb::Slice>> metadata_store::handle(const pb::ReadSlice& m) {
  auto slice = truth_->slice(id_from<vault_id>(m.vault()), {m.seq()}, id_from<item_id>(m.after()),
                             m.limit());
  if (!slice) return failure(slice.error());
  actors::with_bulk<pb::Slice> out;
  std::string records;
  for (const auto& [id, canonical] : slice->items)
    records += codec::encode_snapshot_record(canonical);
  out.answer.set_items(slice->items.size());
  out.answer.set_last(slice->last.str());
  out.answer.set_done(slice->done);
  out.attachment = actors::make_bulk(std::move(records));
  return out;
}

answer metadata_store::handle(const pb::RecordSnapshot& m) {
  auto at = codec::decode_position(m.position());
  if (!at) return failure(at.error());
  auto blob = from_message(m.blob());
  snapshot_record s{*at, id_from<digest_sum>(m.digest()), blob.hash, blob.size, m.items()};
  return body_of(truth_->record_snapshot(id_from<vault_id>(m.vault()), s, blob, now()));
}

// -- the rest ----------------------------------------------------------------------------------

result<pb::Heads> metadata_store::handle(const pb::AskHeads& m) {
  auto all = truth_->vaults(id_from<device_id>(m.device()));
  if (!all) return failure(all.error());
  pb::Heads out;
  for (const auto& v : *all) {
    auto& one = *out.add_vaults();
    one.set_vault(v.id.str());
    one.set_position(codec::encode(v.head));
  }
  return out;
}

result<pb::Swept> metadata_store::handle(const pb::Sweep&) {
  auto swept = truth_->sweep(now());
  if (!swept) return failure(swept.error());
  pb::Swept out;
  out.set_tokens(swept->tokens);
  out.set_invites(swept->invites);
  out.set_snapshots(swept->snapshots);
  return out;
}

}  // namespace tinysync::server
