-- How far the standbys are behind, but for $1 (names): seconds, and bytes of WAL. Null where there is none, or no right to see it.
-- One that is caught up and idle reports no lag in time; one whose replay is paused reports an old one, so bytes count, too.
SELECT
    max(extract(epoch FROM replay_lag))::float8 AS seconds,
    max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn))::float8 AS bytes
FROM pg_stat_replication
WHERE state IN ('streaming', 'catchup') AND application_name <> ALL ($1::text[])
