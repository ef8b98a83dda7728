-- The rows of a backfill that could not be changed: $1 its id, $2 at most.
SELECT table_schema, table_name, key, sqlstate, error, state, tries, failed_at
FROM midflight.backfill_failure
WHERE backfill = $1 AND state <> 'mended' ORDER BY id LIMIT $2
