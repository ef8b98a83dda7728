-- What the current role may do in the schema of our own ($1), no row where it is not there. journal_is_writable is NULL where
-- there is no journal yet.
SELECT
    has_schema_privilege(n.oid, 'USAGE') AS may_use,
    has_schema_privilege(n.oid, 'CREATE') AS may_create,
    (
        SELECT bool_and(has_table_privilege(c.oid, right_needed))
        FROM pg_class AS c CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS right_needed
        WHERE c.relnamespace = n.oid AND c.relname = 'journal' AND c.relkind IN ('r', 'p')
    ) AS journal_is_writable
FROM pg_namespace AS n
WHERE n.nspname = $1::text
