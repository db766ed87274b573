-- What panic-resync needs to know (DESIGN §5).

-- Deletions that a scan observed: an entry of `base` without a row in `local` alone is no evidence.
CREATE TABLE gone (item BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TRIGGER gone_settled AFTER DELETE ON base BEGIN
  DELETE FROM gone WHERE item = old.id;
END;
CREATE TRIGGER gone_returned AFTER INSERT ON local BEGIN
  DELETE FROM gone WHERE item = new.id;
END;
