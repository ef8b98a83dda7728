-- For how many seconds VACUUM has not been able to clean up in this database: the age of the oldest transaction that has
-- a snapshot or has changed something. VACUUM itself and CREATE INDEX CONCURRENTLY hold nothing back. Null: none that may be seen.
SELECT max(seconds)::float8 FROM (
    SELECT extract(epoch FROM clock_timestamp() - a.xact_start) AS seconds
    FROM pg_stat_activity AS a
    WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
        AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
        AND a.backend_type IN ('client backend', 'background worker')
        AND NOT EXISTS (SELECT FROM pg_stat_progress_vacuum AS v WHERE v.pid = a.pid)
        AND NOT EXISTS (
            SELECT FROM pg_stat_progress_create_index AS i WHERE i.pid = a.pid AND i.command LIKE '%CONCURRENTLY'
        )
    UNION ALL
    SELECT extract(epoch FROM clock_timestamp() - prepared)
    FROM pg_prepared_xacts WHERE database = current_database()
) AS open
