// Displaced files that a program still holds open (DESIGN §5 Touching the disk): what it writes to them is
// a user's, and becomes a conflict copy as soon as it is seen.

#include <set>

#include "client/actors/trash_keeper.hpp"
#include "client/engine/plan.hpp"
#include "client/folder/layout.hpp"
#include "client/folder/listing.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto store_answers_within = 60s;
constexpr int most_names = 100;

}  // namespace

void trash_keeper::handle(const pb::WatchDisplaced& m) {
  if (m.due()) look_due_ = false;
  if (looking_ || look_due_) return;
  looking_ = true;
  self_.ask(store_, pb::AskDisplaced{}, store_answers_within,
            [this](result<pb::Displaced> open) { displaced(open); });
}

void trash_keeper::look_again_later() {
  looking_ = false;
  look_due_ = true;
  pb::WatchDisplaced due;
  due.set_due(true);
  self_.delay(doors_.config.displaced_looked_at_every, due);
}

void trash_keeper::displaced(const result<pb::Displaced>& open) {
  if (!open) return look_again_later();
  looking_ = false;
  if (open->entries_size() == 0) return displaced_.clear();
  auto entries = older_than(0s);
  if (!entries) return look_again_later();  // the root is away just now
  std::set<std::string> wanted(open->entries().begin(), open->entries().end());
  std::erase_if(*entries, [&](const auto& e) { return !wanted.contains(e.entry); });
  pb::CloseDisplaced gone;  // put back or purged meanwhile
  for (const auto& e : *entries) wanted.erase(e.entry);
  for (const auto& e : wanted) gone.add_entries(e);
  if (!wanted.empty()) self_.ask(store_, std::move(gone), store_answers_within, [](result<pb::Done>) {});
  if (entries->empty()) return;
  looking_ = true;
  where_from(*entries, [this, entries = *entries](result<pb::TrashedAll> from) {
    if (from) looked(entries, *from);
    else look_again_later();
  });
}

/// The order matters: without a writer when asked first, nothing can come after the hash.
trash_keeper::hold trash_keeper::look_at(const folder::trash_entry& e, const pb::TrashedFrom& from) {
  auto lease = disk_->read_lease(e.path());
  bool unknown = !lease && lease.error().code != errc::busy;
  auto before = displaced_.find(e.entry);
  bool same = before != displaced_.end() && engine::same_stat(before->second.first, e.seen);
  if (!same) {
    auto now = folder::hash_entry(*disk_, e.path());
    if (now.failed == name_of(errc::changed_meanwhile)) return hold::written;
    if (!now.failed.empty()) return hold::open;
    displaced_[e.entry] = {now.seen, now.hash};
  }
  if (displaced_[e.entry].second != id_from<content_hash>(from.hash())) return hold::written;
  if (lease) return hold::closed;
  bool long_ago = doors_.clock->wall_now_ns() - e.trashed_ns > std::chrono::nanoseconds(doors_.config.displaced_for).count();
  return unknown && long_ago ? hold::closed : hold::open;
}

void trash_keeper::looked(const std::vector<folder::trash_entry>& entries, const pb::TrashedAll& from) {
  looking_ = false;
  bool any = false;
  pb::CloseDisplaced closed;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& e = entries[i];
    auto now = look_at(e, from.from(static_cast<int>(i)));
    bool done = now == hold::closed || (now == hold::written && bring_back(e, from.from(static_cast<int>(i))));
    any |= !done;
    if (!done) continue;
    displaced_.erase(e.entry);
    if (now == hold::closed) closed.add_entries(e.entry);
  }
  if (closed.entries_size() > 0)
    self_.ask(store_, std::move(closed), store_answers_within, [](result<pb::Done>) {});
  if (any) look_again_later();
}

/// To the name it had, should that be free by now, else beside it.
bool trash_keeper::bring_back(const folder::trash_entry& e, const pb::TrashedFrom& from) {
  auto wanted = from.path().empty() ? e.name : from.path();
  auto item = id_from<item_id>(from.item());
  auto now = displaced_[e.entry];
  auto folder = std::string(fs::parent_of(wanted));
  auto path = wanted;
  for (int attempt = 1; disk_->stat(path) && attempt <= most_names; ++attempt)
    path = join_path(folder, engine::copy_name(fs::name_of(wanted),
                                               {item, now.second, e.seen.mtime_ns, vault_.device_label}, attempt));
  auto put = folder::restore_from_trash(*disk_, e, path);
  if (!put) {
    log::warn("trash.written_to", "vault={} path={} why={}", to_string(vault_.vault), printable(wanted),
              to_string(put.error()));
    return false;
  }
  log::warn("trash.written_to", "vault={} path={} now={}", to_string(vault_.vault), printable(wanted),
            printable(*put));
  forget({e.entry});
  pb::AdoptDisplaced adopt;
  adopt.set_path(*put);
  adopt.set_item(item.str());
  adopt.set_now_ns(doors_.clock->wall_now_ns());
  if (auto stat = disk_->stat(*put)) tinysync::client::put(folder::seen_of(*stat), *adopt.mutable_seen());
  self_.ask(store_, std::move(adopt), store_answers_within, [this, put = *put](result<pb::Done>) {
    pb::FoldersTouched look;
    look.add_folders(std::string(fs::parent_of(put)));
    self_.send(self_.sibling<faces::engine>("engine"), look);
  });
  return true;
}

}  // namespace tinysync::client
