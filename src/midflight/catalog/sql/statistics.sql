-- Extended statistics.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    s.stxnamespace::regnamespace || '.' || quote_ident(s.stxname) AS sub,
    pg_get_statisticsobjdef(s.oid) AS definition,
    nullif(s.stxstattarget, -1) AS statistics,
    pg_get_userbyid(s.stxowner) AS owner,
    d.description AS comment
FROM pg_statistic_ext AS s
JOIN pg_class AS c ON c.oid = s.stxrelid
JOIN user_schema AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_statistic_ext'::regclass AND d.objoid = s.oid AND d.objsubid = 0
WHERE true
