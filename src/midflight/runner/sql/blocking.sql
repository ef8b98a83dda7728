-- Sessions for which $1 (a pid) waits.
SELECT
    activity.pid, activity.usename, activity.application_name, activity.state,
    extract(epoch FROM clock_timestamp() - activity.xact_start)::float8 AS age, activity.query
FROM unnest(pg_blocking_pids($1)) AS blocking (pid)
JOIN pg_stat_activity AS activity USING (pid)
ORDER BY age DESC NULLS LAST
