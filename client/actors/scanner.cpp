#include "client/actors/scanner.hpp"

#include "client/folder/layout.hpp"
#include "client/folder/listing.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto store_answers_within = 120s, flush_answers_within = 30s;
constexpr std::size_t most_single_syncs = 16;  // above: one sync of the whole file system
constexpr int most_looks = 8;  // then somebody moves things faster than they can be found
constexpr std::size_t most_folders = 64, most_entries = 4000;  // of one Compare
constexpr std::uint64_t most_hashed_bytes = 64u << 20;         // of one Hashed, roughly
constexpr std::size_t most_hashed = 1000;
constexpr std::string_view device_rules_file = "ignore";  // in the agent's folder of settings

void put(const engine::ignore_rule& r, pb::IgnoreRule& out) {
  out.set_source(r.source);
  out.set_line(r.line);
  out.set_pattern(r.pattern);
}

}  // namespace

scanner::scanner(actors::context& self, agent_doors doors, vault_config vault)
    : self_(self), doors_(std::move(doors)), vault_(std::move(vault)),
      store_(self.sibling<faces::local_store>("local_store")),
      last_(self.random()) {}  // no number of an earlier life, of which the store may hold half a scan

/// Absence is never evidence: without the root that was attached nothing is observed at all.
result<void> scanner::root_is_there() {
  if (!disk_) {
    auto opened = doors_.open_root(vault_.root);
    if (!opened) return failure(opened.error());
    disk_ = *opened;
  }
  auto now = folder::find_same_root(*disk_, vault_.vault, vault_.root, *recorded_);
  if (!now) {
    disk_.reset();
    return failure(now.error());
  }
  root_ = now->identity;
  if (recorded_->inode != 0) return {};
  recorded_ = now->seen;
  self_.ask(store_, to_message(now->seen), store_answers_within, [](result<pb::Done>) {});
  return {};
}

void scanner::root_is_missing(const error& why) {
  auto answer = job_->answer;
  pb::Scanned out;
  out.set_failed(true);
  out.set_reason(to_string(why));
  log::warn("scan.root_missing", "root={} why={}", vault_.root, to_string(why));
  job_.reset();
  answer.deliver(std::move(out));
  next();
}

actors::later<pb::Scanned> scanner::handle(const pb::Scan& m, actors::context& self) {
  auto j = std::make_unique<job>();
  j->number = ++last_;
  j->whole_tree = m.whole_tree();
  j->eager = m.eager();
  for (const auto& f : m.folders()) j->to_list.push_back(f);
  std::set<std::string> trees(m.folders().begin(), m.folders().end());
  for (const auto& f : m.beside())
    if (!trees.contains(f)) j->beside.push_back(f);
  if (m.folders_size() == 0) j->to_list.push_back("");
  j->answer = actors::later<pb::Scanned>(self);
  auto answer = j->answer;
  queue_.push_back(std::move(j));
  if (!job_) next();
  return answer;
}

void scanner::next() {
  if (queue_.empty()) return self_.note("");
  job_ = std::move(queue_.front());
  queue_.pop_front();
  if (recorded_) return begin();
  self_.ask(store_, pb::AskIdentity{}, store_answers_within, [this](result<pb::RecordIdentity> r) {
    if (!r) return give_up(r.error());
    recorded_ = from_message(*r);
    begin();
  });
}

void scanner::begin() {
  if (auto there = root_is_there(); !there) return root_is_missing(there.error());
  read_rules();
  list_some();
}

/// Before anything is listed: a rule holds for what comes after it.
void scanner::read_rules() {
  auto mine = doors_.files.read(std::string(device_rules_file));
  new_rules_ |= rules_.read(*disk_, mine ? *mine : std::string{});
  if (!rules_.failed().empty()) self_.failed("ignore rules: " + rules_.failed());
}

result<pb::IgnoreRules> scanner::handle(const pb::AskIgnoreRules&) {
  if (disk_) read_rules();
  pb::IgnoreRules out;
  for (const auto& r : rules_.rules().all()) put(r, *out.add_rules());
  for (const auto& c : rules_.rules().complaints()) out.add_complaints(c);
  if (!rules_.failed().empty()) out.add_complaints(rules_.failed());
  return out;
}

/// By the rules as they are now; the scan that follows their change may be under way.
actors::later<pb::IgnoreChecked> scanner::handle(const pb::CheckIgnored& m, actors::context& self) {
  actors::later<pb::IgnoreChecked> answer(self);
  pb::IgnoreChecked out;
  if (!disk_) {
    answer.fail({errc::unavailable, "the folder has not been scanned yet"});
    return answer;
  }
  read_rules();
  auto there = disk_->stat(m.path());
  bool folder = there ? there->kind == fs::kind::folder : m.path().ends_with('/');
  if (auto* rule = rules_.rules().ignoring(m.path(), folder)) put(*rule, *out.mutable_rule());
  pb::AskSynced ask;
  ask.set_path(m.path());
  self_.ask(store_, std::move(ask), store_answers_within, [answer, out](result<pb::Synced> r) mutable {
    if (!r) return answer.fail(r.error());
    out.set_synced(r->synced());
    answer.deliver(std::move(out));
  });
  return answer;
}

void scanner::list_some() {
  pb::Compare m;
  m.set_scan(job_->number);
  auto& queue = job_->beside.empty() ? job_->to_list : job_->beside;
  m.set_recursive(job_->whole_tree && job_->beside.empty());
  std::size_t entries = 0;
  while (!queue.empty() && m.folders_size() < static_cast<int>(most_folders) &&
         entries < most_entries) {
    auto path = std::move(queue.front());
    queue.pop_front();
    if (!job_->listed.insert(path).second) continue;
    auto l = folder::list_folder(*disk_, path, root_, rules_.rules());
    // A folder that has gone is concluded from its parent's listing, not from its own failure.
    if (l.failed == name_of(errc::missing) && !path.empty()) {
      queue.push_back(std::string(fs::parent_of(path)));
      continue;
    }
    entries += l.entries.size();
    *m.add_folders() = to_message(l);
  }
  job_->entries += entries;
  if (m.folders_size() == 0) return job_->to_list.empty() ? conclude() : list_some();
  m.set_first(std::exchange(job_->first, false));
  m.set_now_ns(doors_.clock->wall_now_ns());
  m.set_eager(job_->eager);
  self_.note("listing, " + std::to_string(job_->entries) + " entries");
  self_.ask(store_, std::move(m), store_answers_within, [this](result<pb::Compared> r) {
    if (!r) return give_up(r.error());
    for (const auto& path : r->to_list()) job_->to_list.push_back(path);
    for (const auto& w : r->to_hash()) job_->to_hash.push_back(w.path());
    for (const auto& f : r->differing()) job_->seen_folders.insert(f);
    hash_some();
  });
}

/// Hashes in parts, so that the mailbox is looked at in between.
void scanner::hash_some() {
  pb::Hashed m;
  m.set_scan(job_->number);
  std::uint64_t bytes = 0;
  while (!job_->to_hash.empty() && bytes < most_hashed_bytes &&
         m.contents_size() < static_cast<int>(most_hashed)) {
    self_.note("hashing " + printable(job_->to_hash.front()));
    auto h = folder::hash_entry(*disk_, job_->to_hash.front());
    job_->to_hash.pop_front();
    bytes += h.seen.size;
    if (h.failed.empty() && h.seen.kind == item_kind::file) job_->seen_files.insert(h.path);
    *m.add_contents() = to_message(h);
  }
  if (m.contents_size() > 0) self_.send(store_, std::move(m));
  if (job_->to_hash.empty()) return list_some();
  // Comes back through the mailbox: an empty comparison costs nothing and keeps the order.
  pb::Compare pause;
  pause.set_scan(job_->number);
  self_.ask(store_, std::move(pause), store_answers_within, [this](result<pb::Compared> r) {
    if (!r) return give_up(r.error());
    hash_some();
  });
}

void scanner::conclude() {
  // It may have gone, or been replaced, while it was listed.
  if (auto there = root_is_there(); !there) return root_is_missing(there.error());
  if (job_->first) return concluded({});
  if (auto durable = make_durable(); !durable) return give_up(durable.error());
  pb::ConcludeScan m;
  m.set_scan(job_->number);
  m.set_now_ns(doors_.clock->wall_now_ns());
  m.set_whole_tree(job_->whole_tree);
  m.set_sure(job_->sure || planted(mistake::half_a_move_is_a_delete));
  self_.ask(store_, std::move(m), store_answers_within, [this](result<pb::ScanConcluded> r) {
    if (!r) return give_up(r.error());
    if (r->missing()) look_elsewhere();
    else concluded(*r);
  });
}

/// The index is never ahead of the disk: what a power cut takes would pass for deleted by its user, and what
/// it leaves of a file for an edit.
result<void> scanner::make_durable() {
  if (planted(mistake::scan_ahead_of_disk)) return {};
  auto files = std::exchange(job_->seen_files, {});
  std::set<std::string> folders;
  for (auto at : std::exchange(job_->seen_folders, {}))
    while (folders.insert(at).second && !at.empty()) at = std::string(fs::parent_of(at));
  if (files.size() + folders.size() > most_single_syncs) return disk_->sync_all();
  // What has gone since a next scan tells. What cannot be opened to be synced is, with everything else.
  auto fails = [](const result<void>& synced) {
    return !synced && synced.error().code != errc::missing && synced.error().code != errc::unsupported;
  };
  for (const auto& f : files)
    if (fails(disk_->sync_file(f))) return disk_->sync_all();
  for (const auto& f : folders)
    if (fails(disk_->sync_folder(f))) return disk_->sync_all();
  return {};
}

/// What is missing may have moved to a folder that was not looked at, or looked at before it came. Whatever
/// has happened up to now the kernel has told: those folders are looked at, until none is new.
void scanner::look_elsewhere() {
  pb::Flush flush;
  flush.set_take(true);
  self_.ask(self_.sibling<faces::watcher>("watcher"), flush, flush_answers_within, [this](result<pb::FoldersTouched> r) {
    // Without a watch a scan is all there is.
    bool told = r && !r->overflow() && ++job_->looks < most_looks;
    std::vector<std::string> listed;
    for (int i = 0; r && i < r->folders_size(); ++i)
      if (job_->listed.contains(r->folders(i))) listed.push_back(r->folders(i));
      else job_->beside.push_back(r->folders(i));
    job_->sure = !told || (listed.empty() && job_->beside.empty());
    if (listed.empty()) return list_some();
    look_again(listed);
  });
}

void scanner::look_again(const std::vector<std::string>& listed) {
  pb::Compare m;
  m.set_scan(job_->number);
  m.set_again(true);
  job_->relist.insert(listed.begin(), listed.end());
  for (const auto& path : listed) *m.add_folders() = to_message(folder::list_folder(*disk_, path, root_, rules_.rules()));
  self_.ask(store_, std::move(m), store_answers_within, [this](result<pb::Compared> r) {
    if (!r) return give_up(r.error());
    list_some();
  });
}

void scanner::concluded(const pb::ScanConcluded& c) {
  pb::Scanned out;
  out.set_changed(c.changed());
  out.set_entries(job_->entries);
  for (const auto& path : c.again()) out.add_again(path);
  for (const auto& path : c.later()) out.add_later(path);
  for (const auto& path : job_->relist) out.add_relist(path);
  for (const auto& path : c.ignored_folders()) out.add_ignored_folders(path);
  if (std::exchange(new_rules_, false)) out.add_again("");  // what was ignored may not be any more
  out.set_again_in_ms(c.again_in_ms());
  auto answer = job_->answer;
  job_.reset();
  answer.deliver(std::move(out));
  next();
}

void scanner::give_up(const error& why) {
  auto answer = job_->answer;
  job_.reset();
  answer.fail(why);
  next();
}

}  // namespace tinysync::client
