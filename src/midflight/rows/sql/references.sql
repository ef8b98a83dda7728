-- The other tables that may refer to one of these ($1, OIDs), with a column of each foreign key that may be NULL.
SELECT DISTINCT ON (f.oid) n.nspname AS schema, c.relname AS name, a.attname AS "column"
FROM pg_constraint AS f
JOIN pg_class AS c ON c.oid = f.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = ANY (f.conkey) AND NOT a.attnotnull
WHERE f.contype = 'f' AND f.confrelid = ANY ($1::oid[]) AND NOT f.conrelid = ANY ($1) AND f.conparentid = 0
ORDER BY f.oid, a.attnum
