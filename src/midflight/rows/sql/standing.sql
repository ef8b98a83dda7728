-- Which of these tables ($1 schemas, $2 names) are there, and whether nothing was ever written to their files. A table that
-- has pages may be empty all the same. A partitioned table has the pages of its partitions.
SELECT
    c.oid,
    asked.place::int AS place,
    CASE
        WHEN c.relkind = 'p'
        THEN NOT EXISTS (SELECT FROM pg_partition_tree(c.oid) AS p WHERE p.isleaf AND pg_relation_size(p.relid) > 0)
        ELSE pg_relation_size(c.oid) = 0
    END AS blank
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (schema, name, place)
JOIN pg_namespace AS n ON n.nspname = asked.schema
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = asked.name AND c.relkind IN ('r', 'p')
