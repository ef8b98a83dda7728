-- The tables that hold the rows of one: its partitions, the chunks of a hypertable, or itself. $1 schema, $2 table.
WITH RECURSIVE tree AS (
    SELECT class.oid, class.relkind
    FROM pg_class AS class JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
    WHERE nspname = $1 AND relname = $2
    UNION
    SELECT class.oid, class.relkind
    FROM tree JOIN pg_inherits ON inhparent = tree.oid JOIN pg_class AS class ON class.oid = inhrelid
)
SELECT
    nspname AS schema,
    class.relname AS name,
    class.relkind::text AS kind,
    CASE WHEN class.reltuples >= 0 THEN class.reltuples::bigint ELSE pg_relation_size(class.oid) / 100 END AS rows,
    pg_relation_size(class.oid) / current_setting('block_size')::bigint AS blocks
FROM tree
JOIN pg_class AS class ON class.oid = tree.oid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'f')
ORDER BY nspname, class.relname
