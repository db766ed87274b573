#include "server/actors/janitor.hpp"

#include "platform/log/log.hpp"

namespace tinysync::server {

janitor::janitor(actors::context& self, server_doors doors)
    : self_(self), doors_(std::move(doors)) {
  auto opened = blob_directory::open(doors_.blobs, doors_.bytes());
  if (!opened) throw std::runtime_error("the blobs: " + to_string(opened.error()));
  blobs_ = std::move(*opened);
  self_.delay(doors_.config.sweep_every, pb::Tick{});
}

void janitor::handle(const pb::Tick&, actors::context& self) {
  self.ask(self.sibling<faces::metadata_store>("metadata_store"), pb::Sweep{},
           doors_.config.ask_timeout, [](result<pb::Swept> swept) {
             if (!swept)
               return log::warn("janitor.sweep_failed", "why={}", to_string(swept.error()));
             log::info("janitor.swept", "tokens={} invites={} snapshots={}", swept->tokens(),
                       swept->invites(), swept->snapshots());
           });
  pb::DropStaleUploads stale;
  stale.set_older_than_ns(doors_.clock->wall_now_ns() -
                          std::chrono::nanoseconds(doors_.config.stale_upload).count());
  self.ask(self.sibling<faces::blob_store>("blob_store"), std::move(stale),
           doors_.config.ask_timeout, [](result<pb::Dropped> d) {
             if (d && d->count() > 0) log::info("janitor.uploads_dropped", "count={}", d->count());
           });
  self.delay(doors_.config.sweep_every, pb::Tick{});
}

// -- snapshots ---------------------------------------------------------------------------------

actors::later<pb::Body> janitor::handle(const pb::MakeSnapshot& m, actors::context& self) {
  actors::later<pb::Body> answer(self);
  auto vault = id_from<vault_id>(m.vault());
  if (auto running = jobs_.find(vault); running != jobs_.end()) {
    running->second->waiting.push_back(answer);
    return answer;
  }
  auto at = codec::decode_position(m.position());
  auto out = blobs_->begin_stream();
  if (!at || !out) {
    answer.fail(at ? out.error() : at.error());
    return answer;
  }
  auto w = std::make_shared<job>();
  w->vault = vault;
  w->at = *at;
  w->digest = id_from<digest_sum>(m.digest());
  w->out = std::move(*out);
  w->waiting.push_back(answer);
  jobs_[vault] = w;
  next_slice(w, item_id{});
  return answer;
}

void janitor::next_slice(work w, const item_id& after) {
  pb::ReadSlice m;
  m.set_vault(w->vault.str());
  m.set_seq(w->at.seq.value);
  m.set_after(after.str());
  m.set_limit(static_cast<std::uint32_t>(doors_.config.snapshot_slice));
  self_.ask(self_.sibling<faces::metadata_store>("metadata_store"), std::move(m),
            doors_.config.ask_timeout, [this, w](result<pb::Slice> s, const actors::bulk& records) {
              if (!s) return fail(w, s.error());
              if (records)
                if (auto added = add(*w, *records); !added) return fail(w, added.error());
              if (s->done()) return finish(w);
              next_slice(w, id_from<item_id>(s->last()));
            });
}

result<void> janitor::add(job& j, std::string_view records) {
  std::string compressed;
  j.zstd.write(records, compressed);
  if (auto done = j.out->write(compressed); !done) return done;
  while (!records.empty()) {
    auto record = codec::take_snapshot_record(records);
    if (!record || !*record) return failure(errc::internal, "a slice that is no records");
    auto it = codec::decode_item(**record);
    if (!it) return failure(it.error());
    j.sums.add(it->id, **record);
    ++j.items;
  }
  return {};
}

/// A snapshot that does not have the digest of its row is never served.
void janitor::finish(work w) {
  if (w->sums.total() != w->digest)
    return fail(w, {errc::integrity_violation, "the tree does not have the log's digest"});
  std::string rest;
  w->zstd.finish(rest);
  if (auto done = w->out->write(rest); !done) return fail(w, done.error());
  auto blob = w->out->finish();
  if (!blob) return fail(w, blob.error());
  pb::RecordSnapshot m;
  m.set_vault(w->vault.str());
  m.set_position(codec::encode(w->at));
  m.set_digest(w->digest.str());
  m.set_items(w->items);
  put(*blob, *m.mutable_blob());
  self_.ask(self_.sibling<faces::metadata_store>("metadata_store"), std::move(m),
            doors_.config.ask_timeout, [this, w](result<pb::Body> done, const actors::bulk& body) {
              if (!done) return fail(w, done.error());
              log::info("snapshot.made", "vault={} seq={} items={}", to_string(w->vault),
                        w->at.seq.value, w->items);
              jobs_.erase(w->vault);
              for (const auto& answer : w->waiting) answer.deliver(pb::Body{}, body);
            });
}

void janitor::fail(work w, const error& why) {
  log::error("snapshot.failed", "vault={} why={}", to_string(w->vault), to_string(why));
  self_.failed(to_string(why));
  jobs_.erase(w->vault);
  for (const auto& answer : w->waiting) answer.fail(why);
}

}  // namespace tinysync::server
