#include "server/actors/mutation_coordinator.hpp"

#include <map>

namespace tinysync::server {
namespace {

/// The content a mutation brings, if it is one blob.
const content* content_of(const mutation& m) {
  if (auto* c = std::get_if<create_file>(&m.change)) return &c->what;
  if (auto* c = std::get_if<update_content>(&m.change)) return &c->what;
  return nullptr;
}

}  // namespace

mutation_coordinator::mutation_coordinator(actors::context& self, server_doors doors,
                                           vault_id vault)
    : self_(self), doors_(std::move(doors)), vault_(vault), last_used_(self.now()) {
  self_.delay(doors_.config.coordinator_idle, pb::Tick{});
}

actors::later<pb::Body> mutation_coordinator::handle(const pb::Submit& m, actors::context& self) {
  actors::later<pb::Body> answer(self);
  last_used_ = self.now();
  auto body =
      codec::decode_mutation_request(self.attachment() ? *self.attachment() : std::string{});
  if (!body) {
    answer.fail(body.error());
    return answer;
  }
  queue_.push_back({id_from<device_id>(m.device()), std::move(*body), {}, answer});
  pump();
  return answer;
}

void mutation_coordinator::handle(const pb::Tick&, actors::context& self) {
  bool idle =
      queue_.empty() && !committing_ && self.now() - last_used_ >= doors_.config.coordinator_idle;
  if (idle) return self.stop_child("/server/vaults", to_string(vault_));
  self.delay(doors_.config.coordinator_idle, pb::Tick{});
}

void mutation_coordinator::pump() {
  if (committing_ || queue_.empty()) return;
  committing_ = true;
  auto b = gather();
  self_.note("committing " + std::to_string(b->size()) + " requests");
  store_inline(b);
}

mutation_coordinator::batch mutation_coordinator::gather() {
  auto b = std::make_shared<std::vector<waiting>>();
  for (std::size_t mutations = 0; !queue_.empty(); queue_.pop_front()) {
    mutations += queue_.front().body.mutations.size();
    bool full =
        b->size() >= doors_.config.commit_requests || mutations > doors_.config.commit_mutations;
    if (full && !b->empty()) break;
    b->push_back(std::move(queue_.front()));
  }
  return b;
}

void mutation_coordinator::store_inline(batch b) {
  pb::StoreBlobs store;
  std::string bytes;
  std::vector<std::size_t> owner;
  for (std::size_t i = 0; i < b->size(); ++i)
    for (auto& m : (*b)[i].body.mutations) {
      auto* c = content_of(m);
      if (m.inline_content && c && !c->ref.none()) {
        store.add_hashes(c->ref.str());
        store.add_sizes(static_cast<std::uint32_t>(m.inline_content->size()));
        bytes += *m.inline_content;
        owner.push_back(i);
      }
      m.inline_content.reset();
    }
  if (owner.empty()) return commit(b);
  auto hashes = ids_from<blob_hash>(store.hashes());
  self_.ask(
      self_.find<faces::blob_store>("/server/blob_store"), std::move(store),
      doors_.config.ask_timeout,
      [this, b, owner, hashes](result<pb::BlobsStored> stored) {
        if (!stored) return refuse(b, stored.error());
        std::map<blob_hash, stored_blob> by_hash;
        for (auto& s : from_messages(stored->blobs())) by_hash[s.hash] = s;
        // What did not have its hash is not there: the mutation is refused with blob_missing.
        for (std::size_t i = 0; i < owner.size(); ++i)
          if (auto s = by_hash.find(hashes[i]); s != by_hash.end())
            (*b)[owner[i]].received.push_back(s->second);
        commit(b);
      },
      actors::make_bulk(std::move(bytes)));
}

void mutation_coordinator::commit(batch b) {
  pb::Commit m;
  m.set_vault(vault_.str());
  for (const auto& w : *b) {
    auto& r = *m.add_requests();
    r.set_device(w.device.str());
    r.set_request(codec::encode(w.body));
    for (const auto& s : w.received) put(s, *r.add_received());
  }
  self_.ask(self_.find<faces::metadata_store>("/server/metadata_store"), std::move(m),
            doors_.config.ask_timeout,
            [this, b](result<pb::Committed> done) { answered(b, std::move(done)); });
}

void mutation_coordinator::answered(batch b, result<pb::Committed> done) {
  if (!done) return refuse(b, done.error());
  committing_ = false;
  for (std::size_t i = 0; i < b->size(); ++i) {
    auto& a = *done->mutable_answers(static_cast<int>(i));
    auto& to = (*b)[i].answer;
    if (a.error_code().empty())
      to.deliver(pb::Body{}, actors::make_bulk(std::move(*a.mutable_answer())));
    else
      to.fail({errc_from_name(a.error_code()).value_or(errc::internal), a.error_text()});
  }
  pump();
}

/// Nothing is known of this batch: everybody asks again under the same op ids.
void mutation_coordinator::refuse(batch b, const error& why) {
  committing_ = false;
  for (const auto& w : *b) w.answer.fail(why);
  pump();
}

}  // namespace tinysync::server
