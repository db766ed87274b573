#include "client/actors/trash_keeper.hpp"

#include "client/actors/cloud.hpp"
#include "client/folder/listing.hpp"
#include "platform/log/log.hpp"
#include "proto/codec/messages.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto store_answers_within = 60s;
constexpr std::size_t part_size = 64;  // hashed, asked about and removed together

}  // namespace

trash_keeper::trash_keeper(actors::context& self, agent_doors doors, vault_config vault)
    : self_(self), doors_(std::move(doors)), vault_(std::move(vault)),
      store_(self.sibling<faces::local_store>("local_store")) {}

void trash_keeper::started(actors::context& self) {
  self.delay(doors_.config.trash_looked_at_every, pb::Tick{});
  handle(pb::WatchDisplaced{});  // of an earlier life
}

result<fs::disk*> trash_keeper::disk() {
  if (!disk_) {
    auto opened = doors_.open_root(vault_.root);
    if (!opened) return failure(opened.error());
    disk_ = *opened;
  }
  return disk_.get();
}

void trash_keeper::where_from(const std::vector<folder::trash_entry>& entries, from_done done) {
  pb::AskTrashed m;
  for (const auto& e : entries) m.add_entries(e.entry);
  self_.ask(store_, std::move(m), store_answers_within, std::move(done));
}

// -- listing and putting back --------------------------------------------------------------------

actors::later<pb::Trash> trash_keeper::handle(const pb::AskTrash&, actors::context& self) {
  actors::later<pb::Trash> answer(self);
  auto entries = older_than(0s);
  if (!entries) {
    answer.fail(entries.error());
    return answer;
  }
  where_from(*entries, [answer, entries = *entries](result<pb::TrashedAll> r) {
    if (!r) return answer.fail(r.error());
    pb::Trash out;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto& from = r->from(static_cast<int>(i));
      auto& e = *out.add_entries();
      e.set_entry(entries[i].entry);
      e.set_path(from.path().empty() ? entries[i].name : from.path());
      e.set_size(entries[i].seen.size);
      e.set_trashed_ns(entries[i].trashed_ns);
      e.set_item(from.item());
    }
    answer.deliver(std::move(out));
  });
  return answer;
}

actors::later<pb::TrashRestored> trash_keeper::handle(const pb::RestoreTrashed& m,
                                                      actors::context& self) {
  actors::later<pb::TrashRestored> answer(self);
  auto entries = older_than(0s);
  if (!entries) {
    answer.fail(entries.error());
    return answer;
  }
  std::erase_if(*entries, [&](const auto& e) { return e.entry != m.entry(); });
  if (entries->empty()) {
    answer.fail({errc::not_found, "'" + m.entry() + "' in the trash (see: tinysync trash ls)"});
    return answer;
  }
  where_from(*entries, [this, e = entries->front(), answer](result<pb::TrashedAll> r) {
    if (!r) return answer.fail(r.error());
    put_back(e, r->from(0).path().empty() ? e.name : r->from(0).path(), answer);
  });
  return answer;
}

void trash_keeper::put_back(const folder::trash_entry& e, const std::string& path,
                            actors::later<pb::TrashRestored> answer) {
  auto now = folder::restore_from_trash(*disk_, e, path);
  if (!now) return answer.fail(now.error());
  log::info("trash.restored", "vault={} entry={} path={}", to_string(vault_.vault), e.entry,
            printable(*now));
  forget({e.entry});
  pb::FoldersTouched look;
  look.add_folders(std::string(fs::parent_of(*now)));
  self_.send(self_.sibling<faces::engine>("engine"), look);
  pb::TrashRestored out;
  out.set_path(*now);
  answer.deliver(std::move(out));
}

void trash_keeper::forget(const std::vector<std::string>& entries) {
  pb::ForgetTrashed m;
  for (const auto& e : entries) m.add_entries(e);
  self_.ask(store_, std::move(m), store_answers_within, [](result<pb::Done>) {});
}

// -- emptying ------------------------------------------------------------------------------------

result<std::vector<folder::trash_entry>> trash_keeper::older_than(std::chrono::nanoseconds age) {
  auto d = disk();
  if (!d) return failure(d.error());
  auto all = folder::list_trash(**d);
  if (!all) {
    disk_.reset();  // the root may have been replaced: it is opened anew the next time
    return failure(all.error());
  }
  if (age.count() == 0) return std::move(*all);  // also what a clock that was put back says is yet to come
  auto limit = doors_.clock->wall_now_ns() - age.count();
  std::erase_if(*all, [&](const auto& e) { return e.trashed_ns > limit; });
  return std::move(*all);
}

actors::later<pb::TrashEmptied> trash_keeper::handle(const pb::EmptyTrash& m, actors::context& self) {
  actors::later<pb::TrashEmptied> answer(self);
  if (emptying_) {
    answer.fail({errc::busy, "the trash is being emptied already"});
    return answer;
  }
  auto entries = older_than(std::chrono::seconds(m.older_than_s()));
  if (!entries) {
    answer.fail(entries.error());
    return answer;
  }
  emptying_ = std::make_unique<emptying>();
  emptying_->left = std::move(*entries);
  emptying_->unproven = m.unproven();
  emptying_->answers.push_back(answer);
  next_part();
  return answer;
}

void trash_keeper::handle(const pb::Tick&) {
  self_.delay(doors_.config.trash_looked_at_every, pb::Tick{});
  auto entries = older_than(doors_.config.trash_for);
  if (!entries || entries->empty() || emptying_) return;
  emptying_ = std::make_unique<emptying>();
  emptying_->left = std::move(*entries);
  next_part();
}

void trash_keeper::next_part() {
  auto& left = emptying_->left;
  while (!left.empty()) {
    auto n = static_cast<std::ptrdiff_t>(std::min(part_size, left.size()));
    std::vector<folder::trash_entry> part(left.begin(), left.begin() + n);
    left.erase(left.begin(), left.begin() + n);
    self_.note("emptying, " + std::to_string(left.size()) + " to go");
    if (!emptying_->unproven) {
      return where_from(part, [this, part](result<pb::TrashedAll> r) {
        if (!r) return end(r.error());
        prove(part, *r);
      });
    }
    purge(part, std::vector<bool>(part.size(), true));
  }
  end(std::nullopt);
}

/// Asks the server whether it holds exactly these bytes as a version of the item.
void trash_keeper::prove(std::vector<folder::trash_entry> part, const pb::TrashedAll& from) {
  std::vector<codec::known_query> queries;
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < part.size(); ++i) {
    auto item = id_from<item_id>(from.from(static_cast<int>(i)).item());
    auto hash = folder::hash_entry(*disk_, part[i].path());
    if (item == item_id{} || !hash.failed.empty()) continue;
    part[i].seen = hash.seen;
    queries.push_back({item, hash.hash, {}});
    asked.push_back(i);
  }
  if (queries.empty()) {
    emptying_->outcome.set_kept(emptying_->outcome.kept() + part.size());
    return next_part();
  }
  auto request = post(vault_target(vault_.vault, "/items:known"));
  exchange(self_, std::move(request), codec::encode(queries),
           [this, part, asked](result<pb::Exchanged> r, const actors::bulk& body) {
             auto known = r ? codec::decode_known(*body)
                            : result<std::vector<codec::known_answer>>(failure(r.error()));
             if (known && known->size() != asked.size())
               known = failure(errc::malformed, "items:known");
             if (!known) return end(known.error());
             std::vector<bool> proven(part.size(), false);
             for (std::size_t k = 0; k < asked.size(); ++k) proven[asked[k]] = (*known)[k].known;
             purge(part, proven);
             next_part();
           });
}

void trash_keeper::purge(const std::vector<folder::trash_entry>& part,
                         const std::vector<bool>& proven) {
  auto& out = emptying_->outcome;
  std::vector<std::string> gone;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (!proven[i] || !folder::purge_from_trash(*disk_, part[i])) {
      out.set_kept(out.kept() + 1);
      continue;
    }
    gone.push_back(part[i].entry);
    out.set_purged(out.purged() + 1);
    out.set_bytes(out.bytes() + part[i].seen.size);
  }
  if (!gone.empty()) forget(gone);
}

void trash_keeper::end(const std::optional<error>& why) {
  auto ended = std::move(emptying_);
  self_.note("");
  log::info("trash.emptied", "vault={} purged={} bytes={} kept={} why={}", to_string(vault_.vault),
            ended->outcome.purged(), ended->outcome.bytes(), ended->outcome.kept(),
            why ? to_string(*why) : "");
  for (const auto& a : ended->answers)
    if (why) a.fail(*why);
    else a.deliver(ended->outcome);
}

}  // namespace tinysync::client
