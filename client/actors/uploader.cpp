#include "client/actors/uploader.hpp"

#include <set>

#include "client/actors/cloud.hpp"
#include "client/folder/layout.hpp"
#include "client/folder/listing.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::client {
namespace {

constexpr std::uint64_t small_bytes = 1u << 20;
constexpr std::uint64_t batch_bytes = 12u << 20;
constexpr std::size_t batch_files = 512;

}  // namespace

uploader::uploader(actors::context& self, agent_doors doors, vault_config vault)
    : self_(self), doors_(std::move(doors)), vault_(std::move(vault)) {}

pb::Transfers uploader::handle(const pb::AskTransfers&) {
  pb::Transfers out;
  out.set_running(job_ ? job_->small.size() + job_->large.size() : 0);
  out.set_bytes_done(done_bytes_);
  out.set_bytes_wanted(wanted_bytes_);
  return out;
}

actors::later<pb::Uploaded> uploader::handle(const pb::UploadAll& m, actors::context& self) {
  auto j = std::make_unique<job>();
  j->answer = actors::later<pb::Uploaded>(self);
  j->wanted.assign(m.contents().begin(), m.contents().end());
  auto answer = j->answer;
  queue_.push_back(std::move(j));
  if (!job_) next();
  return answer;
}

void uploader::next() {
  if (queue_.empty()) return self_.note("");
  job_ = std::move(queue_.front());
  queue_.pop_front();
  if (!disk_) {
    auto opened = doors_.open_root(vault_.root);
    if (!opened) {
      for (const auto& u : job_->wanted) fail(u, opened.error());
      return finish();
    }
    disk_ = *opened;
  }
  ask_missing();
}

void uploader::fail(const pb::Upload& u, const error& why) {
  job_->outcome.add_failed(u.hash());
  job_->outcome.add_reasons(std::string(name_of(why.code)));
}

void uploader::fail_rest(const error& why) {
  for (const auto* queue : {&job_->small, &job_->large})
    for (const auto& u : *queue) fail(u, why);
  job_->small.clear();
  job_->large.clear();
}

/// Only what the vault does not hold is sent, and each content once.
void uploader::ask_missing() {
  std::set<blob_hash> hashes;
  for (const auto& u : job_->wanted) hashes.insert(id_from<blob_hash>(u.hash()));
  exchange(self_, post(vault_target(vault_.vault, "/blobs:missing")),
           codec::encode(std::vector<blob_hash>(hashes.begin(), hashes.end())),
           [this](result<pb::Exchanged> r, const actors::bulk& body) {
             auto missing = r ? codec::decode_hashes(*body)
                              : result<std::vector<blob_hash>>(failure(r.error()));
             if (!missing) {
               for (const auto& u : job_->wanted) fail(u, missing.error());
               return finish();
             }
             std::set<blob_hash> lacking(missing->begin(), missing->end());
             for (auto& u : job_->wanted) {
               if (lacking.erase(id_from<blob_hash>(u.hash())) == 0) continue;
               wanted_bytes_ += u.size();
               (u.size() <= small_bytes ? job_->small : job_->large).push_back(std::move(u));
             }
             send_small();
           });
}

void uploader::send_small() {
  std::string frames;
  std::vector<pb::Upload> batch;
  while (!job_->small.empty() && batch.size() < batch_files && frames.size() < batch_bytes) {
    auto u = std::move(job_->small.front());
    job_->small.pop_front();
    auto content = folder::read_if_unchanged(*disk_, u.path(), id_from<content_hash>(u.hash()),
                                             small_bytes);
    if (!content) {
      fail(u, content.error());
      continue;
    }
    codec::append_frame(frames, id_from<blob_hash>(u.hash()), *content, false);
    batch.push_back(std::move(u));
  }
  if (batch.empty()) return send_part();
  self_.note("sending " + std::to_string(batch.size()) + " contents");
  auto lane = frames.size() > 4 * small_bytes ? pb::LANE_BULK : pb::LANE_SMALL;
  exchange(self_, post(vault_target(vault_.vault, "/blobs:upload"), lane), std::move(frames),
           [this, batch](result<pb::Exchanged> r, const actors::bulk& body) {
             auto stored = r ? codec::decode_blob_upload_answer(*body)
                             : result<codec::blob_upload_answer>(failure(r.error()));
             if (!stored) {
               for (const auto& u : batch) fail(u, stored.error());
               fail_rest(stored.error());
               return finish();
             }
             std::set<std::string> refused;
             for (const auto& h : stored->refused) refused.insert(h.str());
             for (const auto& u : batch) {
               done_bytes_ += u.size();
               if (refused.contains(u.hash())) fail(u, {errc::hash_mismatch, printable(u.path())});
             }
             send_small();
           });
}

/// A large file in parts; the server verifies the whole before it exists there.
void uploader::send_part() {
  if (job_->large.empty()) return finish();
  const auto& u = job_->large.front();
  auto skip = [this](const error& why) {
    fail(job_->large.front(), why);
    end_large();
    send_part();
  };
  if (!job_->in) {
    auto in = disk_->open_read(u.path());
    if (!in) return skip(in.error());
    job_->in = std::move(*in);
  }
  auto now = job_->in->stat();
  bool same = now && engine::same_stat(folder::seen_of(*now), seen_from(u.seen()));
  if (!same) return skip({errc::changed_meanwhile, printable(u.path())});
  std::string bytes(std::min(part_bytes, u.size() - job_->sent), '\0');
  auto n = job_->in->read_at(job_->sent, bytes);
  if (!n || *n != bytes.size()) return skip({errc::changed_meanwhile, printable(u.path())});
  pb::Exchange m = post(vault_target(vault_.vault, "/blobs/" + to_hex(u.hash())), pb::LANE_BULK);
  m.set_method("PUT");
  m.set_range("bytes " + std::to_string(job_->sent) + "-" +
              std::to_string(job_->sent + bytes.size() - 1) + "/" + std::to_string(u.size()));
  self_.note("sending " + std::to_string(job_->sent) + " of " + std::to_string(u.size()));
  exchange(self_, m, std::move(bytes), [this](result<pb::Exchanged> r, const actors::bulk& body) {
    part_done(r, *body);
  });
}

void uploader::end_large() {
  job_->large.pop_front();
  job_->in.reset();
  job_->sent = 0;
}

void uploader::part_done(const result<pb::Exchanged>& r, const std::string& body) {
  auto progress = r ? codec::decode_blob_progress(body)
                    : result<codec::blob_progress>(failure(r.error()));
  if (!progress && progress.error().code == errc::range_unsatisfiable) {
    // It already holds a part of an earlier try: go on where that ended.
    auto ask = get(vault_target(vault_.vault,
                                "/blobs/" + to_hex(job_->large.front().hash()) + ":progress"));
    return exchange(self_, ask, {}, [this](result<pb::Exchanged> r, const actors::bulk& body) {
      auto held = r ? codec::decode_blob_progress(*body)
                    : result<codec::blob_progress>(failure(r.error()));
      if (!held || held->received > job_->large.front().size()) {
        fail_rest(held ? error{errc::range_unsatisfiable, "upload"} : held.error());
        return finish();
      }
      job_->sent = held->received;
      if (held->complete) end_large();  // the answer to its last part was lost
      send_part();
    });
  }
  if (!progress) {
    bool away = remedy_of(progress.error().code) == remedy::retry;
    fail(job_->large.front(), progress.error());
    end_large();
    if (away) {
      fail_rest(progress.error());
      return finish();
    }
    return send_part();
  }
  done_bytes_ += progress->received - std::min(progress->received, job_->sent);
  job_->sent = progress->received;
  if (progress->complete) end_large();
  send_part();
}

void uploader::finish() {
  auto answer = job_->answer;
  auto outcome = std::move(job_->outcome);
  job_.reset();
  answer.deliver(std::move(outcome));
  next();
}

}  // namespace tinysync::client
