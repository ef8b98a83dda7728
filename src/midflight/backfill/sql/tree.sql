-- A table and whatever inherits from it, the largest first. pg_partition_tree() would wait for a lock of its own.
WITH RECURSIVE tree (oid) AS (
    SELECT to_regclass($1)::oid
    UNION SELECT inhrelid FROM pg_inherits JOIN tree ON inhparent = tree.oid
)
SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relpages AS pages
FROM tree
JOIN pg_class AS c ON c.oid = tree.oid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY c.relpages DESC, c.oid
