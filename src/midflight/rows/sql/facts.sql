-- All that is needed to fill these tables ($1, OIDs): the tables themselves, and every type that their columns are made of.
-- One row a table or type, as JSON.
WITH RECURSIVE filled AS (
    SELECT c.oid, n.nspname, c.relname, c.relkind
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = ANY ($1::oid[])
),
type_in_use (oid) AS (
    SELECT a.atttypid FROM filled AS f JOIN pg_attribute AS a ON a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT made_of.oid
    FROM type_in_use AS u
    JOIN pg_type AS t ON t.oid = u.oid
    CROSS JOIN LATERAL (
        SELECT t.typelem
        UNION ALL
        SELECT t.typbasetype
        UNION ALL
        SELECT a.atttypid
        FROM pg_attribute AS a
        WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT r.rngsubtype FROM pg_range AS r WHERE r.rngtypid = t.oid
        UNION ALL
        SELECT r.rngtypid FROM pg_range AS r WHERE r.rngmultitypid = t.oid
    ) AS made_of (oid)
    WHERE made_of.oid <> 0
)
SELECT
    'table' AS kind,
    json_build_object(
        'oid', f.oid::bigint,
        'schema', f.nspname,
        'name', f.relname,
        'columns', (
            SELECT coalesce(json_agg(json_build_object(
                'name', a.attname,
                'type', a.atttypid::bigint,
                'typmod', a.atttypmod,
                'written', format_type(a.atttypid, a.atttypmod),
                'not_null', a.attnotnull,
                'generated', a.attgenerated <> '',
                'identity', a.attidentity <> '',
                'next', CASE
                    WHEN a.attidentity <> ''
                    THEN format('nextval(%L::regclass)', pg_get_serial_sequence(format('%I.%I', f.nspname, f.relname), a.attname))
                    WHEN a.attgenerated = '' AND pg_get_expr(e.adbin, e.adrelid) LIKE '%nextval(%'
                    THEN pg_get_expr(e.adbin, e.adrelid)
                END
            ) ORDER BY a.attnum), '[]')
            FROM pg_attribute AS a
            LEFT JOIN pg_attrdef AS e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
            WHERE a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped
        ),
        'checks', (
            SELECT coalesce(json_agg(json_build_array(o.conname, pg_get_expr(o.conbin, o.conrelid)) ORDER BY o.conname), '[]')
            FROM pg_constraint AS o
            WHERE o.conrelid = f.oid AND o.contype = 'c'
        ),
        'partitions', CASE
            WHEN f.relkind = 'p'
            THEN (
                SELECT coalesce(json_agg(pg_get_partition_constraintdef(p.relid) ORDER BY p.relid::regclass::text), '[]')
                FROM pg_partition_tree(f.oid) AS p
                WHERE p.isleaf AND p.relid <> f.oid
            )
        END,
        'foreign_keys', (
            SELECT coalesce(json_agg(json_build_object(
                'columns', (
                    SELECT json_agg(a.attname ORDER BY k.place)
                    FROM unnest(o.conkey) WITH ORDINALITY AS k (number, place)
                    JOIN pg_attribute AS a ON a.attrelid = o.conrelid AND a.attnum = k.number
                ),
                'target', o.confrelid::bigint,
                'target_schema', rn.nspname,
                'target_name', r.relname,
                'target_columns', (
                    SELECT json_agg(a.attname ORDER BY k.place)
                    FROM unnest(o.confkey) WITH ORDINALITY AS k (number, place)
                    JOIN pg_attribute AS a ON a.attrelid = o.confrelid AND a.attnum = k.number
                ),
                'full', o.confmatchtype = 'f',
                'deferrable', o.condeferrable
            ) ORDER BY o.conname), '[]')
            FROM pg_constraint AS o
            JOIN pg_class AS r ON r.oid = o.confrelid
            JOIN pg_namespace AS rn ON rn.oid = r.relnamespace
            WHERE o.conrelid = f.oid AND o.contype = 'f' AND (
                o.conparentid = 0
                OR NOT EXISTS (SELECT FROM pg_constraint AS p WHERE p.oid = o.conparentid AND p.conrelid = o.conrelid)
            )
        ),
        'keys', (
            SELECT coalesce(json_agg(json_build_object(
                'columns', (
                    SELECT coalesce(json_agg(DISTINCT a.attname), '[]')
                    FROM pg_attribute AS a
                    WHERE a.attrelid = f.oid AND a.attnum > 0 AND (
                        a.attnum = ANY (
                            SELECT k.number
                            FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
                            LEFT JOIN pg_constraint AS o ON o.conindid = i.indexrelid AND o.contype = 'x'
                            LEFT JOIN pg_operator AS p ON p.oid = o.conexclop[k.place]
                            WHERE k.place <= i.indnkeyatts AND (o.oid IS NULL OR p.oprname <> '=')
                        )
                        OR 0 = ANY (i.indkey::int2[]) AND EXISTS (
                            SELECT FROM pg_depend AS d
                            WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                                AND d.refclassid = 'pg_class'::regclass AND d.refobjid = f.oid AND d.refobjsubid = a.attnum
                        )
                    )
                )
            ) ORDER BY i.indexrelid::regclass::text), '[]')
            FROM pg_index AS i
            WHERE i.indrelid = f.oid AND (i.indisunique OR i.indisexclusion)
        ),
        'takes_on_conflict', NOT EXISTS (SELECT FROM pg_rewrite AS w WHERE w.ev_class = f.oid)
            AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = f.oid AND NOT i.indimmediate),
        'has_own_ways', EXISTS (SELECT FROM pg_rewrite AS w WHERE w.ev_class = f.oid)
            OR EXISTS (
                SELECT FROM pg_trigger AS g
                WHERE g.tgrelid = f.oid AND NOT g.tgisinternal AND g.tgenabled <> 'D' AND g.tgtype & 4 <> 0
            )
    ) AS facts
FROM filled AS f
UNION ALL
SELECT
    'type',
    json_build_object(
        'oid', t.oid::bigint,
        'schema', n.nspname,
        'name', t.typname,
        'written', format_type(t.oid, NULL),
        'kind', CASE WHEN t.typtype = 'b' AND t.typelem <> 0 AND t.typlen = -1 AND t.typcategory = 'A' THEN 'a' ELSE t.typtype END,
        'typmod', t.typtypmod,
        'made_of', CASE t.typtype
            WHEN 'b' THEN t.typelem
            WHEN 'd' THEN t.typbasetype
            WHEN 'r' THEN (SELECT r.rngsubtype FROM pg_range AS r WHERE r.rngtypid = t.oid)
            WHEN 'm' THEN (SELECT r.rngtypid FROM pg_range AS r WHERE r.rngmultitypid = t.oid)
            ELSE 0
        END::bigint,
        'labels', (SELECT coalesce(json_agg(l.enumlabel ORDER BY l.enumsortorder), '[]') FROM pg_enum AS l WHERE l.enumtypid = t.oid),
        'checks', (
            SELECT coalesce(json_agg(pg_get_expr(o.conbin, 0) ORDER BY o.conname), '[]')
            FROM pg_constraint AS o
            WHERE o.contypid = t.oid AND o.contype = 'c'
        ),
        'not_null', t.typnotnull OR EXISTS (
            SELECT FROM pg_constraint AS o
            WHERE o.contypid = t.oid AND o.contype = 'c' AND pg_get_constraintdef(o.oid) LIKE '%VALUE IS NOT NULL%'
        ),
        'attributes', (
            SELECT coalesce(json_agg(json_build_array(a.atttypid::bigint, a.atttypmod) ORDER BY a.attnum), '[]')
            FROM pg_attribute AS a
            WHERE a.attrelid = t.typrelid AND t.typrelid <> 0 AND a.attnum > 0 AND NOT a.attisdropped
        )
    )
FROM type_in_use AS u
JOIN pg_type AS t ON t.oid = u.oid
JOIN pg_namespace AS n ON n.oid = t.typnamespace
