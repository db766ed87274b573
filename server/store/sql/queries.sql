-- Every statement of the store, by name.

-- name: setting_get
SELECT value FROM settings WHERE key = ?;
-- name: setting_put
INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING;

-- name: vault_add
INSERT INTO vaults (id, name, created_ns, epoch, head_seq, head_chain, live_items, live_bytes,
  min_retained_seq, required_features, digest) VALUES (?, ?, ?, ?, 0, ?, 0, 0, 0, '', ?);
-- name: vault_get
SELECT no, epoch, head_seq, head_chain, live_items, live_bytes, min_retained_seq, required_features
FROM vaults WHERE id = ? AND deleted_ns IS NULL;
-- name: vault_digest
SELECT digest FROM vaults WHERE no = ?;
-- name: vault_moved
UPDATE vaults SET epoch = ?, head_seq = ?, head_chain = ?, live_items = ?, live_bytes = ?, digest = ?
WHERE no = ?;
-- name: vault_rename
UPDATE vaults SET name = ? WHERE id = ? AND deleted_ns IS NULL;
-- name: vault_delete
UPDATE vaults SET deleted_ns = ? WHERE id = ? AND deleted_ns IS NULL;
-- name: vault_retain
UPDATE vaults SET min_retained_seq = ? WHERE id = ?;
-- name: vault_list
SELECT v.id, v.name, max(min(gd.role, gv.role)), v.epoch, v.head_seq, v.head_chain,
  v.required_features, v.created_ns, v.live_items, v.live_bytes
FROM group_devices gd JOIN group_vaults gv ON gv.grp = gd.grp JOIN vaults v ON v.no = gv.vault
WHERE gd.device = ? AND v.deleted_ns IS NULL GROUP BY v.no ORDER BY v.created_ns, v.no;
-- name: vault_audience
SELECT DISTINCT gd.device FROM group_vaults gv JOIN group_devices gd ON gd.grp = gv.grp
JOIN devices d ON d.id = gd.device WHERE gv.vault = ? AND d.revoked_ns IS NULL ORDER BY gd.device;

-- name: item_get
SELECT canonical FROM items WHERE vault = ? AND id = ?;
-- name: item_at
SELECT id FROM items WHERE vault = ? AND parent = ? AND name = ?;
-- name: item_children
SELECT id FROM items WHERE vault = ? AND parent = ? ORDER BY name;
-- name: item_tombstones_at
SELECT canonical FROM items WHERE vault = ? AND last_parent = ? AND name = ?;
-- name: item_removed_by
SELECT canonical FROM items WHERE vault = ? AND deleted_op = ? ORDER BY id;
-- name: item_put
INSERT INTO items (vault, id, parent, name, canonical, content_hash, deleted_op, last_parent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (vault, id) DO UPDATE SET parent = excluded.parent, name = excluded.name,
  canonical = excluded.canonical, content_hash = excluded.content_hash, deleted_op = excluded.deleted_op,
  last_parent = excluded.last_parent;
-- name: item_lift
UPDATE items SET parent = NULL WHERE vault = ? AND id = ?;
-- name: item_place
UPDATE items SET parent = ?, name = ? WHERE vault = ? AND id = ?;
-- name: item_slice
SELECT id, canonical FROM items WHERE vault = ? AND id > ? ORDER BY id LIMIT ?;

-- name: before_add
INSERT INTO log_before (vault, item, seq, canonical, content_hash) VALUES (?, ?, ?, ?, ?);
-- name: before_get
SELECT canonical FROM log_before WHERE vault = ? AND item = ? AND seq = ?;
-- name: before_first_after
SELECT canonical FROM log_before WHERE vault = ? AND item = ? AND seq > ? ORDER BY seq LIMIT 1;
-- name: content_known
SELECT 1 FROM items WHERE vault = ?1 AND id = ?2 AND content_hash = ?3
UNION ALL SELECT 1 FROM log_before WHERE vault = ?1 AND item = ?2 AND content_hash = ?3 LIMIT 1;

-- name: log_add
INSERT INTO change_log (vault, seq, epoch, op_id, device, request, batch, row, chain)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);
-- name: log_op
SELECT seq, epoch, chain, row, request FROM change_log WHERE vault = ? AND device = ? AND op_id = ?;
-- name: log_at
SELECT epoch, chain, row FROM change_log WHERE vault = ? AND seq = ?;
-- name: log_after
SELECT seq, epoch, batch, row, chain FROM change_log WHERE vault = ? AND seq > ? ORDER BY seq;

-- name: refusal_get
SELECT reason, request FROM op_refusals WHERE vault = ? AND device = ? AND op_id = ?;
-- name: refusal_add
INSERT INTO op_refusals (vault, device, op_id, request, reason, at_ns) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (vault, device, op_id) DO UPDATE SET reason = excluded.reason;

-- name: blob_add
INSERT INTO blobs (hash, size, place, created_ns) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING;
-- name: segment_add
INSERT INTO segments (id, bytes, blobs, created_ns) VALUES (?, ?, 1, ?)
ON CONFLICT (id) DO UPDATE SET bytes = bytes + excluded.bytes, blobs = blobs + 1;
-- name: vault_blob_add
INSERT INTO vault_blobs (vault, hash, touched_ns) VALUES (?, ?, ?)
ON CONFLICT (vault, hash) DO UPDATE SET touched_ns = excluded.touched_ns;
-- name: vault_blob_has
SELECT 1 FROM vault_blobs WHERE vault = ? AND hash = ?;
-- name: vault_blob_get
SELECT b.size, b.place FROM vault_blobs v JOIN blobs b ON b.hash = v.hash WHERE v.vault = ? AND v.hash = ?;

-- name: snapshot_newest
SELECT seq, epoch, chain, digest, ref, size, items FROM snapshots
WHERE vault = ? AND superseded_ns IS NULL ORDER BY seq DESC LIMIT 1;
-- name: snapshot_read
UPDATE snapshots SET read_ns = ? WHERE vault = ? AND ref = ?;
-- name: snapshot_supersede
UPDATE snapshots SET superseded_ns = ? WHERE vault = ? AND superseded_ns IS NULL;
-- name: snapshot_add
INSERT OR REPLACE INTO snapshots (vault, seq, epoch, chain, digest, ref, size, items, created_ns, read_ns)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
-- name: snapshot_sweep
DELETE FROM snapshots WHERE superseded_ns IS NOT NULL AND max(superseded_ns, read_ns) < ?
RETURNING vault, ref;
-- name: vault_blob_drop
DELETE FROM vault_blobs WHERE vault = ?1 AND hash = ?2
  AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.vault = ?1 AND s.ref = ?2);

-- name: device_add
INSERT INTO devices (id, name, label, secret_hash, created_ns, last_seen_ns) VALUES (?, ?, ?, ?, ?, ?);
-- name: device_label_taken
SELECT 1 FROM devices WHERE label = ?;
-- name: device_secret
SELECT secret_hash, lives, life_mark FROM devices WHERE id = ? AND revoked_ns IS NULL;
-- name: device_life
UPDATE devices SET lives = ?, life_mark = ? WHERE id = ?;
-- name: device_active
SELECT 1 FROM devices WHERE id = ? AND revoked_ns IS NULL;
-- name: device_seen
UPDATE devices SET last_seen_ns = ? WHERE id = ?;
-- name: device_revoke
UPDATE devices SET revoked_ns = ? WHERE id = ? AND revoked_ns IS NULL;
-- name: device_role
SELECT max(min(gd.role, gv.role)) FROM group_devices gd JOIN group_vaults gv ON gv.grp = gd.grp
JOIN devices d ON d.id = gd.device WHERE gd.device = ? AND gv.vault = ? AND d.revoked_ns IS NULL;
-- name: device_best_role
SELECT max(role) FROM group_devices WHERE device = ?;
-- name: device_peers
SELECT DISTINCT d.id, d.name, d.label, d.created_ns, d.last_seen_ns, d.revoked_ns
FROM group_devices mine JOIN group_devices theirs ON theirs.grp = mine.grp
JOIN devices d ON d.id = theirs.device WHERE mine.device = ? ORDER BY d.created_ns, d.id;
-- name: device_may_revoke
SELECT max(mine.role) FROM group_devices mine JOIN group_devices theirs ON theirs.grp = mine.grp
WHERE mine.device = ? AND theirs.device = ?;
-- name: owner_exists
SELECT 1 FROM group_devices gd JOIN devices d ON d.id = gd.device
WHERE gd.role = 3 AND d.revoked_ns IS NULL LIMIT 1;

-- name: group_by_name
SELECT id FROM "groups" WHERE name = ?;
-- name: group_add
INSERT INTO "groups" (id, name, created_ns) VALUES (?, ?, ?);
-- name: group_join
INSERT INTO group_devices (grp, device, role) VALUES (?, ?, ?);
-- name: group_give_vault
INSERT INTO group_vaults (grp, vault, role) SELECT grp, ?, 3 FROM group_devices WHERE device = ?;

-- name: invite_add
INSERT INTO invites (code_hash, grp, role, uses_left, created_ns, expires_ns) VALUES (?, ?, ?, ?, ?, ?);
-- name: invite_use
UPDATE invites SET uses_left = uses_left - 1 WHERE code_hash = ? AND uses_left > 0 AND expires_ns > ?
RETURNING grp, role;
-- name: invite_sweep
DELETE FROM invites WHERE uses_left <= 0 OR expires_ns <= ?;

-- name: token_add
INSERT INTO tokens (hash, device, expires_ns) VALUES (?, ?, ?);
-- name: token_get
SELECT t.hash, t.device FROM tokens t JOIN devices d ON d.id = t.device
WHERE t.hash = ? AND t.expires_ns > ? AND d.revoked_ns IS NULL;
-- name: token_drop
DELETE FROM tokens WHERE device = ?;
-- name: token_sweep
DELETE FROM tokens WHERE expires_ns <= ?;
