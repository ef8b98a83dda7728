-- Domains; their constraints are read by themselves.
SELECT
    t.oid AS unit,
    n.nspname AS schema,
    t.typname AS name,
    '' AS sub,
    format_type(t.typbasetype, t.typtypmod) AS type,
    CASE WHEN t.typcollation <> b.typcollation THEN nullif(t.typcollation, 0)::regcollation END AS collation,
    t.typnotnull AS not_null,
    coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault) AS default,
    pg_get_userbyid(t.typowner) AS owner,
    d.description AS comment,
    t.typacl AS acl,
    acldefault('T', t.typowner) AS acl_default
FROM pg_type AS t
JOIN user_schema AS n ON n.oid = t.typnamespace
JOIN pg_type AS b ON b.oid = t.typbasetype
LEFT JOIN pg_description AS d ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE t.typtype = 'd'
