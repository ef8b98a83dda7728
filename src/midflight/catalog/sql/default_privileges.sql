-- Default privileges, named by whose objects of which kind they govern.
SELECT
    coalesce(n.nspname, '') AS schema,
    'for ' || quote_ident(pg_get_userbyid(a.defaclrole)) || ' on ' || CASE a.defaclobjtype
        WHEN 'r' THEN 'tables'
        WHEN 'S' THEN 'sequences'
        WHEN 'f' THEN 'functions'
        WHEN 'T' THEN 'types'
        WHEN 'n' THEN 'schemas'
        ELSE a.defaclobjtype::text
    END AS name,
    '' AS sub,
    a.defaclacl AS acl,
    NULL::aclitem[] AS acl_default
FROM pg_default_acl AS a
LEFT JOIN user_schema AS n ON n.oid = a.defaclnamespace
WHERE (a.defaclnamespace = 0 OR n.oid IS NOT NULL)
