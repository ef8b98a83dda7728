-- Take a range that nobody has, or whose worker has not been heard of: $1 backfill, $2 worker, $3 its state, $4 for how long.
UPDATE midflight.backfill_range SET worker = $2, leased_until = clock_timestamp() + $4
WHERE id = (
    SELECT id FROM midflight.backfill_range
    WHERE backfill = $1 AND state = $3 AND (worker IS NULL OR worker = $2 OR leased_until < clock_timestamp())
    ORDER BY worker IS DISTINCT FROM $2, place
    LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
)
RETURNING id, table_schema, table_name, after, up_to, position, state
