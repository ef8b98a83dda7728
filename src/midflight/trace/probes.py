"""The queries that look at what a statement has done. They run between the client's own statements."""

from __future__ import annotations

# Sequential scans that the session counted before this transaction: counters reach the shared statistics only now and
# then, so an older scan may still stand among "this transaction's".
COUNTED_BEFORE = """
SELECT c.oid, pg_stat_get_xact_numscans(c.oid), pg_stat_get_xact_tuples_returned(c.oid)
FROM pg_catalog.pg_class c
WHERE c.relkind IN ('r', 'm') AND c.oid >= 16384 AND pg_stat_get_xact_numscans(c.oid) > 0
"""

# Locks on relations of users that this session holds, one row a relation, with its storage and its scans.
HELD_NOW = """
SELECT l.relation, pg_catalog.string_agg(l.mode, ','), c.relfilenode,
       pg_stat_get_xact_numscans(l.relation), pg_stat_get_xact_tuples_returned(l.relation),
       n.nspname, c.relname
FROM pg_catalog.pg_locks l
LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.relation >= 16384
  AND (n.nspname IS NULL OR n.nspname NOT LIKE 'pg\\_%')
GROUP BY 1, 3, 6, 7
ORDER BY 1
"""

# Asked on another connection, so that it finds only what others can see.
SEEN_BY_OTHERS = """
SELECT c.oid::bigint AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
       c.relfilenode::bigint AS relfilenode, tn.nspname AS table_schema, t.relname AS table_name
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
WHERE c.oid = ANY($1::oid[]) AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY 1
"""

# Everything made from now on has a higher number: on a throw-away database the counter does not come round.
NEWEST_RELATION = "SELECT coalesce(max(oid)::bigint, 0) FROM pg_catalog.pg_class"
