-- Collations. The names of the locale's columns changed in 15, 16 and 17: read as JSON, any of them is found.
SELECT
    n.nspname AS schema,
    o.collname AS name,
    '' AS sub,
    concat_ws(
        ', ',
        'provider = ' || CASE o.collprovider WHEN 'i' THEN 'icu' WHEN 'c' THEN 'libc' WHEN 'b' THEN 'builtin' ELSE 'default' END,
        'lc_collate = ' || o.collcollate,
        'lc_ctype = ' || o.collctype,
        'locale = ' || coalesce(to_jsonb(o) ->> 'colllocale', to_jsonb(o) ->> 'colliculocale'),
        'rules = ' || (to_jsonb(o) ->> 'collicurules'),
        'deterministic = ' || o.collisdeterministic
    ) AS definition,
    pg_get_userbyid(o.collowner) AS owner,
    d.description AS comment
FROM pg_collation AS o
JOIN user_schema AS n ON n.oid = o.collnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_collation'::regclass AND d.objoid = o.oid AND d.objsubid = 0
WHERE o.oid >= 16384 AND NOT EXISTS (
    SELECT FROM pg_depend AS e WHERE e.classid = 'pg_collation'::regclass AND e.objid = o.oid AND e.deptype = 'e'
)
