-- What some processes ($1) are doing.
SELECT
    a.pid, a.usename::text AS "user", a.application_name AS application, a.state,
    extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds,
    age(a.backend_xmin) AS xmin_age, a.query
FROM pg_stat_activity AS a
WHERE a.pid = ANY ($1::integer[])
ORDER BY a.pid
