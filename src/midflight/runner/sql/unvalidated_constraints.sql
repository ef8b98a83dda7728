-- Constraints that are NOT VALID; those that are inherited come with their parent's. NOT ENFORCED ones (from PostgreSQL 18
-- on, where the column conenforced begins) are never valid and mean to be so.
SELECT
    n.nspname::text AS schema, t.relname::text AS table_name, c.conname::text AS name,
    CASE c.contype WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check' WHEN 'n' THEN 'not null' END AS kind
FROM pg_constraint AS c
JOIN pg_class AS t ON t.oid = c.conrelid
JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE NOT c.convalidated AND c.conparentid = 0 AND c.coninhcount = 0
    AND coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
    AND c.contype IN ('f', 'c', 'n')
ORDER BY n.nspname, t.relname, c.conname
