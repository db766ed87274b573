// What the index knows of things that a person decides: conflicts, mass changes, the local trash, what is ignored.

#include "client/actors/index_guard.hpp"
#include "client/actors/local_store.hpp"
#include "platform/log/log.hpp"
#include "proto/vocabulary/names.hpp"

namespace tinysync::client {

result<pb::Conflicts> local_store::handle(const pb::AskConflicts&) {
  return guarded([&]() -> result<pb::Conflicts> {
    pb::Conflicts out;
    for (const auto& c : journal_->conflicts()) {
      auto& m = *out.add_conflicts();
      m.set_id(to_string(c.item));
      m.set_path(c.path);
      m.set_original(c.original_path);
      m.set_found_ns(c.found_ns);
      m.set_why(c.cause);
      m.set_original_item(c.original.str());
      if (c.mine) {
        put(c.mine->seen, *m.mutable_mine());
        m.set_mine_hash(c.mine->hash.str());
      }
      if (c.theirs) {
        put(c.theirs->seen, *m.mutable_theirs());
        m.set_theirs_hash(c.theirs->hash.str());
      }
    }
    return out;
  });
}

result<pb::Brake> local_store::handle(const pb::AskBrake&) {
  return guarded([&]() -> result<pb::Brake> {
    pb::Brake out;
    for (const auto& h : journal_->held_back()) {
      auto& m = *out.add_held();
      m.set_item(h.item.str());
      m.set_path(h.path);
      m.set_what(h.overwrites ? "overwrite" : "delete");
      m.set_items(h.items);
      m.set_found_ns(h.found_ns);
    }
    return out;
  });
}

result<pb::BrakeDecided> local_store::handle(const pb::DecideBrake& m) {
  return guarded([&]() -> result<pb::BrakeDecided> {
    pb::BrakeDecided out;
    out.set_operations(m.approve() ? journal_->approve_held_back() : journal_->reject_held_back());
    log::info("brake.decided", "vault={} approved={} operations={}", to_string(vault_.vault),
              m.approve(), out.operations());
    return out;
  });
}

result<pb::Done> local_store::handle(const pb::CloseConflict& m) {
  return guarded([&]() -> result<pb::Done> {
    auto id = id_from_text<item_id>(m.id());
    if (!id) return failure(errc::invalid_argument, "'" + m.id() + "' is no id of a conflict");
    journal_->close_conflict(*id);
    return pb::Done{};
  });
}

result<pb::Done> local_store::handle(const pb::RecordTrashed& m) {
  return guarded([&]() -> result<pb::Done> {
    journal_->put_trashed(m.entry(), {m.from().path(), id_from<item_id>(m.from().item()),
                                      id_from<content_hash>(m.from().hash()), m.from().open()});
    return pb::Done{};
  });
}

result<pb::TrashedAll> local_store::handle(const pb::AskTrashed& m) {
  return guarded([&]() -> result<pb::TrashedAll> {
    pb::TrashedAll out;
    for (const auto& entry : m.entries()) {
      auto& from = *out.add_from();
      auto known = journal_->trashed_as(entry);
      if (!known) continue;
      from.set_path(known->path);
      from.set_item(known->item.str());
      from.set_hash(known->hash.str());
      from.set_open(known->open);
    }
    return out;
  });
}

void local_store::handle(const pb::DistrustSome&) {
  auto done = guarded([&]() -> result<void> {
    const auto& c = doors_.config;
    auto turns = static_cast<std::uint64_t>(std::max<std::int64_t>(1, c.reread_within / c.rescan_every));
    journal_->distrust_some(static_cast<std::size_t>(journal_->summary().items / turns + 1));
    return {};
  });
  if (!done) log::warn("index.busy", "vault={} why={}", to_string(vault_.vault), to_string(done.error()));
}

result<pb::Displaced> local_store::handle(const pb::AskDisplaced&) {
  return guarded([&]() -> result<pb::Displaced> {
    pb::Displaced out;
    for (auto& entry : journal_->open_trash()) out.add_entries(std::move(entry));
    return out;
  });
}

result<pb::Done> local_store::handle(const pb::CloseDisplaced& m) {
  return guarded([&]() -> result<pb::Done> {
    journal_->close_trash({m.entries().begin(), m.entries().end()});
    return pb::Done{};
  });
}

result<pb::Done> local_store::handle(const pb::AdoptDisplaced& m) {
  return guarded([&]() -> result<pb::Done> {
    if (split_path(m.path()).empty()) return failure(errc::invalid_argument, "a path of a file is missing");
    journal_->adopt_displaced(m.path(), seen_from(m.seen()), id_from<item_id>(m.item()), m.now_ns());
    return pb::Done{};
  });
}

result<pb::Synced> local_store::handle(const pb::AskSynced& m) {
  return guarded([&]() -> result<pb::Synced> {
    pb::Synced out;
    item_id at = root_item;
    out.set_synced(true);
    for (const auto& name : split_path(m.path())) {
      auto child = journal_->local_at({at, name});
      out.set_synced(child.has_value());
      if (!child) break;
      at = *child;
    }
    return out;
  });
}

result<pb::Ignored> local_store::handle(const pb::AskIgnored&) {
  return guarded([&]() -> result<pb::Ignored> {
    pb::Ignored out;
    for (const auto& path : journal_->ignored()) out.add_paths(path);
    return out;
  });
}

result<pb::Done> local_store::handle(const pb::ForgetTrashed& m) {
  return guarded([&]() -> result<pb::Done> {
    journal_->forget_trashed({m.entries().begin(), m.entries().end()});
    return pb::Done{};
  });
}

}  // namespace tinysync::client
