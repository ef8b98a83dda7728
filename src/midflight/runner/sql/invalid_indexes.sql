-- INVALID indexes of tables that people make, and whether somebody is building them now. The size of what another session
-- has locked is that of the last VACUUM or ANALYZE: to ask for more would be to wait.
SELECT
    n.nspname::text AS schema, i.relname::text AS name, tn.nspname::text AS table_schema, t.relname::text AS table_name,
    CASE
        WHEN i.relkind = 'I' THEN 0
        WHEN EXISTS (
            SELECT FROM pg_locks AS l
            WHERE l.relation = i.oid AND l.mode = 'AccessExclusiveLock' AND l.granted
        ) THEN i.relpages * current_setting('block_size')::bigint
        ELSE pg_relation_size(i.oid)
    END::bigint AS bytes,
    p.pid AS builder, p.phase,
    (100.0 * p.blocks_done / nullif(p.blocks_total, 0))::float8 AS percent
FROM pg_index AS x
JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_namespace AS n ON n.oid = i.relnamespace
JOIN pg_class AS t ON t.oid = x.indrelid
JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
LEFT JOIN pg_stat_progress_create_index AS p ON p.index_relid = i.oid AND p.datname = current_database()
WHERE NOT x.indisvalid AND tn.nspname <> 'pg_catalog' AND t.relpersistence <> 't'
ORDER BY n.nspname, i.relname
