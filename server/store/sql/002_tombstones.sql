-- Where a tombstone was last: a device that lost its index asks about what it still has there.
ALTER TABLE items ADD COLUMN last_parent BLOB;
CREATE INDEX items_tombstones ON items (vault, last_parent, name) WHERE last_parent IS NOT NULL;
