-- Casts that a user made: OIDs below 16384 (FirstNormalObjectId) are PostgreSQL's own, and a range type brings some.
SELECT
    '' AS schema,
    '(' || format_type(k.castsource, NULL) || ' AS ' || format_type(k.casttarget, NULL) || ')' AS name,
    '' AS sub,
    concat_ws(
        ', ',
        CASE k.castmethod WHEN 'i' THEN 'with inout' WHEN 'b' THEN 'without function' ELSE 'with ' || k.castfunc::regprocedure END,
        CASE k.castcontext WHEN 'i' THEN 'as implicit' WHEN 'a' THEN 'as assignment' END
    ) AS definition,
    d.description AS comment
FROM pg_cast AS k
LEFT JOIN pg_description AS d ON d.classoid = 'pg_cast'::regclass AND d.objoid = k.oid AND d.objsubid = 0
WHERE k.oid >= 16384
    AND NOT EXISTS (
        SELECT FROM pg_depend AS e
        WHERE e.classid = 'pg_cast'::regclass AND e.objid = k.oid AND e.deptype IN ('e', 'i')
    )
