-- The index of one vault on one device (DESIGN §3 Client state): three trees of observations, what
-- is under way, and where the replay of the log stands.

-- The server's newest known state of every live item.
CREATE TABLE remote (
  id BLOB PRIMARY KEY, parent BLOB NOT NULL, name BLOB NOT NULL, canonical BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX remote_place ON remote (parent, name);

-- A snapshot on its way in; becomes `remote` when its digest holds.
CREATE TABLE remote_next (
  id BLOB PRIMARY KEY, parent BLOB NOT NULL, name BLOB NOT NULL, canonical BLOB NOT NULL
) WITHOUT ROWID;

-- What server and disk last agreed on.
CREATE TABLE base (
  id BLOB PRIMARY KEY, parent BLOB NOT NULL, name BLOB NOT NULL, canonical BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX base_place ON base (parent, name);

-- The disk as last observed. presence: 0 full; 1 placeholder, 2 partial, 3 absent by choice are
-- reserved for folders on demand. local_name: reserved for disks that fold or forbid names.
CREATE TABLE local (
  id BLOB PRIMARY KEY, parent BLOB NOT NULL, name BLOB NOT NULL, kind INTEGER NOT NULL,
  inode INTEGER NOT NULL, birth_ns INTEGER NOT NULL, size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, mode INTEGER NOT NULL,
  hash BLOB NOT NULL, link_target BLOB NOT NULL, suspect INTEGER NOT NULL DEFAULT 0,
  presence INTEGER NOT NULL DEFAULT 0, local_name BLOB
) WITHOUT ROWID;
CREATE INDEX local_place ON local (parent, name);
CREATE INDEX local_inode ON local (inode);
CREATE INDEX local_suspect ON local (suspect) WHERE suspect = 1;

-- Items the planner must look at, oldest first; waiting ones are passed over until something ends.
CREATE TABLE dirty (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE,
  waiting INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX dirty_next ON dirty (waiting, ord);

-- Operations sent or about to be sent; immutable. state: 0 recorded, 1 sent, 2 answered.
-- until_seq: the row leaves when the cursor has reached it.
CREATE TABLE outbox (
  ord INTEGER PRIMARY KEY AUTOINCREMENT, op BLOB NOT NULL UNIQUE, item BLOB NOT NULL,
  mutation BLOB NOT NULL, state INTEGER NOT NULL DEFAULT 0, succeeded INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '', canonical BLOB NOT NULL DEFAULT x'',
  until_seq INTEGER NOT NULL DEFAULT 0, creates INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX outbox_item ON outbox (item);
CREATE INDEX outbox_state ON outbox (state, ord);

-- Operations given up after they were sent; told to the server until it has answered.
CREATE TABLE retired (op BLOB PRIMARY KEY) WITHOUT ROWID;

-- What is being done to the disk; see applier recovery.
CREATE TABLE intents (
  id INTEGER PRIMARY KEY AUTOINCREMENT, item BLOB NOT NULL, verb INTEGER NOT NULL,
  from_parent BLOB NOT NULL, from_name BLOB NOT NULL, to_parent BLOB NOT NULL,
  to_name BLOB NOT NULL, from_path BLOB NOT NULL, to_path BLOB NOT NULL, state BLOB NOT NULL,
  executable INTEGER NOT NULL, private INTEGER NOT NULL, inode INTEGER NOT NULL,
  birth_ns INTEGER NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL, mode INTEGER NOT NULL, kind INTEGER NOT NULL, hash BLOB NOT NULL,
  keep_name BLOB NOT NULL, keep_id BLOB NOT NULL, cause TEXT NOT NULL
);
CREATE INDEX intents_item ON intents (item);

-- What is on the disk and not synced, with the reason shown by `status`.
CREATE TABLE exempt (path BLOB PRIMARY KEY, folder BLOB NOT NULL, reason TEXT NOT NULL)
  WITHOUT ROWID;
CREATE INDEX exempt_folder ON exempt (folder);

-- Operations the server keeps refusing: parked after too many, until the item changes.
CREATE TABLE refusals (item BLOB PRIMARY KEY, count INTEGER NOT NULL, reason TEXT NOT NULL)
  WITHOUT ROWID;

-- Conflict copies this device made.
CREATE TABLE conflicts (
  item BLOB PRIMARY KEY, original BLOB NOT NULL, found_ns INTEGER NOT NULL, cause TEXT NOT NULL
) WITHOUT ROWID;

-- Chains of rows replayed: the last 1,024 and every 1,024th, to find where two histories part.
CREATE TABLE chains (seq INTEGER PRIMARY KEY, epoch BLOB NOT NULL, chain BLOB NOT NULL);

-- Cursor, highest position told, digest, lifecycle, identity of the root.
CREATE TABLE engine_state (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
