-- Views and materialized views.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    '' AS sub,
    CASE c.relkind WHEN 'm' THEN 'materialized view' ELSE 'view' END AS kind,
    pg_get_viewdef(c.oid) AS definition,
    pg_get_userbyid(c.relowner) AS owner,
    (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(c.reloptions) AS o) AS options,
    CASE WHEN c.relkind = 'm' THEN c.relispopulated END AS populated,
    am.amname AS access_method,
    ts.spcname AS tablespace,
    d.description AS comment,
    c.relacl AS acl,
    acldefault('r', c.relowner) AS acl_default
FROM pg_class AS c
JOIN user_schema AS n ON n.oid = c.relnamespace
LEFT JOIN pg_am AS am ON am.oid = c.relam
LEFT JOIN pg_tablespace AS ts ON ts.oid = c.reltablespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE c.relkind IN ('v', 'm')
