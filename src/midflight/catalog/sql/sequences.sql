-- Sequences, without their last value: that is data.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    '' AS sub,
    format_type(s.seqtypid, NULL) AS type,
    s.seqstart AS start,
    s.seqincrement AS increment,
    s.seqmin AS minimum,
    s.seqmax AS maximum,
    s.seqcache AS cache,
    s.seqcycle AS cycle,
    (
        SELECT CASE o.deptype WHEN 'i' THEN 'identity of ' ELSE '' END || o.refobjid::regclass || '.' || quote_ident(a.attname)
        FROM pg_depend AS o
        JOIN pg_attribute AS a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
        WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.objsubid = 0
            AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')
    ) AS owned_by,
    CASE c.relpersistence WHEN 'u' THEN 'unlogged' END AS persistence,
    pg_get_userbyid(c.relowner) AS owner,
    d.description AS comment,
    c.relacl AS acl,
    acldefault('s', c.relowner) AS acl_default
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid
JOIN user_schema AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = 0
WHERE true
