#pragma once
// Every actor of the server on one page: what it takes, what it answers, one sentence each.
// The tree is server/tree.cpp; paths are relative to /server.

#include "actors/protocol.hpp"
#include "proto/actors/common.pb.h"
#include "proto/actors/server.pb.h"

namespace tinysync::server_faces {

namespace pb = tinysync::actors::server;
using actors::asks;
using actors::protocol;
using actors::tells;

/// metadata_store: sole owner of the database. Every request is one transaction, access included.
struct metadata_store : protocol<
    asks<pb::KeepDevice, pb::DeviceKept>,      // redeems an invite
    asks<pb::KeepToken, pb::Done>,             // a token for the device of this secret
    asks<pb::Authenticate, pb::Authenticated>, // whose token is it
    asks<pb::Authorise, pb::Authorised>,       // and what may that device do in the vault
    asks<pb::ListDevices, pb::Body>,           // DeviceList
    asks<pb::RevokeDevice, pb::Done>,          // its tokens end with it
    asks<pb::ListVaults, pb::Body>,            // VaultList
    asks<pb::CreateVault, pb::Body>,           // Vault
    asks<pb::RenameVault, pb::Body>,           // Vault
    asks<pb::DeleteVault, pb::Done>,           // a tombstone
    asks<pb::Commit, pb::Committed>,           // the group commit; tells change_feed
    asks<pb::ReadLog, pb::Body>,               // LogPage
    asks<pb::ReadDigest, pb::Body>,            // DigestAnswer
    asks<pb::AskKnown, pb::Body>,              // KnownAnswer
    asks<pb::AskMissing, pb::Body>,            // BlobsMissing
    asks<pb::LocateBlobs, pb::BlobsLocated>,   // where bytes of this vault are
    asks<pb::RecordBlobs, pb::Done>,           // bytes the vault has received
    asks<pb::NeedSnapshot, pb::SnapshotNeed>,  // one that will do, or of what to make one
    asks<pb::ReadSlice, pb::Slice>,            // the tree as it was at one seq, in parts
    asks<pb::RecordSnapshot, pb::Body>,        // SnapshotAnswer
    asks<pb::AskHeads, pb::Heads>,             // of every vault a device may see
    asks<pb::Sweep, pb::Swept>                 // what has expired
    > {};

/// blob_store: sole owner of segments and partial uploads; what it answers is durable.
struct blob_store : protocol<
    asks<pb::StoreBlobs, pb::BlobsStored>,     // one batch, one fsync
    asks<pb::ReadBlob, pb::BlobRead>,          // a range of one blob
    asks<pb::ReadBlobs, pb::BlobRead>,         // many as one stream of frames
    asks<pb::AddPart, pb::Progress>,           // one part of a large upload
    asks<pb::AskProgress, pb::Progress>,       // where an upload goes on
    asks<pb::DropStaleUploads, pb::Dropped>> {};

/// access: mints devices' secrets and tokens, of which the database sees hashes only.
struct access : protocol<
    asks<pb::Register, pb::Body>,              // an invite for a device; Registered
    asks<pb::IssueToken, pb::Body>,            // a secret for a token of 15 minutes; Token
    asks<pb::RevokeDevice, pb::Done>           // and its sockets are closed
    > {};

/// change_feed: passes on that a vault moved; the place where nodes of a cluster would hear it.
struct change_feed : protocol<tells<pb::VaultMoved>> {};

/// wake_hub: knows which device listens, and tells it which of its vaults moved.
struct wake_hub : protocol<
    tells<pb::VaultMoved>,
    tells<pb::SocketOpened>,                   // its vaults' heads are told at once
    tells<pb::SocketClosed>,
    tells<pb::FrontStarted>,                   // forgets every socket
    tells<pb::FeedStarted>,                    // everybody's heads are told again
    tells<pb::DeviceRevoked>> {};

/// mutation_coordinator, one per active vault below vaults/: gathers what arrives while a commit
/// runs, stores inline contents, commits the lot; ends when idle.
struct mutation_coordinator : protocol<asks<pb::Submit, pb::Body>, tells<pb::Tick>> {};

/// janitor: expired things, stale uploads, and the making of snapshots.
struct janitor : protocol<
    asks<pb::MakeSnapshot, pb::Body>,          // SnapshotAnswer; one at a time per vault
    tells<pb::Tick>> {};

/// inspector: the live tree of this process, and its socket in the data folder.
struct inspector : protocol<asks<actors::common::AskTree, actors::common::TreeNode>> {};

/// http_front: answers every route of server/http/routes.cpp; owns the live WebSockets.
struct http_front : protocol<
    tells<pb::PushWake>, tells<pb::CloseSockets>,
    tells<pb::HubStarted>,                     // tells it of every socket again
    asks<pb::AskTraffic, pb::Traffic>> {};

}  // namespace tinysync::server_faces
