-- A folder that was deleted on the server and holds only what is not synced: it stays, here alone, until
-- something syncable appears in it (DESIGN §5 Touching the disk).
ALTER TABLE local ADD COLUMN local_only INTEGER NOT NULL DEFAULT 0;
