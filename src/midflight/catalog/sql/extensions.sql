-- Extensions; what belongs to them is left out everywhere else.
SELECT
    '' AS schema,
    x.extname AS name,
    '' AS sub,
    x.extnamespace::regnamespace AS in_schema,
    x.extversion AS version,
    d.description AS comment
FROM pg_extension AS x
LEFT JOIN pg_description AS d ON d.classoid = 'pg_extension'::regclass AND d.objoid = x.oid AND d.objsubid = 0
WHERE true
