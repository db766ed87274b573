-- What could not be put on the disk for a reason that a person may have to look at, until it could.
CREATE TABLE held_up (item BLOB PRIMARY KEY, path BLOB NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
