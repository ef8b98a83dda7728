-- Constraints of domains.
SELECT
    t.oid AS unit,
    n.nspname AS schema,
    t.typname AS name,
    o.conname AS sub,
    pg_get_constraintdef(o.oid) AS definition,
    o.convalidated AS valid,
    d.description AS comment
FROM pg_constraint AS o
JOIN pg_type AS t ON t.oid = o.contypid
JOIN user_schema AS n ON n.oid = t.typnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = o.oid AND d.objsubid = 0
WHERE true
