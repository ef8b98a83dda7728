-- Bytes of WAL since the server was made, and when it was asked.
SELECT
    pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS bytes,
    extract(epoch FROM clock_timestamp())::float8 AS at
