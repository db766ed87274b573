// What a person decides about a conflict copy, done on the disk. The scan that follows turns it into
// an ordinary edit and an ordinary deletion.

#include "client/actors/applier.hpp"
#include "client/folder/resolve.hpp"
#include "client/folder/trash.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::client {
namespace {

using namespace std::chrono_literals;
constexpr auto store_answers_within = 60s;

}  // namespace

actors::later<pb::ConflictResolved> applier::handle(const pb::ResolveConflict& m,
                                                    actors::context& self) {
  actors::later<pb::ConflictResolved> answer(self);
  if (m.keep() != "mine" && m.keep() != "theirs" && m.keep() != "both") {
    answer.fail({errc::invalid_argument, "keep takes mine, theirs or both, not '" + m.keep() + "'"});
    return answer;
  }
  if (auto d = disk(); !d) {
    answer.fail(d.error());
    return answer;
  }
  self_.ask(store_, pb::AskConflicts{}, store_answers_within, [this, m, answer](result<pb::Conflicts> r) {
    if (!r) return answer.fail(r.error());
    for (const auto& c : r->conflicts())
      if (c.id() == m.id()) return resolve(c, m.keep(), answer);
    answer.fail({errc::not_found, "conflict '" + m.id() + "' (see: tinysync conflicts ls)"});
  });
  return answer;
}

void applier::resolve(const pb::ConflictCopy& c, const std::string& keep,
                      actors::later<pb::ConflictResolved> answer) {
  pb::ConflictResolved out;
  out.set_path(c.original().empty() ? c.path() : c.original());
  if (keep != "both")
    if (auto ok = settle_on_disk(c, keep, out); !ok) return answer.fail(ok.error());
  pb::FoldersTouched look;
  look.add_folders(std::string(fs::parent_of(c.path())));
  look.add_folders(std::string(fs::parent_of(c.original())));
  self_.send(self_.sibling<faces::engine>("engine"), look);
  log::info("conflict.resolved", "vault={} path={} keep={}", to_string(vault_.vault),
            printable(c.path()), keep);
  pb::CloseConflict close;
  close.set_id(c.id());
  self_.ask(store_, close, store_answers_within, [answer, out](result<pb::Done> r) {
    if (!r) return answer.fail(r.error());
    answer.deliver(out);
  });
}

result<void> applier::settle_on_disk(const pb::ConflictCopy& c, const std::string& keep,
                                     pb::ConflictResolved& out) {
  if (c.mine().kind() == static_cast<std::uint32_t>(item_kind::folder))
    return failure(errc::unsupported, printable(c.path()) +
                                          " is a folder: move what you need out of it and remove it, or keep both");
  if (!c.has_theirs() || c.theirs().kind() != c.mine().kind())
    return failure(errc::unsupported, "what has the name is gone or of another kind: rename " +
                                          printable(c.path()) + " as you like, and keep both");
  auto entry = [this] {
    std::uint64_t n = 0;
    doors_.random->fill({reinterpret_cast<std::uint8_t*>(&n), sizeof n});
    return folder::trash_entry_for(doors_.clock->wall_now_ns(), n);
  };
  auto mine = id_from<content_hash>(c.mine_hash());
  if (keep == "mine") {
    auto displaced = entry();
    auto put = folder::put_content_of(*disk_, c.path(), mine, c.original(),
                                      id_from<content_hash>(c.theirs_hash()), displaced);
    if (!put) return put;
    trashed(displaced, c.original(), c.original_item(), c.theirs_hash());
    out.set_trashed(c.original());
  }
  auto copy = entry();
  if (auto ok = folder::move_to_trash(*disk_, c.path(), mine, copy); !ok) return ok;
  auto id = id_from_text<item_id>(c.id());
  trashed(copy, c.path(), id ? id->str() : "", c.mine_hash());
  if (keep == "theirs") out.set_trashed(c.path());
  return {};
}

void applier::trashed(const std::string& entry, const std::string& path, const std::string& item,
                      const std::string& hash) {
  pb::RecordTrashed m;
  m.set_entry(entry);
  m.mutable_from()->set_path(path);
  m.mutable_from()->set_item(item);
  m.mutable_from()->set_hash(hash);
  self_.ask(store_, std::move(m), store_answers_within, [](result<pb::Done>) {});
}

}  // namespace tinysync::client
