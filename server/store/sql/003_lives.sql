-- One identity is used by one agent: how many lives it has begun, and the mark of the last.
ALTER TABLE devices ADD COLUMN lives INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN life_mark BLOB NOT NULL DEFAULT x'';
