#include "client/actors/applier.hpp"

#include <algorithm>

#include "client/folder/layout.hpp"
#include "client/folder/root.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto store_answers_within = 300s;
constexpr auto transfer_ends_within = 24h;

bool needs_content(const journal::intent& i) {
  bool places = i.op.what == engine::verb::create_file || i.op.what == engine::verb::replace;
  return places && i.op.state && i.op.state->kind == item_kind::file;
}

/// Where the disk turned out to be other than the index says.
void look_again(const journal::intent& i, errc why, pb::DiskFinished& out) {
  // A failure that says nothing about the disk: it was never touched. After any other the disk may
  // have changed half-way, so both ends are looked at, in one scan.
  bool untouched = why == errc::unavailable || why == errc::busy || why == errc::disk_full;
  if (untouched) return;
  for (const auto& path : {i.op.from_path, i.op.to_path})
    if (!path.empty() && (!fs::is_within(path, folder::own_folder) || (fs::parent_of(path) == folder::parked_path && !planted(mistake::parked_not_looked_at))))
      out.add_look_again(std::string(fs::parent_of(path)));
  if (why == errc::not_empty) out.add_look_again(i.op.from_path);
}

}  // namespace

applier::applier(actors::context& self, agent_doors doors, vault_config vault)
    : self_(self), doors_(std::move(doors)), vault_(std::move(vault)),
      store_(self.sibling<faces::local_store>("local_store")) {}

result<fs::disk*> applier::disk() {
  if (!disk_) {
    auto opened = doors_.open_root(vault_.root);
    if (!opened) return failure(opened.error());
    disk_ = *opened;
  }
  return disk_.get();
}

actors::later<pb::Staged> applier::handle(const pb::Stage& m, actors::context& self) {
  actors::later<pb::Staged> answer(self);
  pb::DownloadAll wanted;
  std::set<std::uint64_t> all;
  unstaged_.clear();
  for (const auto& op : m.disk()) {
    auto i = from_message(op);
    if (!needs_content(i)) continue;
    auto& d = *wanted.add_contents();
    all.insert(i.id);
    const auto& what = i.op.state->what;
    d.set_ref(what.ref.str());
    d.set_hash(what.hash.str());
    d.set_size(what.size);
    d.set_staged(folder::staged_path(i.id));
    d.set_mtime_ns(what.mtime_ns);
    d.set_mode(i.op.what == engine::verb::replace && i.op.expected
                   ? folder::permissions_for(i.op.expected->seen.mode, i.op.mode)
                   : folder::fresh_permissions(i.op.mode));
  }
  if (wanted.contents_size() == 0) {
    answer.deliver(pb::Staged{});
    return answer;
  }
  self_.ask(self_.sibling<faces::downloader>("downloader"), std::move(wanted), transfer_ends_within,
            [this, answer, all](result<pb::Downloaded> r) {
              pb::Staged out;
              if (!r) {  // nothing of it is known to be durable
                for (auto id : all) {
                  unstaged_[id] = errc::unavailable;
                  out.add_failed(id);
                }
                return answer.deliver(std::move(out));
              }
              for (int i = 0; i < r->failed_size(); ++i) {
                auto id = folder::intent_of(fs::name_of(r->failed(i)));
                if (!id) continue;
                bool full = r->reasons(i) == name_of(errc::disk_full);
                unstaged_[*id] = full ? errc::disk_full : errc::unavailable;
                out.add_failed(*id);
                out.add_reasons(r->reasons(i));
              }
              answer.deliver(std::move(out));
            });
  return answer;
}

pb::RecordDisk applier::carry_out(const pb::Execute& m, pb::DiskFinished& finished) {
  pb::RecordDisk out;
  folder::executor executor(*disk_);
  for (const auto& op : m.disk()) {
    auto i = from_message(op);
    auto not_had = unstaged_.find(i.id);
    auto r = not_had == unstaged_.end() ? executor.carry_out(i, doors_.clock->wall_now_ns())
                                        : executor.refuse(i, not_had->second);
    if (r.failed) {
      finished.set_failed(finished.failed() + 1);
      finished.add_reasons(std::string(name_of(*r.failed)));
      look_again(i, *r.failed, finished);
      log::info("disk.deferred", "root={} verb={} path={} why={}", vault_.root, op.verb(),
                printable(i.op.from_path.empty() ? i.op.to_path : i.op.from_path),
                name_of(*r.failed));
    } else {
      finished.set_done(finished.done() + 1);
      log::debug("disk.done", "root={} verb={} from={} to={} cause={} kept={}", vault_.root, op.verb(),
                 printable(op.from_path()), printable(op.to_path()), op.cause(),
                 printable(r.kept_name));
    }
    unfinished_ |= r.unfinished;
    displaced_ |= r.open;
    if (!r.unfinished) put(r, *out.add_results());
  }
  // One durability point, before the index may say that it is there.
  // If that fails nothing is recorded: the intents stay, recovery and a whole scan find what is true.
  if (auto durable = executor.make_durable(); !durable) {
    self_.failed(to_string(durable.error()));
    out.clear_results();
    unfinished_ = true;
  }
  out.set_now_ns(doors_.clock->wall_now_ns());
  return out;
}

actors::later<pb::DiskFinished> applier::handle(const pb::Execute& m, actors::context& self) {
  actors::later<pb::DiskFinished> answer(self);
  if (auto d = disk(); !d) {
    answer.fail(d.error());
    return answer;
  }
  // It may have been moved away while the batch was fetched: what is done is done to the folder at its path.
  if (auto root = folder::find_same_root(*disk_, vault_.vault, vault_.root, recorded_); !root) {
    answer.fail(root.error());
    return answer;
  }
  pb::DiskFinished finished;
  unfinished_ = false;
  auto results = carry_out(m, finished);
  record(std::move(results), std::move(finished), answer);
  return answer;
}

void applier::record(pb::RecordDisk results, pb::DiskFinished finished,
                     actors::later<pb::DiskFinished> answer) {
  self_.ask(store_, std::move(results), store_answers_within,
            [this, finished = std::move(finished), answer](result<pb::DiskRecorded> r) {
              if (!r) return answer.fail(r.error());
              if (std::exchange(displaced_, false))
                self_.send(self_.sibling<faces::trash>("trash"), pb::WatchDisplaced{});
              // A user's file is still in staging: the engine begins with recovery again.
              if (unfinished_) return answer.fail({errc::io_failed, "a swap that did not end"});
              answer.deliver(finished);
            });
}

actors::later<pb::Recovered> applier::handle(const pb::Recover&, actors::context& self) {
  actors::later<pb::Recovered> answer(self);
  disk_.reset();
  if (auto d = disk(); !d) {
    answer.fail(d.error());
    return answer;
  }
  // Nothing is touched in a folder that is not the one that was attached.
  self_.ask(store_, pb::AskIdentity{}, store_answers_within,
            [this, answer](result<pb::RecordIdentity> r) {
              if (!r) return answer.fail(r.error());
              auto root = folder::find_same_root(*disk_, vault_.vault, vault_.root, from_message(*r));
              if (!root) return answer.fail(root.error());
              recorded_ = root->seen;
              held_.reset();
              auto held = folder::hold_root(*disk_, vault_.root);
              if (!held) return answer.fail(held.error());
              held_ = std::move(*held);
              auto lives = folder::index_lives(*disk_);
              if (!lives) return answer.fail(lives.error());
              auto one_of = [&](const std::string& life) {
                return std::find(lives->begin(), lives->end(), life) != lives->end();
              };
              if (!r->life().empty() && !lives->empty() && !one_of(r->life()))
                return answer.fail({errc::local_state_corrupt,
                                    "the index is not the one that " + printable(vault_.root) +
                                        " was last synced with (restored from a backup?)"});
              root_tells tells{r->life(), {}, !lives->empty()};
              if (!r->old_life().empty() && one_of(r->old_life())) tells.old_life = r->old_life();
              self_.ask(store_, pb::AskIntents{}, store_answers_within,
                        [this, answer, tells](result<pb::Intents> r) {
                          if (!r) return answer.fail(r.error());
                          abandon_downloads(*r, tells, answer);
                        });
            });
  return answer;
}

/// Else what an earlier life of somebody here had asked for comes into staging after it was looked through.
void applier::abandon_downloads(const pb::Intents& left, const root_tells& tells,
                                actors::later<pb::Recovered> answer) {
  self_.ask(self_.sibling<faces::downloader>("downloader"), pb::Abandon{}, store_answers_within,
            [this, left, tells, answer](result<pb::Done> r) {
              if (!r) return answer.fail(r.error());
              recover(left, tells, answer);
            });
}

void applier::recover(const pb::Intents& left, const root_tells& tells,
                      actors::later<pb::Recovered> answer) {
  std::vector<journal::intent> intents;
  for (const auto& op : left.disk()) intents.push_back(from_message(op));
  auto rescued = folder::executor(*disk_).recover(intents, doors_.clock->wall_now_ns());
  if (!rescued) return answer.fail(rescued.error());
  pb::Recovered out;
  out.set_had_index(tells.had_index);
  out.set_last_index(!tells.old_life.empty());
  for (const auto& r : *rescued) {
    out.add_rescued(r.path);
    log::warn("disk.rescued", "path={} why={}", printable(r.path), r.why);
  }
  // The intents end here. What they put in place is recorded as theirs: found by a scan it would pass for a
  // user's, and come back although it was deleted elsewhere meanwhile.
  pb::RecordDisk results;
  folder::executor executor(*disk_);
  for (const auto& i : intents) {
    auto& r = *results.add_results();
    if (auto done = executor.achieved(i, intents)) put(*done, r);
    else r.set_failed(std::string(name_of(errc::cancelled)));
    r.set_intent(i.id);
    for (const auto& one : *rescued)
      if (one.intent == i.id) {
        r.set_trashed(one.trashed);
        r.set_open(true);  // nobody has looked
        displaced_ = true;
      }
  }
  results.set_now_ns(doors_.clock->wall_now_ns());
  self_.ask(store_, std::move(results), store_answers_within,
            [this, out, tells, answer](result<pb::DiskRecorded> r) {
              if (!r) return answer.fail(r.error());
              self_.send(store_, pb::WakeWaiting{});
              if (std::exchange(displaced_, false))
                self_.send(self_.sibling<faces::trash>("trash"), pb::WatchDisplaced{});
              begin_life(tells, out, answer);
            });
}

/// The root first: whatever is cut off, one of its tokens is the index's.
void applier::begin_life(const root_tells& tells, pb::Recovered out,
                         actors::later<pb::Recovered> answer) {
  auto life = to_hex(doors_.random->bytes(16));
  std::vector<std::string> lives{tells.old_life, tells.life, life};
  std::erase(lives, std::string{});
  if (auto ok = folder::put_index_lives(*disk_, lives); !ok) return answer.fail(ok.error());
  pb::RecordLife m;
  m.set_life(life);
  self_.ask(store_, m, store_answers_within, [out, answer](result<pb::Done> r) {
    if (!r) return answer.fail(r.error());
    answer.deliver(out);
  });
}

}  // namespace tinysync::client
