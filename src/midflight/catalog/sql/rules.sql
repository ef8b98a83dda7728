-- Rules, but for the one that makes a view.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    r.rulename AS sub,
    pg_get_ruledef(r.oid) AS definition,
    CASE r.ev_enabled WHEN 'O' THEN 'true' WHEN 'D' THEN 'false' WHEN 'R' THEN 'replica' ELSE 'always' END AS enabled,
    d.description AS comment
FROM pg_rewrite AS r
JOIN pg_class AS c ON c.oid = r.ev_class
JOIN user_schema AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_rewrite'::regclass AND d.objoid = r.oid AND d.objsubid = 0
WHERE r.rulename <> '_RETURN'
