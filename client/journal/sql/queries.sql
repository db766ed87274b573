-- Every statement of the index, by name.

-- name: remote_get
SELECT canonical FROM remote WHERE id = ?;
-- name: remote_put
INSERT INTO remote (id, parent, name, canonical) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, name = excluded.name, canonical = excluded.canonical;
-- name: remote_drop
DELETE FROM remote WHERE id = ?;
-- name: remote_at
SELECT id FROM remote WHERE parent = ? AND name = ?;
-- name: remote_children
SELECT id FROM remote WHERE parent = ? ORDER BY name;
-- name: remote_all
SELECT id, canonical FROM remote;
-- name: remote_count
SELECT count(*) FROM remote;

-- name: next_clear
DELETE FROM remote_next;
-- name: next_put
INSERT OR REPLACE INTO remote_next (id, parent, name, canonical) VALUES (?, ?, ?, ?);
-- name: next_all
SELECT id, canonical FROM remote_next;
-- name: next_count
SELECT count(*) FROM remote_next;
-- name: next_differs
INSERT OR IGNORE INTO dirty (id)
SELECT n.id FROM remote_next n LEFT JOIN remote r ON r.id = n.id
WHERE r.id IS NULL OR r.canonical <> n.canonical
UNION ALL SELECT r.id FROM remote r LEFT JOIN remote_next n ON n.id = r.id WHERE n.id IS NULL;
-- name: next_becomes_remote
INSERT INTO remote SELECT * FROM remote_next;
-- name: remote_clear
DELETE FROM remote;

-- name: base_get
SELECT canonical FROM base WHERE id = ?;
-- name: base_put
INSERT INTO base (id, parent, name, canonical) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, name = excluded.name, canonical = excluded.canonical;
-- name: base_drop
DELETE FROM base WHERE id = ?;
-- name: base_drop_gone
DELETE FROM base WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM local WHERE id = ?1);
-- name: base_children
SELECT id FROM base WHERE parent = ?;

-- name: gone_add
INSERT OR IGNORE INTO gone (item) SELECT id FROM base WHERE id = ?;
-- name: local_all
SELECT id FROM local;
-- name: base_all
SELECT id, canonical FROM base;
-- name: base_without_remote
SELECT b.id FROM base b WHERE NOT EXISTS (SELECT 1 FROM remote r WHERE r.id = b.id);
-- name: base_without_local
SELECT b.id, g.item IS NOT NULL FROM base b LEFT JOIN gone g ON g.item = b.id
WHERE NOT EXISTS (SELECT 1 FROM local l WHERE l.id = b.id);
-- name: local_unexplained
SELECT l.id FROM local l WHERE NOT EXISTS (SELECT 1 FROM base b WHERE b.id = l.id)
  AND NOT EXISTS (SELECT 1 FROM remote r WHERE r.id = l.id)
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.item = l.id);
-- name: local_distrust
UPDATE local SET suspect = 1;
-- name: local_files_after
SELECT id FROM local WHERE id > ? AND kind = 2 ORDER BY id LIMIT ?;
-- name: local_suspect
UPDATE local SET suspect = 1 WHERE id = ?;
-- name: local_orphans_drop
DELETE FROM local WHERE parent <> ?1 AND parent <> ?2 AND parent NOT IN (SELECT id FROM local);
-- name: dirty_differing
INSERT OR IGNORE INTO dirty (id)
SELECT r.id FROM remote r LEFT JOIN base b ON b.id = r.id WHERE b.id IS NULL OR b.canonical <> r.canonical
UNION SELECT b.id FROM base b LEFT JOIN remote r ON r.id = b.id WHERE r.id IS NULL
UNION SELECT b.id FROM base b LEFT JOIN local l ON l.id = b.id WHERE l.id IS NULL
UNION SELECT l.id FROM local l LEFT JOIN base b ON b.id = l.id
  WHERE b.id IS NULL OR l.parent <> b.parent OR l.name <> b.name
     OR (l.kind <> 2 AND instr(b.canonical, l.hash) = 0);
-- name: outbox_all
SELECT op, item, mutation FROM outbox;

-- name: local_get
SELECT parent, name, kind, inode, birth_ns, size, mtime_ns, ctime_ns, mode, hash, link_target, suspect,
  local_only FROM local WHERE id = ?;
-- name: local_put
INSERT INTO local (id, parent, name, kind, inode, birth_ns, size, mtime_ns, ctime_ns, mode, hash, link_target, suspect)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET parent = excluded.parent, name = excluded.name, kind = excluded.kind,
  inode = excluded.inode, birth_ns = excluded.birth_ns, size = excluded.size, mtime_ns = excluded.mtime_ns,
  ctime_ns = excluded.ctime_ns, mode = excluded.mode, hash = excluded.hash,
  link_target = excluded.link_target, suspect = excluded.suspect;
-- name: held_up_put
INSERT INTO held_up (item, path, reason, since_ns) VALUES (?, ?, ?, ?)
ON CONFLICT (item) DO UPDATE SET path = excluded.path, reason = excluded.reason,
  since_ns = CASE WHEN reason = excluded.reason THEN since_ns ELSE excluded.since_ns END;
-- name: held_up_long
SELECT 1 FROM held_up WHERE item = ? AND reason = ? AND (since_ns <= ? OR since_ns > ?);
-- name: held_up_drop
DELETE FROM held_up WHERE item = ?;
-- name: held_up_all
SELECT path, reason FROM held_up ORDER BY path LIMIT 1000;
-- name: local_only_set
UPDATE local SET local_only = 1 WHERE id = ?;
-- name: local_only_all
SELECT l.id FROM local l WHERE l.local_only = 1 AND NOT EXISTS (SELECT 1 FROM base b WHERE b.id = l.id)
LIMIT 1000;
-- name: local_drop
DELETE FROM local WHERE id = ?;
-- name: local_at
SELECT id FROM local WHERE parent = ? AND name = ?;
-- name: local_at_except
SELECT id FROM local WHERE parent = ? AND name = ? AND id <> ?;
-- name: local_children
SELECT id FROM local WHERE parent = ? ORDER BY name;
-- name: local_inode
SELECT id FROM local WHERE inode = ?;
-- name: local_rekey
UPDATE local SET id = ? WHERE id = ?;
-- name: local_reparent
UPDATE local SET parent = ? WHERE parent = ?;
-- name: local_suspects
SELECT id FROM local WHERE suspect = 1 LIMIT 10000;
-- name: local_count
SELECT count(*) FROM local;

-- name: dirty_add
INSERT INTO dirty (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET waiting = 0;
-- name: dirty_take
SELECT id FROM dirty WHERE waiting = 0 AND NOT EXISTS
  (SELECT 1 FROM refusals f WHERE f.item = dirty.id AND f.count >= ?) ORDER BY ord LIMIT ?;
-- name: dirty_wait
INSERT INTO dirty (id, waiting) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET waiting = 1;
-- name: dirty_drop
DELETE FROM dirty WHERE id = ?;
-- name: dirty_wake
UPDATE dirty SET waiting = 0 WHERE waiting = 1;
-- name: dirty_count
SELECT count(*), coalesce(sum(waiting), 0) FROM dirty;
-- name: dirty_all
INSERT OR IGNORE INTO dirty (id) SELECT id FROM remote UNION SELECT id FROM local UNION SELECT id FROM base;

-- name: outbox_add
INSERT INTO outbox (op, item, mutation, creates) VALUES (?, ?, ?, ?);
-- name: outbox_unanswered
SELECT op, item, mutation, state FROM outbox WHERE state < 2 ORDER BY state DESC, ord LIMIT ?;
-- name: outbox_sent
UPDATE outbox SET state = 1 WHERE op = ? AND state = 0;
-- name: outbox_give_up
DELETE FROM outbox WHERE op = ? AND state = 0 RETURNING item;
-- name: outbox_get
SELECT item, mutation, state, succeeded, canonical, until_seq FROM outbox WHERE op = ?;
-- name: outbox_answer
UPDATE outbox SET state = 2, succeeded = ?, reason = ?, canonical = ?, until_seq = ? WHERE op = ? AND state < 2;
-- name: outbox_due
SELECT op, item, mutation, succeeded, canonical, reason FROM outbox WHERE state = 2 AND until_seq <= ? ORDER BY ord;
-- name: outbox_answers_forget
UPDATE outbox SET state = 1, succeeded = 0, reason = '', canonical = x'', until_seq = 0 WHERE state = 2;
-- name: outbox_drop
DELETE FROM outbox WHERE op = ?;
-- name: outbox_busy
SELECT 1 FROM outbox WHERE item = ? LIMIT 1;
-- name: outbox_creating
SELECT 1 FROM outbox WHERE item = ? AND creates = 1 AND (state < 2 OR succeeded = 1) LIMIT 1;
-- name: outbox_count
SELECT count(*), coalesce(sum(state < 2), 0) FROM outbox;

-- name: retired_add
INSERT OR IGNORE INTO retired (op) VALUES (?);
-- name: retired_all
SELECT op FROM retired LIMIT 1000;
-- name: retired_drop
DELETE FROM retired WHERE op = ?;

-- name: intent_add
INSERT INTO intents (item, verb, from_parent, from_name, to_parent, to_name, from_path, to_path, state,
  executable, private, inode, birth_ns, size, mtime_ns, ctime_ns, mode, kind, hash, keep_name, keep_id, cause)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- name: intent_get
SELECT id, item, verb, from_parent, from_name, to_parent, to_name, from_path, to_path, state,
  executable, private, inode, birth_ns, size, mtime_ns, ctime_ns, mode, kind, hash, keep_name, keep_id, cause
FROM intents WHERE id = ?;
-- name: intent_all
SELECT id, item, verb, from_parent, from_name, to_parent, to_name, from_path, to_path, state,
  executable, private, inode, birth_ns, size, mtime_ns, ctime_ns, mode, kind, hash, keep_name, keep_id, cause
FROM intents ORDER BY id;
-- name: intent_drop
DELETE FROM intents WHERE id = ?;
-- name: intent_busy
SELECT 1 FROM intents WHERE item = ? LIMIT 1;
-- name: intent_count
SELECT count(*) FROM intents;

-- name: exempt_put
INSERT OR REPLACE INTO exempt (path, folder, reason) VALUES (?, ?, ?);
-- name: exempt_clear
DELETE FROM exempt WHERE folder = ? OR path = ?;
-- name: exempt_unlisted
SELECT 1 FROM exempt WHERE path = ?1 AND folder = ?1;
-- name: exempt_forget
DELETE FROM exempt WHERE path = ?1 OR (path > ?2 AND path < ?3);
-- name: exempt_all
SELECT path, reason FROM exempt WHERE reason <> 'ignored' ORDER BY path LIMIT 1000;
-- name: exempt_ignored
SELECT path FROM exempt WHERE reason = 'ignored' ORDER BY path LIMIT 1000;
-- name: exempt_ignored_count
SELECT count(*) FROM exempt WHERE reason = 'ignored';

-- name: refusal_add
INSERT INTO refusals (item, count, reason) VALUES (?, 1, ?)
ON CONFLICT (item) DO UPDATE SET count = count + 1, reason = excluded.reason;
-- name: refusal_clear
DELETE FROM refusals WHERE item = ?;
-- name: refusal_parked
SELECT item, reason FROM refusals WHERE count >= ? LIMIT 1000;

-- name: conflict_add
INSERT OR REPLACE INTO conflicts (item, original, found_ns, cause) VALUES (?, ?, ?, ?);
-- Closed are those whose copy is gone, and those that are equal by now (folders have no content).
-- name: conflict_all
SELECT c.item, c.original, c.found_ns, c.cause FROM conflicts c JOIN local l ON l.id = c.item
LEFT JOIN local o ON o.id = c.original
WHERE o.id IS NULL OR o.id = l.id OR l.kind = 1 OR o.kind <> l.kind OR o.hash <> l.hash
ORDER BY c.found_ns LIMIT 1000;
-- name: conflict_count
SELECT count(*) FROM conflicts c JOIN local l ON l.id = c.item LEFT JOIN local o ON o.id = c.original
WHERE o.id IS NULL OR o.id = l.id OR l.kind = 1 OR o.kind <> l.kind OR o.hash <> l.hash;
-- name: conflict_drop
DELETE FROM conflicts WHERE item = ?;
-- name: conflict_rekey
UPDATE conflicts SET item = ? WHERE item = ?;

-- name: chain_put
INSERT OR REPLACE INTO chains (seq, epoch, chain) VALUES (?, ?, ?);
-- name: chain_all
SELECT seq, chain FROM chains ORDER BY seq;
-- name: chain_drop_parted
DELETE FROM chains WHERE seq > ? AND seq <> ?;
-- name: chain_trim
DELETE FROM chains WHERE seq <= ? - 1024 AND seq % 1024 <> 0;

-- name: state_get
SELECT value FROM engine_state WHERE key = ?;
-- name: state_put
INSERT INTO engine_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- name: brake_add
INSERT INTO brake (item, what, items, found_ns) VALUES (?, ?, ?, ?)
ON CONFLICT (item) DO UPDATE SET what = excluded.what, items = excluded.items;
-- name: brake_all
SELECT item, what, items, found_ns, decision FROM brake ORDER BY found_ns, item;
-- name: brake_count
SELECT count(*) FROM brake WHERE decision = 0;
-- name: brake_drop
DELETE FROM brake WHERE item = ?;
-- name: brake_approve
UPDATE brake SET decision = 1 WHERE decision = 0;
-- name: brake_clear
DELETE FROM brake WHERE decision = 0;
-- name: brake_clear_approved
DELETE FROM brake WHERE decision = 1 AND item NOT IN (SELECT id FROM dirty)
  AND item NOT IN (SELECT item FROM outbox);

-- name: burst_add
INSERT OR REPLACE INTO burst (item, what, items, above) VALUES (?, ?, ?, ?);
-- name: burst_all
SELECT item, what, items, above FROM burst;
-- name: burst_clear
DELETE FROM burst;

-- name: trash_add
INSERT OR REPLACE INTO trash (entry, path, item, hash, open) VALUES (?, ?, ?, ?, ?);
-- name: trash_get
SELECT path, item, hash, open FROM trash WHERE entry = ?;
-- name: trash_open
SELECT entry FROM trash WHERE open = 1 ORDER BY entry LIMIT 10000;
-- name: trash_close
UPDATE trash SET open = 0 WHERE entry = ?;
-- name: trash_drop
DELETE FROM trash WHERE entry = ?;
