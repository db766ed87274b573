// What restarts when something dies is read here, not deduced.

#include "client/tree.hpp"

#include "client/actors/account.hpp"
#include "client/actors/applier.hpp"
#include "client/actors/attachments.hpp"
#include "client/actors/cloud_link.hpp"
#include "client/actors/credentials.hpp"
#include "client/actors/downloader.hpp"
#include "client/actors/engine.hpp"
#include "client/actors/event_stream.hpp"
#include "client/actors/hydration_servicer.hpp"
#include "client/actors/ipc_server.hpp"
#include "client/actors/local_store.hpp"
#include "client/actors/log_replayer.hpp"
#include "client/actors/pending_ops.hpp"
#include "client/actors/scanner.hpp"
#include "client/actors/settings.hpp"
#include "client/actors/trash_keeper.hpp"
#include "client/actors/tree_inspector.hpp"
#include "client/actors/uploader.hpp"
#include "client/actors/wake_listener.hpp"
#include "client/actors/watcher.hpp"

namespace tinysync::client {

using actors::child;
using actors::runs_on;
using actors::strategy;
using actors::supervisor_spec;

supervisor_spec vault_tree(const agent_doors& d, const vault_config& v) {
  return {.name = to_string(v.vault),
          .strategy = strategy::resync,
          .children = {
              child<faces::local_store, local_store>("local_store", runs_on::own_thread, d, v),
              child<faces::watcher, folder_watcher>("watcher", runs_on::own_thread, d, v),
              child<faces::scanner, scanner>("scanner", runs_on::own_thread, d, v),
              child<faces::downloader, downloader>("downloader", runs_on::own_thread, d, v),
              child<faces::uploader, uploader>("uploader", runs_on::own_thread, d, v),
              child<faces::applier, applier>("applier", runs_on::own_thread, d, v),
              child<faces::engine, vault_engine>("engine", runs_on::scheduler, d, v),
              child<faces::log_replayer, log_replayer>("log_replayer", runs_on::scheduler, d, v),
              child<faces::pending_ops, pending_ops>("pending_ops", runs_on::own_thread, d, v),
              child<faces::trash, trash_keeper>("trash", runs_on::own_thread, d, v),
              child<faces::hydration_servicer, hydration_servicer>("hydration_servicer",
                                                                   runs_on::scheduler),
          }};
}

supervisor_spec agent_tree(agent_doors d, const std::string& name) {
  d.vault_tree = [d](const vault_config& v) { return vault_tree(d, v); };
  return {.name = name,
          .strategy = strategy::one_for_one,
          .children = {
              child<faces::credentials, credentials>("credentials", runs_on::own_thread, d),
              child<faces::settings, settings>("settings", runs_on::own_thread, d),
              child<faces::event_stream, event_stream>("event_stream", runs_on::scheduler, d),
              child<faces::cloud_link, cloud_link>("cloud_link", runs_on::scheduler, d),
              child<faces::wake_listener, wake_listener>("wake_listener", runs_on::scheduler, d),
              supervisor_spec{.name = "vaults", .children = {}, .dynamic = true},
              child<faces::account, account>("account", runs_on::scheduler),
              child<faces::attachments, attachments>("attachments", runs_on::own_thread, d),
              child<faces::inspector, tree_inspector>("inspector", runs_on::scheduler),
              child<faces::ipc_server, ipc_server>("ipc_server", runs_on::scheduler, d),
          }};
}

}  // namespace tinysync::client
