-- Constraints of tables. Left out: trigger constraints, which the triggers show, and the copies that a foreign key to a
-- partitioned table makes on its own table, whose names PostgreSQL picks.
SELECT
    c.oid AS unit,
    n.nspname AS schema,
    c.relname AS name,
    o.conname AS sub,
    CASE o.contype
        WHEN 'c' THEN 'check'
        WHEN 'f' THEN 'foreign key'
        WHEN 'n' THEN 'not null'
        WHEN 'p' THEN 'primary key'
        WHEN 'u' THEN 'unique'
        WHEN 'x' THEN 'exclude'
    END AS type,
    pg_get_constraintdef(o.oid) AS definition,
    o.convalidated AS valid,
    CASE WHEN o.coninhcount > 0 THEN CASE WHEN o.conislocal THEN 'merged' ELSE 'only' END END AS inherited,
    d.description AS comment,
    to_json(ARRAY(
        SELECT a.attname
        FROM unnest(o.conkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute AS a ON a.attrelid = o.conrelid AND a.attnum = k.number
        ORDER BY k.place
    )) AS columns,
    CASE
        WHEN o.contype = 'f'
        THEN (
            SELECT json_build_array(fn.nspname, f.relname, array_agg(a.attname ORDER BY k.place))
            FROM pg_class AS f
            JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
            CROSS JOIN unnest(o.confkey) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute AS a ON a.attrelid = f.oid AND a.attnum = k.number
            WHERE f.oid = o.confrelid
            GROUP BY fn.nspname, f.relname
        )
    END AS target
FROM pg_constraint AS o
JOIN pg_class AS c ON c.oid = o.conrelid
JOIN user_schema AS n ON n.oid = c.relnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = o.oid AND d.objsubid = 0
WHERE o.contype <> 't'
    AND (
        o.conparentid = 0
        OR NOT EXISTS (SELECT FROM pg_constraint AS p WHERE p.oid = o.conparentid AND p.conrelid = o.conrelid)
    )
