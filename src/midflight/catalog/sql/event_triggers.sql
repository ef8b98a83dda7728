-- Event triggers.
SELECT
    '' AS schema,
    v.evtname AS name,
    '' AS sub,
    v.evtevent AS event,
    array_to_string(v.evttags, ', ') AS tags,
    v.evtfoid::regprocedure AS function,
    CASE v.evtenabled WHEN 'O' THEN 'true' WHEN 'D' THEN 'false' WHEN 'R' THEN 'replica' ELSE 'always' END AS enabled,
    pg_get_userbyid(v.evtowner) AS owner,
    d.description AS comment
FROM pg_event_trigger AS v
LEFT JOIN pg_description AS d ON d.classoid = 'pg_event_trigger'::regclass AND d.objoid = v.oid AND d.objsubid = 0
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS e WHERE e.classid = 'pg_event_trigger'::regclass AND e.objid = v.oid AND e.deptype = 'e'
)
