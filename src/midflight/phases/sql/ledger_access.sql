-- Whether the ledger is there (the table instance is made last), and whether we may read it.
SELECT
    coalesce(bool_or(c.relname = 'instance'), false) AS is_there,
    coalesce(
        bool_and(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')), false
    ) AS is_readable
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'midflight' AND c.relkind = 'r'
    AND c.relname IN ('backfill', 'backfill_range', 'backfill_failure', 'backfill_worker', 'instance')
