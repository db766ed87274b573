#include "client/actors/pending_ops.hpp"

#include "client/actors/places.hpp"

#include "client/actors/cloud.hpp"
#include "client/folder/listing.hpp"
#include "platform/log/log.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto store_answers_within = 300s;
constexpr auto transfer_ends_within = 24h;
constexpr std::size_t most_inlined = 12u << 20;  // bytes of one request

const content* content_of(const change& c) {
  if (auto* f = std::get_if<create_file>(&c)) return &f->what;
  if (auto* f = std::get_if<update_content>(&c))
    return f->what.link_target.empty() ? &f->what : nullptr;
  return nullptr;
}

bool has_bytes(const change& c) {
  auto* what = content_of(c);
  return what && what->size > 0;
}

}  // namespace

pending_ops::pending_ops(actors::context& self, agent_doors doors, vault_config vault)
    : self_(self), doors_(std::move(doors)), vault_(std::move(vault)),
      store_(self.sibling<faces::local_store>("local_store")) {}

void pending_ops::started(actors::context& self) {
  pb::WatchLink watch;
  watch.set_subscriber(self.path());
  self.send(self.find<faces::cloud_link>(at(self, "/cloud_link")), watch);
}

void pending_ops::handle(const pb::SendOutbox&) {
  if (busy_) {
    again_ = true;
    return;
  }
  take();
}

void pending_ops::handle(const pb::LinkChanged& m) {
  if (!m.connected()) return;
  retry_ = 0ms;
  if (!busy_) take();
}

void pending_ops::handle(const pb::Tick&) {
  if (!busy_) take();
}

void pending_ops::take() {
  busy_ = true;
  again_ = false;
  pb::TakeOutbox m;
  m.set_limit(most_mutations);
  self_.ask(store_, m, store_answers_within, [this](result<pb::Outbox> r) {
    if (!r) return try_later(r.error());
    taken(*r);
  });
}

void pending_ops::taken(const pb::Outbox& outbox) {
  rows_.clear();
  retired_.clear();
  for (const auto& r : outbox.rows()) {
    auto m = codec::decode_mutation(r.mutation());
    if (!m) continue;
    rows_.push_back({id_from<op_id>(r.op()), std::move(*m), r.path(), r.seen(), r.sent()});
  }
  for (const auto& op : outbox.retired()) retired_.push_back(id_from<op_id>(op));
  cursor_ = codec::decode_position(outbox.cursor()).value_or(position{});
  highest_ = codec::decode_position(outbox.highest()).value_or(position{});
  // A group is never split: what may go on behind the limit waits for the next request.
  if (rows_.size() == most_mutations && rows_.back().m.group) {
    auto group = rows_.back().m.group;
    auto all_one = rows_.front().m.group == group;
    while (!all_one && !rows_.empty() && rows_.back().m.group == group) rows_.pop_back();
  }
  if (rows_.empty() && retired_.empty()) {
    busy_ = false;
    self_.note("");
    return;
  }
  upload_large();
}

void pending_ops::upload_large() {
  pb::UploadAll all;
  for (const auto& row : rows_) {
    if (!has_bytes(row.m.change)) continue;
    const auto& what = *content_of(row.m.change);
    if (what.size <= doors_.config.inline_bytes) continue;
    auto& u = *all.add_contents();
    u.set_path(row.path);
    u.set_hash(what.hash.str());
    u.set_size(what.size);
    *u.mutable_seen() = row.seen;
  }
  if (all.contents_size() == 0) return attach_small();
  self_.note("uploading " + std::to_string(all.contents_size()) + " contents");
  self_.ask(self_.sibling<faces::uploader>("uploader"), std::move(all), transfer_ends_within,
            [this](result<pb::Uploaded> r) {
              if (!r) return try_later(r.error());
              uploaded(*r);
            });
}

/// What changed on the disk meanwhile is given up (it was never sent); what is away is tried later.
void pending_ops::uploaded(const pb::Uploaded& u) {
  std::map<std::string, std::string> failed;
  for (int i = 0; i < u.failed_size(); ++i) failed[u.failed(i)] = u.reasons(i);
  std::set<op_id> changed;
  for (const auto& row : rows_) {
    auto* what = content_of(row.m.change);
    auto why = what ? failed.find(what->hash.str()) : failed.end();
    if (why == failed.end() || what->size <= doors_.config.inline_bytes) continue;
    auto code = errc_from_name(why->second).value_or(errc::internal);
    bool away = code == errc::offline || code == errc::timeout || code == errc::unavailable ||
                code == errc::unauthenticated || code == errc::too_many_requests;
    if (away) return try_later({code, "uploading"});
    if (!row.sent) changed.insert(row.op);
  }
  if (!changed.empty()) give_up(changed, "content_changed");
  attach_small();
}

void pending_ops::attach_small() {
  if (!disk_) {
    auto opened = doors_.open_root(vault_.root);
    if (!opened) return try_later(opened.error());
    disk_ = *opened;
  }
  std::size_t bytes = 0, taken = 0;
  std::set<op_id> changed;
  for (auto& row : rows_) {
    bool enough = bytes >= most_inlined && taken > 0 && row.m.group.none();
    if (enough) break;
    ++taken;
    if (!has_bytes(row.m.change)) continue;
    const auto& what = *content_of(row.m.change);
    if (what.size > doors_.config.inline_bytes) continue;
    auto content = folder::read_if_unchanged(*disk_, row.path, what.hash, doors_.config.inline_bytes);
    if (content) {
      bytes += content->size();
      row.m.inline_content = std::move(*content);
    } else if (!row.sent) {
      changed.insert(row.op);
    }
  }
  rows_.resize(taken);
  if (!changed.empty()) give_up(changed, "content_changed");
  send();
}

/// The rows leave this request and, before it is sent, the outbox; their items are observed again.
void pending_ops::give_up(const std::set<op_id>& ops, const std::string& why) {
  pb::GiveUp m;
  m.set_reason(why);
  pb::FoldersTouched look;
  for (const auto& row : rows_) {
    if (!ops.contains(row.op)) continue;
    m.add_ops(row.op.str());
    auto slash = row.path.rfind('/');
    look.add_folders(slash == std::string::npos ? "" : row.path.substr(0, slash));
  }
  std::erase_if(rows_, [&](const pending& row) { return ops.contains(row.op); });
  log::info("outbox.given_up", "vault={} ops={} why={}", to_string(vault_.vault), m.ops_size(), why);
  self_.ask(store_, std::move(m), store_answers_within, [this, look](result<pb::Done>) {
    self_.send(self_.sibling<faces::engine>("engine"), look);
  });
}

/// `after` names operations of the same request; those answered before are no condition any more.
void pending_ops::tidy() {
  std::set<op_id> here;
  for (const auto& row : rows_) here.insert(row.op);
  for (auto& row : rows_)
    std::erase_if(row.m.after, [&](const op_id& a) { return !here.contains(a); });
}

void pending_ops::send() {
  if (rows_.empty() && retired_.empty()) return take();
  tidy();
  codec::mutation_request request;
  request.cursor = cursor_;
  request.highest = highest_;
  request.retired = retired_;
  pb::MarkSent mark;
  for (auto& row : rows_) {
    mark.add_ops(row.op.str());
    request.mutations.push_back(std::move(row.m));
  }
  auto body = codec::encode(request);
  self_.note("sending " + std::to_string(request.mutations.size()) + " operations");
  self_.ask(store_, std::move(mark), store_answers_within,
            [this, body = std::move(body)](result<pb::Done> r) {
              if (!r) return try_later(r.error());
              auto lane = body.size() > (1u << 20) ? pb::LANE_BULK : pb::LANE_SMALL;
              exchange(self_, post(vault_target(vault_.vault, "/mutations"), lane), body,
                       [this](result<pb::Exchanged> r, const actors::bulk& answer) {
                         if (!r) return try_later(r.error());
                         answered(*answer);
                       });
            });
}

void pending_ops::answered(const std::string& body) {
  pb::RecordAnswer m;
  m.set_answer(body);
  self_.ask(store_, std::move(m), store_answers_within, [this](result<pb::AnswerRecorded> r) {
    if (!r) return try_later(r.error());
    retry_ = 0ms;
    self_.send(self_.sibling<faces::engine>("engine"), pb::OutboxChanged{});
    // The rows this made are replayed now rather than when the wake comes.
    self_.ask(self_.sibling<faces::log_replayer>("log_replayer"), pb::CatchUp{},
              store_answers_within, [](result<pb::Replayed>) {});
    take();
  });
}

void pending_ops::try_later(const error& why) {
  busy_ = false;
  self_.failed(to_string(why));
  self_.note("waiting: " + std::string(name_of(why.code)));
  if (why.code == errc::history_diverged || why.code == errc::snapshot_required) {
    pb::CatchUp catch_up;
    catch_up.set_parted(why.code == errc::history_diverged);
    self_.ask(self_.sibling<faces::log_replayer>("log_replayer"), catch_up,
              store_answers_within, [](result<pb::Replayed>) {});
  }
  retry_ = retry_ == 0ms ? doors_.config.retry_first
                         : std::min(retry_ * 2, doors_.config.retry_most);
  self_.delay(retry_, pb::Tick{});
}

}  // namespace tinysync::client
