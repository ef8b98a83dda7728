-- Who holds the advisory lock ($1, $2), whose keys are signed while pg_locks shows them unsigned.
SELECT activity.pid, activity.usename, activity.application_name, activity.state,
    extract(epoch FROM clock_timestamp() - activity.backend_start)::float8 AS age, NULL AS query
FROM pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid)
WHERE lock.locktype = 'advisory' AND lock.granted AND lock.classid = $1::integer::oid AND lock.objid = $2::integer::oid AND lock.objsubid = 2
    AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
