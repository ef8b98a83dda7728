-- Composite types; their attributes are read as columns.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    '' AS sub,
    pg_get_userbyid(t.typowner) AS owner,
    d.description AS comment,
    t.typacl AS acl,
    acldefault('T', t.typowner) AS acl_default
FROM pg_class AS c
JOIN user_schema AS n ON n.oid = c.relnamespace
JOIN pg_type AS t ON t.oid = c.reltype
LEFT JOIN pg_description AS d ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE c.relkind = 'c'
