// What a crash left in staging, and what the intents before it had achieved.

#include "client/folder/executor.hpp"

#include <algorithm>

#include "client/folder/layout.hpp"
#include "client/folder/listing.hpp"
#include "proto/vocabulary/names.hpp"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::folder {
namespace {

constexpr int most_looks = 8;  // at what a disk that fails now and then does not show at once

result<fs::file_stat> stat_of(fs::disk& disk, const std::string& path) {
  auto now = disk.stat(path);
  for (int i = 1; i < most_looks && !now && now.error().code == errc::io_failed; ++i) now = disk.stat(path);
  return now;
}

engine::hashed_entry content_of(fs::disk& disk, const std::string& path) {
  auto there = hash_entry(disk, path);
  for (int i = 1; i < most_looks && there.failed == name_of(errc::io_failed); ++i) there = hash_entry(disk, path);
  return there;
}

}  // namespace

result<std::vector<rescued>> executor::recover(const std::vector<journal::intent>& intents,
                                               std::int64_t now_ns) {
  std::vector<rescued> out;
  auto staged = disk_.list(staging_folder);
  if (!staged) return failure(staged.error());
  for (const auto& e : *staged)
    if (auto ok = recover_staged(e, intents, now_ns, out); !ok) return failure(ok.error());
  for (const auto& i : intents)
    if (i.op.what == engine::verb::park && !planted(mistake::parked_forgotten) && !went_on(i, intents))
      if (auto ok = unpark(i); !ok) return failure(ok.error());
  // What the intents had put in place before they ended is found by the scan that follows, and the
  // index will say that it is there: so it has to be durable first.
  if (!intents.empty())
    if (auto ok = disk_.sync_all(); !ok) return failure(ok.error());
  if (auto ok = make_durable(); !ok) return failure(ok.error());
  return out;
}

/// Whose the file is, and so what becomes of it, shows in its content alone.
result<void> executor::recover_staged(const fs::entry& e, const std::vector<journal::intent>& intents,
                                      std::int64_t now_ns, std::vector<rescued>& out) {
  auto path = join_path(staging_folder, e.name);
  if (e.name.ends_with(part_suffix) || planted(mistake::staging_swept)) return disk_.unlink(path);  // an unfinished download: ours alone
  if (e.stat.kind == fs::kind::folder && disk_.rmdir(path)) return {};  // was to be put in place, empty
  auto name = std::string_view(e.name);
  bool set_aside = name.ends_with(old_suffix);
  if (set_aside) name.remove_suffix(old_suffix.size());
  auto id = intent_of(name);
  const journal::intent* of = nullptr;
  for (const auto& i : intents)
    if (id && i.id == *id) of = &i;
  // Known by its former name where an intent tells it, else by the one it has in staging.
  auto trash = [&]() -> result<void> {
    bool known = of && !of->op.from_path.empty();
    auto entry = to_trash(path, known ? std::string(fs::name_of(of->op.from_path)) : e.name,
                          id.value_or(0), now_ns);
    if (!entry) return failure(entry.error());
    if (known) out.push_back({of->op.from_path, "in_trash", of->id, *entry});
    return {};
  };
  auto hash = hash_at(path);
  if (!hash) hash = hash_at(path);  // the disk may have failed just once
  if (!hash) return trash();        // kept unread: here nobody would look for it
  // Its name is still free: the swap had not come to its end, and an absence would pass for a deletion.
  bool goes_back = of && (set_aside || (of->op.what == engine::verb::remove &&
                                        (!of->op.expected || of->op.expected->hash != *hash)));
  if (goes_back && disk_.rename_noreplace(path, of->op.from_path)) {
    touched(path);
    touched(of->op.from_path);
    return {};
  }
  bool downloaded = of && of->op.state && of->op.state->what.hash == *hash;
  if (downloaded || (!of && e.stat.size == 0)) return disk_.unlink(path);
  // What a conflict displaced is what the index expected, and the user's all the same.
  bool expected = of && of->op.expected && of->op.expected->hash == *hash &&
                  of->op.why != engine::cause::conflicting_edit;
  // Also what is nobody's: unknown bytes are kept where an operator finds them.
  if (expected || !of || of->op.keep_name.empty()) return trash();
  journal::intent_result r;
  if (auto ok = keep(*of, r, path, *hash); !ok) return ok;
  out.push_back({of->op.to_path, "displaced_content", 0, {}});
  return {};
}

std::optional<journal::intent_result> executor::achieved(const journal::intent& i,
                                                         const std::vector<journal::intent>& all) {
  if (planted(mistake::work_forgotten)) return std::nullopt;
  const auto& op = i.op;
  journal::intent_result r;
  r.id = i.id;
  switch (op.what) {
    case engine::verb::make_folder: {
      auto now = stat_of(disk_, op.to_path);
      if (!now || now->kind != fs::kind::folder) return std::nullopt;
      r.now = seen_of(*now);
      // Is it still the one that was to leave first?
      for (const auto& other : all)
        if (!planted(mistake::old_folder_is_the_new) && other.op.from_path == op.to_path && other.op.expected && engine::same_identity(r.now, other.op.expected->seen))
          return std::nullopt;
      return r;
    }
    case engine::verb::create_file:
    case engine::verb::create_link:
    case engine::verb::replace: {
      auto there = content_of(disk_, op.what == engine::verb::replace ? op.from_path : op.to_path);
      if (!there.failed.empty() || there.seen.kind != op.state->kind || there.hash != op.state->what.hash)
        return std::nullopt;
      r.now = there.seen;
      return r;
    }
    case engine::verb::move:
    case engine::verb::aside: {
      auto now = stat_of(disk_, op.to_path);
      auto left = stat_of(disk_, op.from_path);
      bool moved = now && op.expected && engine::same_identity(seen_of(*now), op.expected->seen) &&
                   (left ? left->inode != now->inode : left.error().code == errc::missing);
      if (!moved) return std::nullopt;
      r.now = seen_of(*now);
      if (r.now.kind != item_kind::folder && (r.now.size != op.expected->seen.size || r.now.mtime_ns != op.expected->seen.mtime_ns))
        r.now = op.expected->seen;  // written since: a scan finds it
      return r;
    }
    default: return std::nullopt;  // a scan sees it and calls it the same
  }
}

/// To where it was on its way, if what was there has made way by now.
bool executor::went_on(const journal::intent& parked, const std::vector<journal::intent>& intents) {
  auto way_is_open = [&](const std::string& to) {
    return std::none_of(intents.begin(), intents.end(), [&](const journal::intent& k) {
      bool above = false;
      for (const auto& path : {k.op.from_path, k.op.to_path})
        above |= !path.empty() && path != to && fs::is_within(to, path);
      return above && !achieved(k, intents);
    });
  };
  for (const auto& i : intents) {
    if (i.op.from_path != parked.op.to_path || !way_is_open(i.op.to_path) || !disk_.rename_noreplace(i.op.from_path, i.op.to_path)) continue;
    touched(i.op.from_path);
    touched(i.op.to_path);
    return true;
  }
  return false;
}

/// What was parked without the index knowing goes back, or beside what has its name by now:
/// its absence there must never pass for a deletion.
result<void> executor::unpark(const journal::intent& i) {
  auto parked = disk_.stat(i.op.to_path);
  if (!parked) return parked.error().code == errc::missing ? result<void>{} : failure(parked.error());
  touched(i.op.to_path);
  for (int attempt = 1; attempt <= most_names; ++attempt) {
    auto path = attempt == 1 ? i.op.from_path : i.op.from_path + " (parked " + std::to_string(attempt) + ")";
    touched(path);
    auto back = disk_.rename_noreplace(i.op.to_path, path);
    if (back || back.error().code != errc::exists) return back;
  }
  return failure(errc::exists, printable(i.op.from_path));
}

}  // namespace tinysync::folder
