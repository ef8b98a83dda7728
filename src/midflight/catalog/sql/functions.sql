-- Functions, procedures and aggregates, named with their arguments; but not the constructors that a range type brings.
SELECT
    p.oid AS unit,
    n.nspname AS schema,
    p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS name,
    '' AS sub,
    CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END AS kind,
    CASE
        WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid)
        ELSE (
            SELECT 'aggregate (' || concat_ws(
                ', ',
                'kind = ' || a.aggkind::text,
                'sfunc = ' || a.aggtransfn,
                'stype = ' || format_type(a.aggtranstype, NULL),
                'sspace = ' || nullif(a.aggtransspace, 0),
                'finalfunc = ' || nullif(a.aggfinalfn, 0),
                'finalfunc_extra = ' || nullif(a.aggfinalextra, false),
                'finalfunc_modify = ' || a.aggfinalmodify::text,
                'combinefunc = ' || nullif(a.aggcombinefn, 0),
                'serialfunc = ' || nullif(a.aggserialfn, 0),
                'deserialfunc = ' || nullif(a.aggdeserialfn, 0),
                'initcond = ' || quote_literal(a.agginitval),
                'msfunc = ' || nullif(a.aggmtransfn, 0),
                'minvfunc = ' || nullif(a.aggminvtransfn, 0),
                'mstype = ' || format_type(nullif(a.aggmtranstype, 0), NULL),
                'mfinalfunc = ' || nullif(a.aggmfinalfn, 0),
                'minitcond = ' || quote_literal(a.aggminitval),
                'sortop = ' || nullif(a.aggsortop, 0)::regoperator,
                'parallel = ' || p.proparallel::text
            ) || ')'
            FROM pg_aggregate AS a
            WHERE a.aggfnoid = p.oid
        )
    END AS definition,
    pg_get_userbyid(p.proowner) AS owner,
    d.description AS comment,
    p.proacl AS acl,
    acldefault('f', p.proowner) AS acl_default
FROM pg_proc AS p
JOIN user_schema AS n ON n.oid = p.pronamespace
LEFT JOIN pg_description AS d ON d.classoid = 'pg_proc'::regclass AND d.objoid = p.oid AND d.objsubid = 0
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i'
)
