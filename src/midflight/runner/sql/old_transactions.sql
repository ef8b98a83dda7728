-- Sessions whose snapshot is older than $2 seconds, but for $1 (pids): CONCURRENTLY has to wait for those that may see the table.
SELECT pid, usename, application_name, state, extract(epoch FROM clock_timestamp() - xact_start)::float8 AS age, query
FROM pg_stat_activity
WHERE datname = current_database() AND backend_xmin IS NOT NULL AND pid <> ALL ($1::integer[])
    AND xact_start < clock_timestamp() - make_interval(secs => $2) AND backend_type = 'client backend'
ORDER BY xact_start
