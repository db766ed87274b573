#include "client/actors/log_replayer.hpp"

#include "client/actors/places.hpp"

#include "client/actors/cloud.hpp"
#include "client/engine/lifecycle.hpp"
#include "platform/compress/zstd.hpp"
#include "platform/crypto/encoding.hpp"
#include "platform/crypto/sha256.hpp"
#include "platform/log/log.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto store_answers_within = 300s;
constexpr int rows_a_page = 2000;
constexpr std::uint32_t doubts_a_request = 500;
constexpr std::uint64_t largest_snapshot = std::uint64_t{1} << 40;

/// A refusal that only a person, or the end of it, can resolve.
engine::block_reason reason_for(errc code) {
  switch (code) {
    case errc::not_found: return engine::block_reason::vault_gone;
    case errc::forbidden: return engine::block_reason::access_lost;
    case errc::update_required: return engine::block_reason::update_required;
    default: return engine::block_reason::none;
  }
}

}  // namespace

/// A snapshot on its way in: hashed, decompressed and handed on part by part.
struct log_replayer::snapshot {
  codec::snapshot_answer what;
  std::uint64_t received = 0;
  crypto::hasher hasher;
  compress::decompressor unpack{largest_snapshot};
  bool first = true;
};

log_replayer::log_replayer(actors::context& self, agent_doors doors, vault_config vault)
    : self_(self), doors_(std::move(doors)), vault_(std::move(vault)),
      store_(self.sibling<faces::local_store>("local_store")) {}

void log_replayer::started(actors::context& self) {
  pb::WatchLink watch;
  watch.set_subscriber(self.path());
  self.send(self.find<faces::cloud_link>(at(self, "/cloud_link")), watch);
}

/// The answer stands for the head at the time of the question: a run under way does not count.
actors::later<pb::Replayed> log_replayer::handle(const pb::CatchUp& m, actors::context& self) {
  actors::later<pb::Replayed> answer(self);
  parted_ |= m.parted();
  (running_ ? next_ : waiting_).push_back(answer);
  if (!running_) begin();
  return answer;
}

void log_replayer::handle(const pb::Woken& m) {
  auto at = codec::decode_position(m.position());
  bool known = at && !m.position().empty() && at->seq.value <= at_seq_;
  if (known) return;
  if (running_) again_ = true;
  else begin();
}

void log_replayer::handle(const pb::LinkChanged& m) {
  if (!m.connected()) return;
  retry_ = 0ms;
  if (!running_) begin();
}

void log_replayer::handle(const pb::Tick&) {
  tick_pending_ = false;
  if (!running_) begin();
}

void log_replayer::poll_later(std::chrono::milliseconds wait) {
  if (tick_pending_) return;
  tick_pending_ = true;
  self_.delay(wait, pb::Tick{});
}

void log_replayer::begin() {
  running_ = true;
  again_ = false;
  self_.ask(store_, pb::AskCursor{}, store_answers_within, [this](result<pb::Cursor> r) {
    if (!r) return index_failed(r.error());
    if (!r->bootstrapped()) return begin_snapshot();
    if (std::exchange(parted_, false)) return find_parting();
    fetch_page(*r);
  });
}

void log_replayer::fetch_page(const pb::Cursor& cursor) {
  auto at = codec::decode_position(cursor.position());
  at_seq_ = at ? at->seq.value : 0;
  auto target = vault_target(vault_.vault, "/log?after=" + crypto::to_base64url(cursor.position()) +
                                               "&told=" + crypto::to_base64url(cursor.told()) +
                                               "&limit=" + std::to_string(rows_a_page));
  exchange(self_, get(target), {}, [this](result<pb::Exchanged> r, const actors::bulk& body) {
    if (!r) {
      if (r.error().code == errc::snapshot_required) return begin_snapshot();
      if (r.error().code == errc::history_diverged) return find_parting();
      return fail(r.error());
    }
    replay(*body);
  });
}

void log_replayer::replay(const std::string& page) {
  pb::ReplayPage m;
  m.set_page(page);
  self_.ask(store_, std::move(m), store_answers_within, [this](result<pb::Replayed> r) {
    if (!r) return index_failed(r.error());
    moved_ |= r->rows() > 0;
    at_seq_ = r->seq();
    if (r->seq() < r->head() && r->rows() > 0) return begin();
    end(std::move(r));
  });
}

// -- the snapshot ------------------------------------------------------------------------------

void log_replayer::begin_snapshot() {
  self_.note("fetching the snapshot");
  exchange(self_, get(vault_target(vault_.vault, "/snapshot")), {},
           [this](result<pb::Exchanged> r, const actors::bulk& body) {
             auto what = r ? codec::decode_snapshot_answer(*body)
                           : result<codec::snapshot_answer>(failure(r.error()));
             if (!what) return fail(what.error());
             snapshot_ = std::make_shared<snapshot>();
             snapshot_->what = std::move(*what);
             fetch_part();
           });
}

void log_replayer::fetch_part() {
  auto& s = *snapshot_;
  auto last = std::min(s.what.size, s.received + part_bytes) - 1;
  auto m = get(vault_target(vault_.vault, "/blobs/" + s.what.ref.hex()), pb::LANE_BULK);
  m.set_range("bytes=" + std::to_string(s.received) + "-" + std::to_string(last));
  self_.note("fetching the snapshot, " + std::to_string(s.received) + " of " +
             std::to_string(s.what.size) + " bytes");
  exchange(self_, m, {}, [this](result<pb::Exchanged> r, const actors::bulk& body) {
    if (!r) return fail(r.error());
    load_part(*body);
  });
}

void log_replayer::load_part(const std::string& bytes) {
  auto& s = *snapshot_;
  std::string records;
  s.received += bytes.size();
  s.hasher.update(bytes);
  if (auto ok = s.unpack.write(bytes, records); !ok) return fail(ok.error());
  bool last = s.received >= s.what.size || bytes.empty();
  if (last && blob_hash{s.hasher.finish()} != s.what.ref)
    return fail({errc::hash_mismatch, "the snapshot"});
  pb::LoadSnapshot m;
  m.set_first(s.first);
  m.set_last(last);
  m.set_position(codec::encode(s.what.at));
  m.set_digest(s.what.digest.str());
  m.set_items(s.what.items);
  s.first = false;
  self_.ask(
      store_, std::move(m), store_answers_within,
      [this, last](result<pb::Cursor> r) {
        if (!r) {
          // A snapshot that fails its own digest, twice: the server is wrong, not this device.
          if (r.error().code == errc::integrity_violation && ++snapshots_failed_ > 1)
            block(engine::block_reason::server_integrity);
          return index_failed(r.error());
        }
        if (!last) return fetch_part();
        snapshot_.reset();
        snapshots_failed_ = 0;
        moved_ = true;
        begin();
      },
      actors::make_bulk(std::move(records)));
}

// -- another history -----------------------------------------------------------------------------

/// The server was restored or forked: the last row that both histories have is looked for by halves.
void log_replayer::find_parting() {
  self_.note("looking for where the server's history is another");
  self_.ask(store_, pb::AskChains{}, store_answers_within, [this](result<pb::Chains> r) {
    if (!r) return index_failed(r.error());
    parting_ = std::make_shared<parting>();
    for (int i = 0; i < std::min(r->seq_size(), r->chain_size()); ++i)
      parting_->mine.emplace_back(r->seq(i), r->chain(i));
    parting_->beyond = parting_->mine.size();
    compare_rows();
  });
}

void log_replayer::compare_rows() {
  auto& p = *parting_;
  if (p.agreed == p.beyond) return part_at(p.agreed == 0 ? 0 : p.mine[p.agreed - 1].first);
  const auto middle = p.agreed + (p.beyond - p.agreed) / 2;
  const auto seq = p.mine[middle].first;
  auto answered = [this, middle](bool same) {
    auto& p = *parting_;
    (same ? p.agreed : p.beyond) = same ? middle + 1 : middle;
    compare_rows();
  };
  if (seq == 0) return answered(true);
  exchange(self_, get(vault_target(vault_.vault, "/log?after=" + std::to_string(seq - 1) + "&limit=1")), {},
           [this, middle, answered](result<pb::Exchanged> r, const actors::bulk& body) {
             if (!r && r.error().code == errc::snapshot_required) return answered(false);  // nobody can tell any more
             auto page = r ? codec::decode_log_page(*body) : result<codec::log_page>(failure(r.error()));
             if (!page) return fail(page.error());
             answered(!page->entries.empty() && page->entries.front().chain.view() == parting_->mine[middle].second);
           });
}

/// Ends the index, and this actor with it: another is built.
void log_replayer::part_at(std::uint64_t agreed) {
  parting_.reset();
  log::warn("vault.history_diverged", "vault={} agreed_until={}", to_string(vault_.vault), agreed);
  pb::HistoriesPart m;
  m.set_agreed(agreed);
  self_.ask(store_, m, store_answers_within, [this](result<pb::Done> r) {
    if (!r) index_failed(r.error());
  });
}

// -- a new index -------------------------------------------------------------------------------

actors::later<pb::Done> log_replayer::handle(const pb::Reconcile&, actors::context& self) {
  actors::later<pb::Done> answer(self);
  ask_doubts(answer);
  return answer;
}

/// Part by part, until the store has no doubt left.
void log_replayer::ask_doubts(actors::later<pb::Done> answer) {
  pb::AskDoubts m;
  m.set_most(doubts_a_request);
  self_.ask(store_, m, store_answers_within, [this, answer](result<pb::Doubts> r) {
    if (!r) return answer.fail(r.error());
    if (r->queries().empty()) return answer.deliver(pb::Done{});
    auto request = post(vault_target(vault_.vault, "/items:known"));
    exchange(self_, std::move(request), r->queries(),
             [this, answer](result<pb::Exchanged> known, const actors::bulk& body) {
               if (!known) return answer.fail(known.error());
               pb::SettleDoubts settle;
               settle.set_answers(*body);
               self_.ask(store_, settle, store_answers_within, [this, answer](result<pb::Done> r) {
                 if (!r) return answer.fail(r.error());
                 ask_doubts(answer);
               });
             });
  });
}

// -- the end of a run ----------------------------------------------------------------------------

void log_replayer::end(result<pb::Replayed> outcome) {
  running_ = false;
  self_.note("");
  auto answers = std::move(waiting_);
  waiting_ = std::move(next_);
  next_.clear();
  if (outcome) {
    retry_ = 0ms;
    // Told even when nothing moved: the engine learns that the first snapshot is here.
    self_.send(self_.sibling<faces::engine>("engine"), pb::RemoteChanged{});
    moved_ = false;
    if (doors_.config.polling) poll_later(doors_.config.poll_every);
  }
  for (const auto& a : answers) a.deliver(outcome);
  if (again_ || !waiting_.empty()) begin();
}

/// What the server has cannot be recorded here: nobody may take this device for in sync meanwhile.
void log_replayer::index_failed(const error& why) {
  bool waits = why.code == errc::disk_full || why.code == errc::io_failed || why.code == errc::permission_denied;
  if (waits) {
    pb::IndexFailed m;
    m.set_code(std::string(name_of(why.code)));
    m.set_reason(to_string(why));
    self_.send(self_.sibling<faces::engine>("engine"), m);
  }
  fail(why);
}

void log_replayer::fail(const error& why) {
  snapshot_.reset();
  self_.failed(to_string(why));
  auto reason = reason_for(why.code);
  if (reason != engine::block_reason::none) block(reason);
  retry_ = retry_ == 0ms ? doors_.config.retry_first
                         : std::min(retry_ * 2, doors_.config.retry_most);
  again_ = false;
  poll_later(retry_);
  auto late = std::move(next_);
  next_.clear();
  for (const auto& a : late) waiting_.push_back(a);
  end(failure(why));
}

void log_replayer::block(engine::block_reason why) {
  pb::Block m;
  m.set_reason(std::string(engine::name_of(why)));
  self_.send(self_.sibling<faces::engine>("engine"), m);
}

}  // namespace tinysync::client
