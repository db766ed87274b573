#pragma once
// Folders to be looked at, by path: who moves one takes the others' notes along; inside client/actors only.

#include <set>
#include <string>

#include "platform/fs/disk.hpp"
#include "proto/actors/client.pb.h"
#include "proto/vocabulary/planted.hpp"

namespace tinysync::client {

/// Where those of these folders are now that were moved, each alone or with one above it.
template <class Moves>
std::set<std::string> moved_along(const std::set<std::string>& folders, const Moves& moves) {
  std::set<std::string> out;
  if (planted(mistake::moves_not_followed)) return out;
  for (const auto& m : moves) {
    auto before = folders;
    before.insert(out.begin(), out.end());
    for (const auto& f : before)
      if (fs::is_within(f, m.from())) out.insert(m.to() + f.substr(m.from().size()));
  }
  return out;
}

}  // namespace tinysync::client
