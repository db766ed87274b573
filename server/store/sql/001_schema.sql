-- The server's schema, first edition. Ids and hashes are raw bytes, names of items too; times are UTC
-- nanoseconds. Vaults are referred to by a small number, which never leaves the database.

-- Keys and facts of this installation: the key that seals positions, the installation's id.
CREATE TABLE settings (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- One row a vault: where its history stands. `digest` holds the 256 partial sums at the head;
-- rows of the log up to min_retained_seq may be gone. deleted_ns: a tombstone, unseen by everybody.
CREATE TABLE vaults (
  no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, name TEXT NOT NULL, created_ns INTEGER NOT NULL,
  deleted_ns INTEGER, epoch BLOB NOT NULL, head_seq INTEGER NOT NULL, head_chain BLOB NOT NULL,
  live_items INTEGER NOT NULL, live_bytes INTEGER NOT NULL, min_retained_seq INTEGER NOT NULL,
  required_features TEXT NOT NULL, digest BLOB NOT NULL
);

-- The tree: live items and tombstones, with the canonical bytes that are hashed and sent. `parent` is
-- NULL for tombstones and, inside a transaction, for what a group has taken out of its place.
CREATE TABLE items (
  vault INTEGER NOT NULL, id BLOB NOT NULL, parent BLOB, name BLOB NOT NULL,
  canonical BLOB NOT NULL, content_hash BLOB, deleted_op BLOB,
  PRIMARY KEY (vault, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX items_place ON items (vault, parent, name) WHERE parent IS NOT NULL;
CREATE INDEX items_removed ON items (vault, deleted_op) WHERE deleted_op IS NOT NULL;

-- The log, append-only, dense. `row` is hashed into `chain` and sent as it is; `request` is the digest
-- of the mutation, so that the same op id with another body is noticed.
CREATE TABLE change_log (
  vault INTEGER NOT NULL, seq INTEGER NOT NULL, epoch BLOB NOT NULL, op_id BLOB, device BLOB,
  request BLOB, batch BLOB, row BLOB NOT NULL, chain BLOB NOT NULL,
  PRIMARY KEY (vault, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX change_log_op ON change_log (vault, device, op_id) WHERE op_id IS NOT NULL;

-- History: with each row, the state it displaced of every item it changed.
CREATE TABLE log_before (
  vault INTEGER NOT NULL, item BLOB NOT NULL, seq INTEGER NOT NULL, canonical BLOB NOT NULL,
  content_hash BLOB, PRIMARY KEY (vault, item, seq)
) WITHOUT ROWID;

-- Operations that will never be applied: refused for the request's own sake, or retired by their
-- device. Kept as long as the log.
CREATE TABLE op_refusals (
  vault INTEGER NOT NULL, device BLOB NOT NULL, op_id BLOB NOT NULL, request BLOB,
  reason INTEGER NOT NULL, at_ns INTEGER NOT NULL, PRIMARY KEY (vault, device, op_id)
) WITHOUT ROWID;

-- Where the bytes of a blob are: extents of segments. A place is unique per upload, never reused.
CREATE TABLE blobs (
  hash BLOB PRIMARY KEY, size INTEGER NOT NULL, place BLOB NOT NULL, created_ns INTEGER NOT NULL
) WITHOUT ROWID;

-- Physical files: packs of small blobs, or parts of one large blob.
CREATE TABLE segments (
  id INTEGER PRIMARY KEY, bytes INTEGER NOT NULL, blobs INTEGER NOT NULL, created_ns INTEGER NOT NULL
);

-- Which blobs were received in which vault: all that a vault's devices can see or name.
CREATE TABLE vault_blobs (
  vault INTEGER NOT NULL, hash BLOB NOT NULL, touched_ns INTEGER NOT NULL, PRIMARY KEY (vault, hash)
) WITHOUT ROWID;

-- Contents kept in chunks; `verified` once the whole was hashed. Not written by this edition.
CREATE TABLE manifests (
  hash BLOB PRIMARY KEY, content_hash BLOB NOT NULL, size INTEGER NOT NULL,
  verified INTEGER NOT NULL, created_ns INTEGER NOT NULL
) WITHOUT ROWID;

-- Snapshots that are served, each a blob of its vault.
CREATE TABLE snapshots (
  vault INTEGER NOT NULL, seq INTEGER NOT NULL, epoch BLOB NOT NULL, chain BLOB NOT NULL,
  digest BLOB NOT NULL, ref BLOB NOT NULL, size INTEGER NOT NULL, items INTEGER NOT NULL,
  created_ns INTEGER NOT NULL, read_ns INTEGER NOT NULL, superseded_ns INTEGER,
  PRIMARY KEY (vault, seq, ref)
) WITHOUT ROWID;

-- Devices; the secret only as a hash.
CREATE TABLE devices (
  id BLOB PRIMARY KEY, name TEXT NOT NULL, label TEXT NOT NULL UNIQUE, secret_hash BLOB NOT NULL,
  created_ns INTEGER NOT NULL, last_seen_ns INTEGER NOT NULL, revoked_ns INTEGER
) WITHOUT ROWID;

-- Groups of devices, and the vaults they reach. Roles: 1 reader, 2 writer, 3 owner.
CREATE TABLE "groups" (
  id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE group_devices (
  grp BLOB NOT NULL, device BLOB NOT NULL, role INTEGER NOT NULL, PRIMARY KEY (device, grp)
) WITHOUT ROWID;
CREATE INDEX group_devices_grp ON group_devices (grp);
CREATE TABLE group_vaults (
  grp BLOB NOT NULL, vault INTEGER NOT NULL, role INTEGER NOT NULL, PRIMARY KEY (vault, grp)
) WITHOUT ROWID;
CREATE INDEX group_vaults_grp ON group_vaults (grp);

-- Invites by the hash of their code; gone when used up or expired.
CREATE TABLE invites (
  code_hash BLOB PRIMARY KEY, grp TEXT NOT NULL, role INTEGER NOT NULL, uses_left INTEGER NOT NULL,
  created_ns INTEGER NOT NULL, expires_ns INTEGER NOT NULL
) WITHOUT ROWID;

-- Access tokens by their hash.
CREATE TABLE tokens (
  hash BLOB PRIMARY KEY, device BLOB NOT NULL, expires_ns INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_device ON tokens (device);

-- Public links. Not written by this edition.
CREATE TABLE public_links (
  token_hash BLOB PRIMARY KEY, vault INTEGER NOT NULL, item BLOB NOT NULL, password_hash BLOB,
  expires_ns INTEGER, downloads_left INTEGER, created_ns INTEGER NOT NULL
) WITHOUT ROWID;
