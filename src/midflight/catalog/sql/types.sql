-- Enums, ranges and base types. An array type and a multirange type are their element's shadow and left out.
SELECT
    t.oid AS unit,
    n.nspname AS schema,
    t.typname AS name,
    '' AS sub,
    CASE t.typtype
        WHEN 'e'
        THEN (
            SELECT 'enum (' || coalesce(string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder), '') || ')'
            FROM pg_enum AS e
            WHERE e.enumtypid = t.oid
        )
        WHEN 'r'
        THEN (
            SELECT 'range (' || concat_ws(
                ', ',
                'subtype = ' || format_type(r.rngsubtype, NULL),
                'subtype_opclass = ' || (
                    SELECT o.opcnamespace::regnamespace || '.' || quote_ident(o.opcname)
                    FROM pg_opclass AS o
                    WHERE o.oid = r.rngsubopc
                ),
                'collation = ' || nullif(r.rngcollation, 0)::regcollation,
                'canonical = ' || nullif(r.rngcanonical, 0)::regproc,
                'subtype_diff = ' || nullif(r.rngsubdiff, 0)::regproc,
                'multirange_type_name = ' || format_type(r.rngmultitypid, NULL)
            ) || ')'
            FROM pg_range AS r
            WHERE r.rngtypid = t.oid
        )
        WHEN 'b'
        THEN 'base (' || concat_ws(
            ', ', 'input = ' || t.typinput, 'output = ' || t.typoutput, 'length = ' || t.typlen,
            'alignment = ' || t.typalign::text, 'storage = ' || t.typstorage::text, 'category = ' || t.typcategory::text
        ) || ')'
        ELSE 'shell'
    END AS definition,
    pg_get_userbyid(t.typowner) AS owner,
    d.description AS comment,
    t.typacl AS acl,
    acldefault('T', t.typowner) AS acl_default
FROM pg_type AS t
JOIN user_schema AS n ON n.oid = t.typnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_type'::regclass AND d.objoid = t.oid AND d.objsubid = 0
WHERE (t.typtype IN ('e', 'r', 'p') OR (t.typtype = 'b' AND t.typsubscript::oid <> 'array_subscript_handler'::regproc))
