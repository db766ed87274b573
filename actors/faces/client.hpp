#pragma once
// Every actor of the agent on one page: what it takes, what it answers, one sentence each.
// The tree is client/tree.cpp; paths are relative to /agent, those of a vault to /agent/vaults/<id>.

#include "actors/protocol.hpp"
#include "proto/actors/client.pb.h"
#include "proto/actors/common.pb.h"

namespace tinysync::faces {

namespace pb = tinysync::actors::client;
using actors::asks;
using actors::protocol;
using actors::tells;

/// credentials: keeps who this device is; the secret leaves it only towards cloud_link.
struct credentials : protocol<
    asks<pb::AskCredentials, pb::Credentials>,   // who am I, and at which server
    asks<pb::TakeSecret, pb::Credentials>,       // the secret as attachment
    asks<pb::BeginLife, pb::Life>,               // one identity is used by one agent
    tells<pb::LifeBegun>,
    asks<pb::ProveStorable, pb::Done>,           // that the next would work
    asks<pb::StoreCredentials, pb::Credentials>  // durable when answered
    > {};

/// settings: keeps which vaults are attached where.
struct settings : protocol<
    asks<pb::AskAttachments, pb::Attachments>,  // all of them
    asks<pb::PutAttachment, pb::Attachments>,   // durable when answered
    asks<pb::DropAttachment, pb::Attachments>   // durable when answered
    > {};

/// cloud_link: the one way to the server: connections, tokens, back-off.
struct cloud_link : protocol<
    tells<pb::Tick>,  // the machine comes back from a suspend
    asks<pb::Exchange, pb::Exchanged>,    // one request with a token; bodies are attachments
    asks<pb::Register, pb::Registered>,   // redeems an invite
    asks<pb::AskLink, pb::LinkState>,     // are we connected, and if not, why
    tells<pb::WatchLink>,                 // tell this actor when the connection comes and goes
    tells<pb::OpenWake>,                  // open the WebSocket; frames go to wake_listener
    tells<pb::Connect>                    // try again now
    > {};

/// wake_listener: hears that a vault changed and tells its log_replayer; a hint, nothing more.
struct wake_listener : protocol<
    tells<pb::LinkChanged>,  // opens the socket when there is a server
    tells<pb::WakeFrame>,    // one vault has moved on
    tells<pb::WakeClosed>,   // opens it again, with back-off
    tells<pb::Tick>> {};

/// account: what this device may do at its server: vaults, devices, the log for people.
struct account : protocol<
    asks<pb::CreateVault, pb::VaultInfo>, asks<pb::ListVaults, pb::Vaults>,
    asks<pb::RemoveVault, pb::Done>,      asks<pb::ListDevices, pb::Devices>,
    asks<pb::RevokeDevice, pb::Done>,     asks<pb::ReadLog, pb::LogRead>> {};

/// attachments: starts and stops vaults, and knows how all of them are.
struct attachments : protocol<
    asks<pb::Attach, pb::Attached>,    // a vault to a folder
    asks<pb::Detach, pb::Detached>,    // leaves the files
    asks<pb::AskStatus, pb::Status>,   // everything `status` shows
    asks<pb::Settle, pb::Settled>,     // answered when all vaults are in sync
    tells<pb::DeviceChanged>,          // what is attached begins anew, as another device
    tells<pb::Pause>, tells<pb::Resume>> {};

/// event_stream: the last few thousand events, for people and the desktop.
struct event_stream : protocol<
    tells<pb::Event>,
    asks<pb::AskEvents, pb::Events>> {};

/// inspector: the live tree of this process.
struct inspector : protocol<
    asks<actors::common::AskTree, actors::common::TreeNode>  // with depths, rates and errors
    > {};

/// ipc_server: the local socket; turns frames into messages to any actor and answers back.
struct ipc_server : protocol<tells<pb::Tick>> {};

// -- below /agent/vaults/<vault id> ------------------------------------------------------------

/// local_store: sole owner of the index: three trees, outbox, intents. Every request is one
/// transaction.
struct local_store : protocol<
    asks<pb::Compare, pb::Compared>,             // what of these listings is new here
    tells<pb::Hashed>,                           // contents that Compare wanted
    asks<pb::ConcludeScan, pb::ScanConcluded>,   // turns one scan into changes of the local tree
    asks<pb::Plan, pb::Planned>,                 // decides, and records what was decided
    asks<pb::RecordDisk, pb::DiskRecorded>,      // what became of intents
    asks<pb::AskIntents, pb::Intents>,           // what was under way when the agent died
    asks<pb::TakeOutbox, pb::Outbox>,            // operations without an answer
    asks<pb::MarkSent, pb::Done>,                // durable before the network is used
    asks<pb::GiveUp, pb::Done>,                  // operations never sent
    asks<pb::RecordAnswer, pb::AnswerRecorded>,  // the server's outcomes
    asks<pb::ReplayPage, pb::Replayed>,          // one page of the log
    asks<pb::LoadSnapshot, pb::Cursor>,          // one part of a snapshot
    asks<pb::AskCursor, pb::Cursor>,
    asks<pb::NoteHead, pb::Cursor>,              // a wake told how far the server is
    asks<pb::AskSummary, pb::Summary>,
    asks<pb::RecordState, pb::Done>,             // the lifecycle survives a restart
    asks<pb::RecordIdentity, pb::Done>,          // which folder the root was
    asks<pb::AskIdentity, pb::RecordIdentity>,
    asks<pb::RecordLife, pb::Done>,
    asks<pb::Salvage, pb::Salvaged>,             // what the index before this one held
    asks<pb::AskDoubts, pb::Doubts>,             // what only the server can tell
    asks<pb::SettleDoubts, pb::Done>,
    asks<pb::AskChains, pb::Chains>,
    asks<pb::HistoriesPart, pb::Done>,           // the server was restored or forked
    tells<pb::DistrustSome>,                     // files are read again in turns, over days
    asks<pb::AskSuspects, pb::FoldersTouched>,   // folders with entries to be looked at again
    asks<pb::AskConflicts, pb::Conflicts>,
    asks<pb::CloseConflict, pb::Done>,
    asks<pb::RecordTrashed, pb::Done>,
    asks<pb::AskTrashed, pb::TrashedAll>,        // where entries of the trash came from
    asks<pb::ForgetTrashed, pb::Done>,
    asks<pb::AskDisplaced, pb::Displaced>,       // what somebody may still write to
    asks<pb::CloseDisplaced, pb::Done>,
    asks<pb::AdoptDisplaced, pb::Done>,          // and did
    asks<pb::AskBrake, pb::Brake>,               // what waits for a person
    asks<pb::DecideBrake, pb::BrakeDecided>,
    asks<pb::AskItemPaths, pb::ItemPaths>,
    asks<pb::AskSynced, pb::Synced>,
    asks<pb::AskIgnored, pb::Ignored>,           // what a rule keeps from being synced
    tells<pb::WakeWaiting>> {};

/// watcher: hears the kernel and says which folders to look at.
struct watcher : protocol<
    asks<pb::Watch, pb::Watching>,     // these folders too
    tells<pb::Unwatch>,                // these and what is below are of no interest
    tells<pb::FoldersTouched>,         // from the kernel's thread
    tells<pb::Poll>,                   // time to look at what nothing tells about
    asks<pb::Flush, pb::FoldersTouched>,  // everything the kernel had queued has been told
    tells<pb::Tick>> {};

/// scanner: lists folders, hashes what is new, concludes.
struct scanner : protocol<
    asks<pb::Scan, pb::Scanned>,
    asks<pb::CheckIgnored, pb::IgnoreChecked>,   // by which rule, if by any
    asks<pb::AskIgnoreRules, pb::IgnoreRules>> {};

/// engine: the lifecycle of the vault; decides when to scan, to plan and to act.
struct engine : protocol<
    tells<pb::FoldersTouched>,      // something changed on the disk
    tells<pb::RemoteChanged>,       // the replayer moved the cursor
    tells<pb::OutboxChanged>,       // answers came
    tells<pb::LinkChanged>,         // the server is there, or not
    tells<pb::Block>,               // only a person can go on
    tells<pb::IndexFailed>,         // until the replayer moves the cursor again
    asks<pb::Settle, pb::Settled>,  // answered when nothing is left to do
    asks<pb::AskStatus, pb::VaultStatus>,
    asks<pb::PanicResync, pb::Done>,
    asks<pb::DecideBrake, pb::BrakeDecided>,  // a person lets a mass change pass, or undoes it
    tells<pb::Pause>, tells<pb::Resume>, tells<pb::Tick>> {};

/// log_replayer: brings the remote tree to the server's head, by snapshot once, by log ever after.
struct log_replayer : protocol<
    asks<pb::CatchUp, pb::Replayed>,  // to the head as it is now
    asks<pb::Reconcile, pb::Done>,    // a new index: what on the disk is old, what is the user's
    tells<pb::Woken>,                 // a wake for this vault
    tells<pb::LinkChanged>, tells<pb::Tick>> {};

/// applier: carries out intents on the disk, one batch at a time.
struct applier : protocol<
    asks<pb::Stage, pb::Staged>,          // downloads what the batch needs
    asks<pb::Execute, pb::DiskFinished>,  // swaps it in, durably, and records it
    asks<pb::ResolveConflict, pb::ConflictResolved>,  // a person has decided
    asks<pb::Recover, pb::Recovered>      // after a crash, before any scan
    > {};

/// trash: lists what was displaced here, puts it back, and removes it once the server is known to
/// hold it.
struct trash : protocol<
    asks<pb::AskTrash, pb::Trash>,
    asks<pb::RestoreTrashed, pb::TrashRestored>,
    asks<pb::EmptyTrash, pb::TrashEmptied>,
    tells<pb::WatchDisplaced>,  // what a program still holds open
    tells<pb::Tick>  // retention
    > {};

/// pending_ops: sends the outbox and records the answers.
struct pending_ops : protocol<
    tells<pb::SendOutbox>, tells<pb::LinkChanged>, tells<pb::Tick>> {};

/// uploader: brings contents to the server that are too large to ride in a mutation.
struct uploader : protocol<
    asks<pb::UploadAll, pb::Uploaded>, asks<pb::AskTransfers, pb::Transfers>> {};

/// downloader: brings contents into staging, verified and durable.
struct downloader : protocol<
    asks<pb::DownloadAll, pb::Downloaded>, asks<pb::Abandon, pb::Done>, asks<pb::AskTransfers, pb::Transfers>> {};

/// hydration_servicer: bytes of placeholders by range; on-demand folders are not built yet.
struct hydration_servicer : protocol<asks<pb::Hydrate, pb::Hydrated>> {};

}  // namespace tinysync::faces
