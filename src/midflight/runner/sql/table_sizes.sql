-- How large tables are by the live database's own statistics; a partitioned table is as large as its partitions together.
-- $1: schemas; $2: names, in the same order. One that is not there under its name is looked for on the search path, and
-- left out where it is not there either. The size of what somebody has locked is that of the last VACUUM or ANALYZE: to
-- ask for more would be to wait.
WITH wanted AS (
    SELECT
        given.place,
        coalesce(
            (
                SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = given.schema AND c.relname = given.name AND c.relkind IN ('r', 'p', 'm')
            ),
            (
                SELECT c.oid FROM pg_class AS c
                WHERE given.schema = 'public' AND c.relname = given.name AND c.relkind IN ('r', 'p', 'm')
                    AND pg_table_is_visible(c.oid)
            )
        ) AS oid
    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (schema, name, place)
), leaves AS (
    SELECT wanted.place, coalesce(tree.relid::oid, wanted.oid) AS oid
    FROM wanted LEFT JOIN LATERAL pg_partition_tree(wanted.oid) AS tree ON true
    WHERE wanted.oid IS NOT NULL AND coalesce(tree.isleaf, true)
), sizes AS (
    SELECT
        leaves.place, c.reltuples, locked.is_so,
        CASE WHEN locked.is_so THEN c.relpages * current_setting('block_size')::bigint ELSE pg_table_size(c.oid) END
            AS table_bytes,
        CASE WHEN locked.is_so THEN 0 ELSE pg_indexes_size(c.oid) END AS index_bytes,
        greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) AS analyzed
    FROM leaves
    JOIN pg_class AS c ON c.oid = leaves.oid AND c.relkind IN ('r', 'm')
    CROSS JOIN LATERAL (
        SELECT EXISTS (
            SELECT FROM pg_locks AS l
            WHERE l.relation = c.oid AND l.mode = 'AccessExclusiveLock' AND l.granted
        ) AS is_so
    ) AS locked
)
SELECT
    place,
    CASE WHEN bool_or(reltuples < 0 AND table_bytes > 0) THEN NULL ELSE sum(greatest(reltuples, 0))::bigint END AS rows,
    sum(table_bytes)::bigint AS table_bytes,
    sum(index_bytes)::bigint AS index_bytes,
    min(analyzed) AS analyzed
FROM sizes
GROUP BY place
ORDER BY place
