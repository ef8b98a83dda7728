-- Who waits for a lock in this database, and for whom. A prepared transaction blocks as process 0. $1: rows at most.
SELECT
    l.pid, l.locktype, l.mode,
    extract(epoch FROM clock_timestamp() - l.waitstart)::float8 AS waited,
    n.nspname::text AS schema, c.relname::text AS name,
    ARRAY(SELECT DISTINCT b FROM unnest(pg_blocking_pids(l.pid)) AS b ORDER BY b) AS blockers
FROM pg_locks AS l
JOIN pg_stat_activity AS a ON a.pid = l.pid AND a.datname = current_database()
LEFT JOIN pg_class AS c ON c.oid = l.relation
LEFT JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT l.granted
ORDER BY l.waitstart NULLS LAST, l.pid
LIMIT $1
