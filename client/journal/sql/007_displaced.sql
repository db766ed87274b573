-- Somebody may still hold it open: what is written to it from now on is a user's. Looked at until nobody does.
ALTER TABLE trash ADD COLUMN open INTEGER NOT NULL DEFAULT 0;
-- Since when it could not be put on the disk for this reason.
ALTER TABLE held_up ADD COLUMN since_ns INTEGER NOT NULL DEFAULT 0;
