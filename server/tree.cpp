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
  return {.name = "server",
          .strategy = strategy::one_for_one,
          .children = {
              child<faces::metadata_store, metadata_store>("metadata_store", runs_on::own_thread, d).limited(10'000),
              child<faces::blob_store, blob_store>("blob_store", runs_on::own_thread, d).limited(1'000),
              child<faces::access, access>("access", runs_on::scheduler, d),
              child<faces::change_feed, change_feed>("change_feed", runs_on::scheduler),
              child<faces::wake_hub, wake_hub>("wake_hub", runs_on::scheduler, d),
              supervisor_spec{.name = "vaults", .children = {}, .dynamic = true},  // a mutation_coordinator each
              child<faces::janitor, janitor>("janitor", runs_on::own_thread, d),
              child<faces::inspector, inspector>("inspector", runs_on::scheduler, d),
              child<faces::http_front, http_front>("http_front", runs_on::scheduler, d),
          }};
}

}  // namespace tinysync::server
