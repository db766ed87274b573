-- The mass-change brake (docs/decisions/0006).

-- Operations held back until a person decides. decision: 0 none yet, 1 approved. what: 0 delete,
-- 1 overwrite. items: how many it would remove.
CREATE TABLE brake (
  item BLOB PRIMARY KEY, what INTEGER NOT NULL, items INTEGER NOT NULL, found_ns INTEGER NOT NULL,
  decision INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What has been destroyed since the vault was last in sync; above: ids of the folders it was in.
CREATE TABLE burst (
  item BLOB PRIMARY KEY, what INTEGER NOT NULL, items INTEGER NOT NULL, above BLOB NOT NULL
) WITHOUT ROWID;
