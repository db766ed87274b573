-- Where what lies in the local trash came from; the trash itself is the truth about what is in it.
CREATE TABLE trash (
  entry TEXT PRIMARY KEY, path BLOB NOT NULL, item BLOB NOT NULL, hash BLOB NOT NULL
) WITHOUT ROWID;
