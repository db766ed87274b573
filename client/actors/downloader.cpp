#include "client/actors/downloader.hpp"

#include "client/actors/cloud.hpp"
#include "client/folder/layout.hpp"
#include "platform/crypto/history.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::client {
namespace {

constexpr std::uint64_t small_bytes = 1u << 20;
constexpr std::uint64_t batch_bytes = 16u << 20;
constexpr std::size_t batch_files = 512;
constexpr std::size_t single_syncs = 16;  // above: one sync of the whole file system

std::string part_of(const std::string& staged) {
  return staged.substr(0, staged.rfind('.')) + std::string(folder::part_suffix);
}

}  // namespace

downloader::downloader(actors::context& self, agent_doors doors, vault_config vault)
    : self_(self), doors_(std::move(doors)), vault_(std::move(vault)) {}

pb::Transfers downloader::handle(const pb::AskTransfers&) {
  pb::Transfers out;
  out.set_running(job_ ? job_->small.size() + job_->large.size() + job_->asked.size() : 0);
  out.set_bytes_done(done_bytes_);
  out.set_bytes_wanted(wanted_bytes_);
  return out;
}

actors::later<pb::Downloaded> downloader::handle(const pb::DownloadAll& m, actors::context& self) {
  auto j = std::make_unique<job>();
  j->answer = actors::later<pb::Downloaded>(self);
  j->few = static_cast<std::size_t>(m.contents_size()) <= single_syncs;
  for (const auto& d : m.contents()) {
    wanted_bytes_ += d.size();
    (d.size() <= small_bytes ? j->small : j->large).push_back(d);
  }
  auto answer = j->answer;
  queue_.push_back(std::move(j));
  if (!job_) next();
  return answer;
}

/// Recovery is about to look at what is staged. What is under way ends when its answer comes, and stages nothing.
pb::Done downloader::handle(const pb::Abandon&) {
  const error why{errc::cancelled, "what was staged is looked through"};
  for (const auto& j : std::exchange(queue_, {})) j->answer.fail(why);
  if (!job_) return {};
  fail_all(why);
  if (auto open = std::exchange(job_->open, nullptr)) {
    open->out.reset();
    static_cast<void>(disk_->unlink(part_of(open->wanted.staged())));
    fail(open->wanted, why);
  }
  return {};
}

void downloader::next() {
  if (queue_.empty()) return self_.note("");
  job_ = std::move(queue_.front());
  queue_.pop_front();
  if (!disk_) {
    auto opened = doors_.open_root(vault_.root);
    if (!opened) {
      fail_all(opened.error());
      return finish();
    }
    disk_ = *opened;
  }
  fetch_small();
}

void downloader::fail(const pb::Download& d, const error& why) {
  job_->outcome.add_failed(d.staged());
  job_->outcome.add_reasons(std::string(name_of(why.code)));
}

void downloader::fail_all(const error& why) {
  for (const auto& [hash, all] : job_->asked)
    for (const auto& d : all) fail(d, why);
  job_->asked.clear();
  for (const auto* queue : {&job_->small, &job_->large})
    for (const auto& d : *queue) fail(d, why);
  job_->small.clear();
  job_->large.clear();
}

/// Written beside, then named: a staged name stands for whole and verified content.
result<void> downloader::stage(const pb::Download& d, std::string_view content) {
  auto part = part_of(d.staged());
  auto write = [&]() -> result<void> {
    auto out = disk_->create_staged(part, d.mode());
    if (!out) return failure(out.error());
    if (auto ok = (*out)->write(content); !ok) return ok;
    if (auto ok = (*out)->set_mode(d.mode()); !ok) return ok;
    if (auto ok = (*out)->set_mtime(d.mtime_ns()); !ok) return ok;
    if (job_->few && !planted(mistake::no_content_fsync))
      if (auto ok = (*out)->sync(); !ok) return ok;
    return (*out)->close();
  };
  static_cast<void>(disk_->unlink(part));
  static_cast<void>(disk_->unlink(d.staged()));
  auto written = write();
  if (!written) {
    static_cast<void>(disk_->unlink(part));
    return written;
  }
  ++job_->staged;
  done_bytes_ += content.size();
  return disk_->rename_noreplace(part, d.staged());
}

void downloader::fetch_small() {
  std::vector<blob_hash> hashes;
  std::uint64_t bytes = 0;
  while (!job_->small.empty() && hashes.size() < batch_files && bytes < batch_bytes) {
    auto d = std::move(job_->small.front());
    job_->small.pop_front();
    if (d.size() == 0) {
      if (auto ok = stage(d, {}); !ok) fail(d, ok.error());
      continue;
    }
    if (d.ref() != d.hash()) {
      fail(d, {errc::not_built_yet, "content in chunks"});
      continue;
    }
    auto& same = job_->asked[d.ref()];
    if (same.empty()) {
      hashes.push_back(id_from<blob_hash>(d.ref()));
      bytes += d.size();
    }
    same.push_back(std::move(d));
  }
  if (hashes.empty()) {
    if (!job_->small.empty()) return fetch_small();
    return begin_large();
  }
  self_.note("fetching " + std::to_string(hashes.size()) + " contents");
  auto lane = bytes > 4 * small_bytes ? pb::LANE_BULK : pb::LANE_SMALL;
  exchange(self_, post(vault_target(vault_.vault, "/blobs:download"), lane), codec::encode(hashes),
           [this](result<pb::Exchanged> r, const actors::bulk& body) {
             if (!r) {
               fail_all(r.error());
               return finish();
             }
             stage_frames(*body);
             fetch_small();
           });
}

void downloader::stage_frames(const std::string& body) {
  auto frames = codec::decode_frames(body);
  if (!frames) return fail_all(frames.error());
  for (const auto& f : *frames) {
    auto i = job_->asked.find(f.hash.str());
    if (i == job_->asked.end()) continue;
    bool right = !f.missing && blob_hash_of(f.content) == f.hash;
    for (const auto& d : i->second) {
      error wrong{f.missing ? errc::not_found : errc::hash_mismatch, "content"};
      if (!right) {
        fail(d, wrong);
      } else if (auto ok = stage(d, f.content); !ok) {
        fail(d, ok.error());
      }
    }
    job_->asked.erase(i);
  }
  // What the answer left out is asked for again when the batch is tried again.
  for (const auto& [hash, all] : job_->asked)
    for (const auto& d : all) fail(d, {errc::unavailable, "content"});
  job_->asked.clear();
}

// -- large files: in parts, hashed on the way --------------------------------------------------

void downloader::begin_large() {
  if (job_->large.empty()) return finish();
  job_->open = std::make_unique<large_file>();
  job_->open->wanted = std::move(job_->large.front());
  job_->large.pop_front();
  const auto& d = job_->open->wanted;
  if (d.ref() != d.hash()) {
    error why{errc::not_built_yet, "content in chunks"};
    return end_large(&why);
  }
  auto part = part_of(d.staged());
  static_cast<void>(disk_->unlink(part));
  static_cast<void>(disk_->unlink(d.staged()));
  auto out = disk_->create_staged(part, d.mode());
  if (!out) return end_large(&out.error());
  job_->open->out = std::move(*out);
  fetch_part();
}

void downloader::fetch_part() {
  const auto& f = *job_->open;
  auto last = std::min(f.wanted.size(), f.received + part_bytes) - 1;
  auto m = get(vault_target(vault_.vault, "/blobs/" + to_hex(f.wanted.ref())), pb::LANE_BULK);
  m.set_range("bytes=" + std::to_string(f.received) + "-" + std::to_string(last));
  self_.note("fetching " + std::to_string(f.received) + " of " + std::to_string(f.wanted.size()));
  exchange(self_, m, {}, [this](result<pb::Exchanged> r, const actors::bulk& body) {
    if (!job_->open) return finish();  // abandoned
    if (!r) return end_large(&r.error());
    take_part(*body);
  });
}

void downloader::take_part(const std::string& bytes) {
  auto& f = *job_->open;
  error wrong{errc::hash_mismatch, "content"};
  if (bytes.empty() || f.received + bytes.size() > f.wanted.size()) return end_large(&wrong);
  f.hasher.update(bytes);
  if (auto ok = f.out->write(bytes); !ok) return end_large(&ok.error());
  f.received += bytes.size();
  done_bytes_ += bytes.size();
  if (f.received < f.wanted.size()) return fetch_part();
  if (content_hash{f.hasher.finish()} != id_from<content_hash>(f.wanted.hash()))
    return end_large(&wrong);
  auto end = [&]() -> result<void> {
    if (auto ok = f.out->set_mode(f.wanted.mode()); !ok) return ok;
    if (auto ok = f.out->set_mtime(f.wanted.mtime_ns()); !ok) return ok;
    if (!planted(mistake::no_content_fsync))
      if (auto ok = f.out->sync(); !ok) return ok;
    return f.out->close();
  };
  if (auto ok = end(); !ok) return end_large(&ok.error());
  ++job_->staged;
  auto named = disk_->rename_noreplace(part_of(f.wanted.staged()), f.wanted.staged());
  end_large(named ? nullptr : &named.error());
}

void downloader::end_large(const error* why) {
  auto f = std::move(job_->open);
  if (why) {
    f->out.reset();
    static_cast<void>(disk_->unlink(part_of(f->wanted.staged())));
    fail(f->wanted, *why);
    if (why->code == errc::offline || why->code == errc::disk_full) {
      fail_all(*why);
      return finish();
    }
  }
  begin_large();
}

void downloader::finish() {
  result<void> durable;
  if (job_->staged > 0 && !job_->few) durable = disk_->sync_all();
  auto answer = job_->answer;
  auto outcome = std::move(job_->outcome);
  job_.reset();
  if (durable) answer.deliver(std::move(outcome));
  else answer.fail(durable.error());
  next();
}

}  // namespace tinysync::client
