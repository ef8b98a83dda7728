-- Note a row that cannot be changed: $1 backfill, $2 schema, $3 table, $4 key, $5 SQLSTATE, $6 error.
INSERT INTO midflight.backfill_failure (backfill, table_schema, table_name, key, sqlstate, error)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (backfill, table_schema, table_name, key) DO UPDATE SET
    sqlstate = excluded.sqlstate, error = excluded.error, state = 'open', tries = backfill_failure.tries + 1,
    failed_at = clock_timestamp()
