#pragma once
// Between actor messages and values; inside client/actors only.

#include "actors/faces/client.hpp"
#include "client/folder/root.hpp"
#include "client/journal/journal.hpp"
#include "proto/vocabulary/result.hpp"

namespace tinysync::client {

namespace pb = faces::pb;

void put(const engine::seen& s, pb::FolderEntry& out);
engine::seen seen_from(const pb::FolderEntry& m);
pb::FolderListing to_message(const engine::listing& l);
engine::listing from_message(const pb::FolderListing& m);
pb::ContentHashed to_message(const engine::hashed_entry& h);
engine::hashed_entry from_message(const pb::ContentHashed& m);
void put(const journal::intent& i, pb::DiskOp& out);
journal::intent from_message(const pb::DiskOp& m);
void put(const journal::intent_result& r, pb::DiskResult& out);
journal::intent_result from_message(const pb::DiskResult& m);

pb::RecordIdentity to_message(const folder::root_seen& r);
folder::root_seen from_message(const pb::RecordIdentity& m);

/// Zero if the bytes have another length.
template <class Id>
Id id_from(const std::string& raw) {
  auto id = Id::from(raw);
  return id ? *id : Id{};
}

inline error error_from(const std::string& code, const std::string& text) {
  return {errc_from_name(code).value_or(errc::internal), text};
}

}  // namespace tinysync::client
