-- Who holds the advisory lock ($1, $2), which pg_locks shows as unsigned numbers.
SELECT activity.pid, activity.usename, activity.application_name, activity.state,
    extract(epoch FROM clock_timestamp() - activity.backend_start)::float8 AS age, NULL AS query
FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 2
    AND lock.classid = ($1::bigint & 4294967295)::oid AND lock.objid = ($2::bigint & 4294967295)::oid
    AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
