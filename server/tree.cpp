// What restarts when something dies is read here, not deduced.

#include "server/tree.hpp"

#include "server/actors/access.hpp"
#include "server/actors/blob_store.hpp"
#include "server/actors/http_front.hpp"
#include "server/actors/inspector.hpp"
#include "server/actors/janitor.hpp"
#include "server/actors/metadata_store.hpp"
#include "server/actors/mutation_coordinator.hpp"
#include "server/actors/wakes.hpp"

namespace tinysync::server {

using actors::child;
using actors::runs_on;
using actors::strategy;
using actors::supervisor_spec;

supervisor_spec server_tree(server_doors d) {
  constexpr auto own_thread = runs_on::own_thread;
  constexpr auto scheduler = runs_on::scheduler;
  // clang-format off
  return {.name = "server",
          .strategy = strategy::one_for_one,
          .children = {
              child<faces::metadata_store, metadata_store>("metadata_store", own_thread, d).limited(10'000),
              child<faces::blob_store, blob_store>("blob_store", own_thread, d).limited(1'000),
              child<faces::access, access>("access", scheduler, d),
              child<faces::change_feed, change_feed>("change_feed", scheduler),
              child<faces::wake_hub, wake_hub>("wake_hub", scheduler, d),
              supervisor_spec{.name = "vaults", .children = {}, .dynamic = true},
              child<faces::janitor, janitor>("janitor", own_thread, d),
              child<faces::inspector, inspector>("inspector", scheduler, d),
              child<faces::http_front, http_front>("http_front", scheduler, d),
          }};
  // clang-format on
}

}  // namespace tinysync::server
