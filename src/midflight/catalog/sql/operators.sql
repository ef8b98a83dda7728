-- Operators, named with the types of their operands.
SELECT
    n.nspname AS schema,
    o.oprname || ' (' || concat_ws(', ', format_type(nullif(o.oprleft, 0), NULL), format_type(o.oprright, NULL)) || ')' AS name,
    '' AS sub,
    concat_ws(
        ', ',
        'function = ' || o.oprcode::regprocedure,
        'commutator = ' || nullif(o.oprcom, 0)::regoperator,
        'negator = ' || nullif(o.oprnegate, 0)::regoperator,
        'restrict = ' || nullif(o.oprrest, 0),
        'join = ' || nullif(o.oprjoin, 0),
        CASE WHEN o.oprcanhash THEN 'hashes' END,
        CASE WHEN o.oprcanmerge THEN 'merges' END
    ) AS definition,
    pg_get_userbyid(o.oprowner) AS owner,
    d.description AS comment
FROM pg_operator AS o
JOIN user_schema AS n ON n.oid = o.oprnamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_operator'::regclass AND d.objoid = o.oid AND d.objsubid = 0
WHERE o.oid >= 16384 AND NOT EXISTS (
    SELECT FROM pg_depend AS e WHERE e.classid = 'pg_operator'::regclass AND e.objid = o.oid AND e.deptype = 'e'
)
