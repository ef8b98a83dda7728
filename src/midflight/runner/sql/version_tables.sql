-- The relations that have the version table's name ($1), wherever they are.
SELECT
    n.nspname::text AS schema,
    pg_table_is_visible(c.oid) AS is_visible,
    has_schema_privilege(n.oid, 'USAGE')
    AND has_table_privilege(c.oid, 'SELECT')
    AND has_table_privilege(c.oid, 'INSERT')
    AND has_table_privilege(c.oid, 'UPDATE')
    AND has_table_privilege(c.oid, 'DELETE') AS is_writable
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relname = $1::text AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
ORDER BY n.nspname
