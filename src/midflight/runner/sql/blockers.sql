-- Sessions that hold a lock on one of the tables $1 (oids), in a mode of $2, and are not $3 (pids).
SELECT DISTINCT
    activity.pid, activity.usename, activity.application_name, activity.state,
    extract(epoch FROM clock_timestamp() - activity.xact_start)::float8 AS age, activity.query
FROM pg_locks AS lock
JOIN pg_stat_activity AS activity USING (pid)
WHERE lock.locktype = 'relation' AND lock.granted AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND lock.relation = ANY ($1::oid[]) AND lock.mode = ANY ($2::text[]) AND lock.pid <> ALL ($3::integer[])
ORDER BY age DESC NULLS LAST
