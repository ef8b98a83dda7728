-- Columns of everything that has them; the position counts living columns, as SELECT * shows them. One option is no part
-- of the schema: 15.20 stamps each column with pg_attver, a number that grows with the WAL. pg_dump hides it, nobody can set it
-- (SET and RESET of it do nothing), and a column that is dropped and made again never gets the same.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    a.attname AS sub,
    row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum) AS position,
    format_type(a.atttypid, a.atttypmod) AS type,
    CASE WHEN a.attcollation <> t.typcollation THEN nullif(a.attcollation, 0)::regcollation END AS collation,
    a.attnotnull AS not_null,
    CASE WHEN a.attgenerated = '' THEN pg_get_expr(e.adbin, e.adrelid) END AS default,
    CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity,
    CASE a.attgenerated
        WHEN 's' THEN '(' || pg_get_expr(e.adbin, e.adrelid) || ') STORED'
        WHEN 'v' THEN '(' || pg_get_expr(e.adbin, e.adrelid) || ') VIRTUAL'
    END AS generated,
    CASE
        WHEN a.attstorage <> t.typstorage
        THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END
    END AS storage,
    CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
    nullif(a.attstattarget, -1) AS statistics,
    (
        SELECT string_agg(o, ', ' ORDER BY o COLLATE "C")
        FROM unnest(a.attoptions || a.attfdwoptions) AS o
        WHERE o NOT LIKE 'pg\_attver=%'
    ) AS options,
    CASE WHEN a.attinhcount > 0 THEN CASE WHEN a.attislocal THEN 'merged' ELSE 'only' END END AS inherited,
    d.description AS comment,
    a.attacl AS acl,
    acldefault('c', c.relowner) AS acl_default
FROM pg_class AS c
JOIN user_schema AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = a.attnum
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
