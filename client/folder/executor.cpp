#include "client/folder/executor.hpp"

#include "client/folder/layout.hpp"
#include "client/folder/listing.hpp"
#include "client/folder/trash.hpp"
#include "platform/crypto/history.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::folder {
namespace {

constexpr std::size_t most_single_syncs = 16;  // above: one sync of the whole file system

/// Renaming changes ctime and nothing else.
bool same_but_ctime(engine::seen a, engine::seen b) {
  a.ctime_ns = b.ctime_ns = 0;
  return engine::same_stat(a, b);
}

/// What the index may say is there. Only ctime is of afterwards: whoever wrote in between is found by the
/// scan that does not find what the index says.
engine::seen unless_written(const engine::seen& before, const engine::seen& after) {
  return same_but_ctime(before, after) || planted(mistake::stat_of_afterwards) ? after : before;
}

}  // namespace

std::uint32_t fresh_permissions(mode_bits wanted) {
  if (planted(mistake::modes_forgotten)) return 0644;
  if (wanted.private_) return wanted.executable ? 0700 : 0600;
  return wanted.executable ? 0755 : 0644;
}

std::uint32_t permissions_for(std::uint32_t now, mode_bits wanted) {
  auto has = engine::bits_of(now, item_kind::file);
  if (has.private_ != wanted.private_) now = wanted.private_ ? now & ~077u : now | 044u;
  if (has.executable != wanted.executable || has.private_ != wanted.private_) {
    auto readers = (now & 0444u) >> 2;
    now = wanted.executable ? now | 0100u | readers : now & ~0111u;
  }
  return now;
}

void executor::touched(const std::string& path) { folders_.insert(std::string(fs::parent_of(path))); }

result<void> executor::make_durable() {
  auto folders = std::move(folders_);
  folders_.clear();
  if (planted(mistake::no_folder_fsync)) return {};
  if (folders.size() > most_single_syncs) return disk_.sync_all();
  // Staging last: what left it must be durable where it went first.
  auto left = folders.extract(std::string(staging_folder));
  auto sync = [this](const std::string& f) -> result<void> {
    auto ok = disk_.sync_folder(f);
    if (ok || ok.error().code == errc::missing) return {};
    // It has gone since, and a file has its name: what remains of it is in the folder above.
    auto now = ok.error().code == errc::unsupported ? disk_.stat(f) : result<fs::file_stat>(failure(ok.error()));
    return now && now->kind != fs::kind::folder ? result<void>{} : ok;
  };
  for (const auto& f : folders)
    if (auto ok = sync(f); !ok) return ok;
  return left ? sync(left.value()) : result<void>{};
}

journal::intent_result executor::carry_out(const journal::intent& i, std::int64_t now_ns) {
  if (builds_on_failed(i.op.from_path) || builds_on_failed(i.op.to_path))
    return refuse(i, errc::unavailable);
  journal::intent_result r;
  r.id = i.id;
  result<void> done;
  switch (i.op.what) {
    case engine::verb::make_folder:
    case engine::verb::create_file:
    case engine::verb::create_link: done = create(i, r); break;
    case engine::verb::replace: done = replace(i, r, now_ns); break;
    case engine::verb::set_mode: done = change_mode(i, r); break;
    case engine::verb::move:
    case engine::verb::aside:
    case engine::verb::park: done = rename(i, r); break;
    case engine::verb::remove: done = remove(i, r, now_ns); break;
  }
  if (done) return r;
  r.failed = done.error().code;
  not_as_planned(i.op);
  if (!r.unfinished) r.unfinished = !discard(i);
  return r;
}

journal::intent_result executor::refuse(const journal::intent& i, errc why) {
  journal::intent_result r;
  r.id = i.id;
  r.failed = why;
  not_as_planned(i.op);
  r.unfinished = !discard(i);
  return r;
}

void executor::not_as_planned(const engine::disk_op& op) {
  for (const auto& path : {op.from_path, op.to_path})
    if (!path.empty()) failed_.insert(path);
}

/// Of two renames the second may give the name of the first to another folder.
bool executor::builds_on_failed(const std::string& path) const {
  if (failed_.empty()) return false;
  for (auto above = path; !above.empty(); above = std::string(fs::parent_of(above)))
    if (failed_.contains(above)) return true;
  return false;
}

/// False: something of it is still in staging, for recovery to remove.
bool executor::discard(const journal::intent& i) {
  auto staged = staged_path(i.id);
  auto part = staged.substr(0, staged.rfind('.')) + std::string(part_suffix);
  auto gone = [this](const std::string& path) {
    auto removed = disk_.unlink(path);
    return removed || removed.error().code == errc::missing;
  };
  const bool both = gone(staged);
  return gone(part) && both;
}

/// What is at `from` must be what the index says.
result<engine::seen> executor::expect(const journal::intent& i) {
  auto now = disk_.stat(i.op.from_path);
  if (!now) return failure(now.error());
  auto seen = seen_of(*now);
  bool as_expected = i.op.expected && (seen.kind == item_kind::folder
                                           ? engine::same_identity(seen, i.op.expected->seen)
                                           : same_but_ctime(seen, i.op.expected->seen));
  if (!as_expected) return failure(errc::changed_meanwhile, printable(i.op.from_path));
  return seen;
}

result<content_hash> executor::hash_at(const std::string& path) {
  auto h = hash_entry(disk_, path);
  if (!h.failed.empty())
    return failure(errc_from_name(h.failed).value_or(errc::io_failed), printable(path));
  return h.hash;
}

result<void> executor::create(const journal::intent& i, journal::intent_result& r) {
  const auto& op = i.op;
  auto staged = staged_path(i.id);
  if (op.what == engine::verb::make_folder) return make_folder(i, r, staged);
  if (op.what == engine::verb::create_link) {
    static_cast<void>(disk_.unlink(staged));
    if (auto ok = disk_.make_symlink(op.state->what.link_target, staged); !ok) return ok;
  }
  auto before = disk_.stat(staged);
  if (!before) return failure(before.error());
  if (auto ok = disk_.rename_noreplace(staged, op.to_path); !ok) return ok;
  touched(op.to_path);
  auto now = disk_.stat(op.to_path);
  if (!now) return failure(now.error());
  if (!same_but_ctime(seen_of(*now), seen_of(*before)))
    return failure(errc::changed_meanwhile, printable(op.to_path));
  r.now = seen_of(*now);
  return {};
}

/// Made aside, so that what has the name a moment later is known to be this one, or another.
result<void> executor::make_folder(const journal::intent& i, journal::intent_result& r, const std::string& staged) {
  const auto& to = i.op.to_path;
  const auto& made_at = planted(mistake::folder_made_in_place) ? to : staged;
  if (auto ok = disk_.make_folder(made_at, 0755); !ok) return ok;
  auto made = disk_.stat(made_at);
  auto put = made ? made_at == to ? result<void>{} : disk_.rename_noreplace(staged, to) : failure(made.error());
  if (!put) {
    static_cast<void>(disk_.rmdir(made_at));
    return put;
  }
  touched(to);
  auto now = disk_.stat(to);
  if (!now) return failure(now.error());
  if (!engine::same_identity(seen_of(*now), seen_of(*made)) && !planted(mistake::folder_made_in_place))
    return failure(errc::changed_meanwhile, printable(to));
  r.now = seen_of(*now);
  return {};
}

result<void> executor::replace(const journal::intent& i, journal::intent_result& r,
                               std::int64_t now_ns) {
  const auto& op = i.op;
  auto staged = staged_path(i.id);
  if (op.state->kind == item_kind::symlink) {
    static_cast<void>(disk_.unlink(staged));
    if (auto ok = disk_.make_symlink(op.state->what.link_target, staged); !ok) return ok;
  }
  auto before = disk_.stat(staged);
  if (!before) return failure(before.error());
  if (auto ok = expect(i); !ok) return failure(ok.error());
  {
    auto lease = disk_.read_lease(op.from_path);
    if (!lease && lease.error().code == errc::busy && !op.insist) return failure(lease.error());
    static_cast<void>(disk_.carry_attributes(op.from_path, staged));
  }
  auto swapped = disk_.rename_exchange(staged, op.from_path);
  if (!swapped && swapped.error().code == errc::unsupported) swapped = swap_without_exchange(i, staged);
  if (!swapped) return swapped;
  r.unfinished = true;  // what is staged now was the user's
  touched(op.from_path);
  if (auto ok = keep_or_trash(i, r, staged, now_ns); !ok) return ok;
  r.unfinished = false;
  auto now = disk_.stat(op.from_path);
  if (!now) return failure(now.error());
  r.now = unless_written(seen_of(*before), seen_of(*now));
  if (now->inode != before->inode) return failure(errc::changed_meanwhile, printable(op.from_path));
  return {};
}

/// The old file is set aside first. For a moment its name is free; recovery puts it back.
result<void> executor::swap_without_exchange(const journal::intent& i, const std::string& staged) {
  auto aside = staged + std::string(old_suffix);
  if (auto ok = disk_.rename_noreplace(i.op.from_path, aside); !ok) return ok;
  if (auto ok = disk_.rename_noreplace(staged, i.op.from_path); !ok) {
    static_cast<void>(disk_.rename_noreplace(aside, i.op.from_path));
    return ok;
  }
  return disk_.rename_noreplace(aside, staged);
}

/// Nobody can open it under this name; who has it open already may write to it for as long as they like.
bool executor::may_be_written(const std::string& displaced) { return !disk_.read_lease(displaced); }

/// Inspects what came out of the swap: if it is not what the index said it was a user's edit.
result<void> executor::keep_or_trash(const journal::intent& i, journal::intent_result& r,
                                     const std::string& displaced, std::int64_t now_ns) {
  bool open = may_be_written(displaced);
  auto hash = hash_at(displaced);
  bool being_written = !hash && hash.error().code == errc::changed_meanwhile;
  if (!hash && !being_written) return failure(hash.error());
  // Without a hash: the scan that follows reads it when it can.
  if (being_written) return keep(i, r, displaced, content_hash{});
  bool mine = i.op.why == engine::cause::conflicting_edit || *hash != i.op.expected->hash;
  if (planted(mistake::swap_without_inspection)) mine = false;
  if (mine) return keep(i, r, displaced, *hash);
  r.open = open;
  auto entry = to_trash(displaced, std::string(fs::name_of(i.op.from_path)), i.id, now_ns);
  if (!entry) return failure(entry.error());
  r.trashed = *entry;
  return {};
}

result<void> executor::keep(const journal::intent& i, journal::intent_result& r,
                            const std::string& displaced, const content_hash& hash) {
  auto folder = std::string(fs::parent_of(i.op.to_path));
  for (int attempt = 1; attempt <= most_names; ++attempt) {
    auto name = attempt == 1 ? i.op.keep_name
                             : std::to_string(attempt) + " " + i.op.keep_name.substr(0, 250);
    auto path = join_path(folder, name);
    auto moved = disk_.rename_noreplace(displaced, path);
    if (!moved && planted(mistake::copy_over_what_is_there) && disk_.unlink(path))
      moved = disk_.rename_noreplace(displaced, path);
    if (moved) {
      touched(path);
      // A user wrote it, and may not have synced it: nobody may hear of it before it is durable (decision 0010).
      if (auto ok = disk_.sync_file(path); !ok) return ok;
      auto now = disk_.stat(path);
      if (!now) return failure(now.error());
      r.kept = seen_of(*now);
      r.kept_hash = hash;
      r.kept_name = name;
      return {};
    }
    if (moved.error().code != errc::exists) return moved;
    auto there = hash.none() ? result<content_hash>(failure(errc::exists)) : hash_at(path);
    if (there && *there == hash) return disk_.unlink(displaced);
  }
  return failure(errc::exists, "no free conflict name for " + printable(i.op.keep_name));
}

result<void> executor::change_mode(const journal::intent& i, journal::intent_result& r) {
  auto now = expect(i);
  if (!now) return failure(now.error());
  const auto mode = permissions_for(now->mode, i.op.mode);
  if (auto ok = disk_.set_mode(i.op.from_path, mode); !ok) return ok;
  auto after = disk_.stat(i.op.from_path);
  if (!after) return failure(after.error());
  auto meant = *now;
  meant.mode = seen_of(*after).mode;
  r.now = unless_written(meant, seen_of(*after));
  return {};
}

result<void> executor::rename(const journal::intent& i, journal::intent_result& r) {
  auto before = expect(i);
  if (!before) return failure(before.error());
  if (auto ok = disk_.rename_noreplace(i.op.from_path, i.op.to_path); !ok) return ok;
  r.unfinished = true;  // from here on the index is behind the disk
  touched(i.op.from_path);
  touched(i.op.to_path);
  auto now = disk_.stat(i.op.to_path);
  if (!now) return failure(now.error());
  r.now = unless_written(*before, seen_of(*now));
  r.unfinished = false;
  return {};
}

result<void> executor::remove(const journal::intent& i, journal::intent_result& r,
                              std::int64_t now_ns) {
  const auto& op = i.op;
  auto now = expect(i);
  // Also what is missing is for a scan to explain: it may have been moved, and its row would be lost.
  if (!now) return failure(now.error());
  touched(op.from_path);
  if (now->kind == item_kind::folder && planted(mistake::recursive_delete))
    if (auto entries = disk_.list(op.from_path))
      for (const auto& e : *entries) static_cast<void>(disk_.unlink(join_path(op.from_path, e.name)));
  if (now->kind == item_kind::folder) return disk_.rmdir(op.from_path);
  if (now->kind == item_kind::file) {
    // What a program is about to write is an edit, and an edit beats a delete.
    auto lease = disk_.read_lease(op.from_path);
    if (!lease && lease.error().code == errc::busy && !op.insist) return failure(lease.error());
  }
  auto staged = staged_path(i.id);
  if (auto ok = disk_.rename_noreplace(op.from_path, staged); !ok) return ok;
  r.unfinished = true;
  r.open = now->kind == item_kind::file && may_be_written(staged);
  auto hash = hash_at(staged);
  if (!planted(mistake::delete_without_inspection) && (!hash || *hash != op.expected->hash)) {
    // An edit that came in between: it goes back where it was.
    if (auto back = disk_.rename_noreplace(staged, op.from_path); !back) return back;
    r.unfinished = false;
    return failure(errc::changed_meanwhile, printable(op.from_path));
  }
  auto entry = to_trash(staged, std::string(fs::name_of(op.from_path)), i.id, now_ns);
  if (!entry) return failure(entry.error());
  r.trashed = *entry;
  r.unfinished = false;
  return {};
}

/// Gives the entry of the trash that it is now.
result<std::string> executor::to_trash(const std::string& from, const std::string& name,
                                       std::uint64_t intent, std::int64_t now_ns) {
  auto entry = trash_entry_for(now_ns, intent);
  auto path = put_into_trash(disk_, from, name, entry);
  if (!path) return failure(path.error());
  touched(std::string(fs::parent_of(*path)));
  touched(*path);
  touched(from);
  return entry;
}

}  // namespace tinysync::folder
