#include "client/folder/resolve.hpp"

#include "client/folder/layout.hpp"
#include "client/folder/listing.hpp"
#include "client/folder/trash.hpp"
#include "platform/crypto/sha256.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::folder {
namespace {

constexpr std::size_t copy_size = 256 * 1024;

result<void> has_content(fs::disk& disk, const std::string& path, const content_hash& hash) {
  auto now = hash_entry(disk, path);
  if (!now.failed.empty())
    return failure(errc_from_name(now.failed).value_or(errc::io_failed), printable(path));
  if (now.hash != hash) return failure(errc::changed_meanwhile, printable(path));
  return {};
}

/// A durable copy of a file or link in staging, verified to be `hash`.
result<void> stage_copy(fs::disk& disk, const std::string& from, const content_hash& hash,
                        const std::string& staged) {
  auto what = disk.stat(from);
  if (!what) return failure(what.error());
  if (what->kind == fs::kind::symlink) {
    auto target = disk.read_link(from);
    if (!target) return failure(target.error());
    return disk.make_symlink(*target, staged);
  }
  auto in = disk.open_read(from);
  if (!in) return failure(in.error());
  auto out = disk.create_staged(staged, what->mode & 0777);
  if (!out) return failure(out.error());
  crypto::hasher hasher;
  std::string buffer(copy_size, '\0');
  for (std::uint64_t at = 0;;) {
    auto n = (*in)->read_at(at, buffer);
    if (!n) return failure(n.error());
    if (*n == 0) break;
    auto part = std::string_view(buffer).substr(0, *n);
    hasher.update(part);
    if (auto ok = (*out)->write(part); !ok) return ok;
    at += *n;
  }
  if (content_hash{hasher.finish()} != hash) return failure(errc::changed_meanwhile, printable(from));
  if (auto ok = (*out)->set_mtime(what->mtime_ns); !ok) return ok;
  if (auto ok = (*out)->sync(); !ok) return ok;
  return (*out)->close();
}

result<void> into_entry(fs::disk& disk, const std::string& from, const std::string& name,
                        const std::string& entry) {
  auto path = put_into_trash(disk, from, name, entry);
  if (!path) return failure(path.error());
  if (auto ok = disk.sync_folder(trash_folder); !ok) return ok;
  return disk.sync_folder(fs::parent_of(*path));
}

}  // namespace

result<void> move_to_trash(fs::disk& disk, const std::string& path, const content_hash& hash,
                           const std::string& entry) {
  if (auto ok = has_content(disk, path, hash); !ok) return ok;
  if (auto ok = into_entry(disk, path, std::string(fs::name_of(path)), entry); !ok) return ok;
  return disk.sync_folder(fs::parent_of(path));
}

result<void> put_content_of(fs::disk& disk, const std::string& from, const content_hash& hash,
                            const std::string& to, const content_hash& expected,
                            const std::string& entry) {
  auto staged = std::string(staging_folder) + "/resolve-" + entry;
  auto give_up = [&](const error& why) -> result<void> {
    static_cast<void>(disk.unlink(staged));
    return failure(why);
  };
  if (auto ok = stage_copy(disk, from, hash, staged); !ok) return give_up(ok.error());
  if (auto ok = disk.rename_exchange(staged, to); !ok) return give_up(ok.error());
  if (auto ok = has_content(disk, staged, expected); !ok) {  // edited in between: it goes back
    if (auto back = disk.rename_exchange(staged, to); !back) return back;
    return give_up(ok.error());
  }
  if (auto ok = into_entry(disk, staged, std::string(fs::name_of(to)), entry); !ok) return ok;
  return disk.sync_folder(fs::parent_of(to));
}

}  // namespace tinysync::folder
