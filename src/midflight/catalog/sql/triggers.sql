-- Triggers of tables and views, but for those that constraints bring along.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    g.tgname AS sub,
    pg_get_triggerdef(g.oid) AS definition,
    CASE g.tgenabled WHEN 'O' THEN 'true' WHEN 'D' THEN 'false' WHEN 'R' THEN 'replica' ELSE 'always' END AS enabled,
    d.description AS comment
FROM pg_trigger AS g
JOIN pg_class AS c ON c.oid = g.tgrelid
JOIN user_schema AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_trigger'::regclass AND d.objoid = g.oid AND d.objsubid = 0
WHERE NOT g.tgisinternal
