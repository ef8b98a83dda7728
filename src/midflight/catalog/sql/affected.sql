-- Which units must be read again when these OIDs ($1) changed? They themselves, and what mentions them: views, foreign
-- keys, defaults, policies and so on print the names of what they depend on, and a view over a function prints the columns
-- of the table or type that the function returns. So dependencies are followed one step from what changed, and on
-- through types and functions. An OID does not tell its catalog, so each is looked for in all of them.
WITH RECURSIVE touched (class, id, carries) AS (
    SELECT k.class, u.id, true
    FROM unnest($1::oid[]) AS u (id)
    CROSS JOIN unnest(ARRAY[
        'pg_class', 'pg_type', 'pg_proc', 'pg_constraint', 'pg_trigger', 'pg_rewrite', 'pg_policy', 'pg_statistic_ext'
    ]::regclass[]) AS k (class)
    UNION
    -- A composite type's attributes belong to its relation; its name is that of the type.
    SELECT 'pg_type'::regclass, c.reltype, true
    FROM pg_class AS c
    WHERE c.oid = ANY ($1::oid[]) AND c.relkind = 'c'
    UNION
    SELECT d.classid::regclass, d.objid, d.classid IN ('pg_type'::regclass, 'pg_proc'::regclass)
    FROM touched AS t
    JOIN pg_depend AS d ON d.refclassid = t.class AND d.refobjid = t.id
    WHERE t.carries
)
SELECT array_agg(DISTINCT u.id) AS units
FROM touched AS t
CROSS JOIN LATERAL (
    SELECT t.id
    WHERE t.class IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass)
    UNION ALL
    SELECT indrelid FROM pg_index WHERE t.class = 'pg_class'::regclass AND indexrelid = t.id
    UNION ALL
    SELECT typrelid FROM pg_type WHERE t.class = 'pg_type'::regclass AND oid = t.id AND typrelid <> 0
    UNION ALL
    SELECT CASE WHEN conrelid <> 0 THEN conrelid ELSE contypid END
    FROM pg_constraint
    WHERE t.class = 'pg_constraint'::regclass AND oid = t.id
    UNION ALL
    SELECT adrelid FROM pg_attrdef WHERE t.class = 'pg_attrdef'::regclass AND oid = t.id
    UNION ALL
    SELECT tgrelid FROM pg_trigger WHERE t.class = 'pg_trigger'::regclass AND oid = t.id
    UNION ALL
    SELECT ev_class FROM pg_rewrite WHERE t.class = 'pg_rewrite'::regclass AND oid = t.id
    UNION ALL
    SELECT polrelid FROM pg_policy WHERE t.class = 'pg_policy'::regclass AND oid = t.id
    UNION ALL
    SELECT stxrelid FROM pg_statistic_ext WHERE t.class = 'pg_statistic_ext'::regclass AND oid = t.id
) AS u (id)
