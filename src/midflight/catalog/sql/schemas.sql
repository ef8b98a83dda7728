-- Schemas.
SELECT
    n.nspname AS schema,
    '' AS name,
    '' AS sub,
    pg_get_userbyid(n.nspowner) AS owner,
    d.description AS comment,
    n.nspacl AS acl,
    acldefault('n', n.nspowner) AS acl_default
FROM user_schema AS n
LEFT JOIN pg_description AS d ON d.classoid = 'pg_namespace'::regclass AND d.objoid = n.oid AND d.objsubid = 0
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS e WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e'
)
